import ConfigurationFiles
import Routing
import SQLiteStore

/// Brings what is provisioned to what files say: declarative, and without effect the second time.
public struct ProvisioningUpdate: Sendable {
    /// What the files say.
    public var files: ProvisioningFiles
    /// Whether objects that no file names are removed; customer 1 stays in any case.
    public var prunes: Bool

    /// The compiled-in applications that there are.
    public var builtins: Set<String>

    public init(_ files: ProvisioningFiles, prunes: Bool = false, builtins: Set<String> = Application.builtins) {
        self.files = files
        self.prunes = prunes
        self.builtins = builtins
    }

    /// What the provisioning becomes. Throws where it would not fit together; the problem has the place in the files.
    public func target(from current: Provisioning) throws(ConfigurationError) -> Provisioning {
        let target = merged(with: current)
        do throws(ProvisioningError) {
            _ = try RoutingTables(compiling: target, builtins: builtins)
        } catch {
            throw ConfigurationError([files.problem(error)])
        }
        return target
    }

    /// What `apply` would do to the store at `place`, which is not touched, nor made where it does not exist.
    public func preview(at place: StorePlace) throws -> ProvisioningChanges {
        let current = try SQLiteStore.peek(at: place)
        return ProvisioningChanges(from: current, to: try target(from: current).sorted)
    }

    /// Changes the store at `place` in one transaction; it is as before, or not made, where this throws.
    public func apply(at place: StorePlace) throws -> ProvisioningChanges {
        _ = try preview(at: place)
        return try apply(to: SQLiteStore(place))
    }

    /// Changes the store in one transaction; it is as before where this throws.
    public func apply(to store: SQLiteStore) throws -> ProvisioningChanges {
        let (before, after) = try store.update { current throws(ConfigurationError) in try target(from: current) }
        return ProvisioningChanges(from: before, to: after)
    }

    private func merged(with current: Provisioning) -> Provisioning {
        let given = files.provisioning
        var target = Provisioning()
        target.customers = merge(current.customers, given.customers, by: \.id, keeping: Customer.root.id)
        target.accounts = merge(current.accounts, given.accounts, by: \.id)
        target.authenticationRules = merge(current.authenticationRules, given.authenticationRules, by: \.id)
        target.vendors = merge(current.vendors, given.vendors, by: \.id)
        target.connections = merge(current.connections, given.connections, by: \.id)
        target.destinationSets = merge(current.destinationSets, given.destinationSets, by: \.id)
        target.routingGroups = merge(current.routingGroups, given.routingGroups, by: \.id)
        target.routingGroups.keepMemberIdentifiers(of: current.routingGroups)
        target.dids = merge(current.dids, given.dids, by: \.number)
        target.dids.keepIdentifiers(of: current.dids)
        target.users = merge(current.users, given.users, by: \.id)
        target.applications = merge(current.applications, given.applications, by: \.id)
        return target
    }

    private func merge<Object, Key: Hashable>(
        _ current: [Object], _ given: [Object], by key: (Object) -> Key, keeping kept: Key? = nil
    ) -> [Object] {
        let keys = Set(given.map(key))
        return current.filter { !keys.contains(key($0)) && (!prunes || key($0) == kept) } + given
    }
}

extension [DID] {
    /// Numbers that the files give no id have the one that the store gave them.
    fileprivate mutating func keepIdentifiers(of current: [DID]) {
        let known = Dictionary(current.map { ($0.number, $0.id) }, uniquingKeysWith: { first, _ in first })
        for position in indices where self[position].id == 0 { self[position].id = known[self[position].number] ?? 0 }
    }
}

extension [RoutingGroup] {
    /// Members that the files give no id have the one of the same group's member with the same connection and set.
    fileprivate mutating func keepMemberIdentifiers(of current: [RoutingGroup]) {
        let known = Dictionary(current.map { ($0.id, $0.members) }, uniquingKeysWith: { first, _ in first })
        for group in indices {
            let given = Set(self[group].members.map(\.id))
            var free = (known[self[group].id] ?? []).filter { !given.contains($0.id) }
            for position in self[group].members.indices where self[group].members[position].id == 0 {
                let member = self[group].members[position]
                let match = free.firstIndex {
                    $0.connection == member.connection && $0.destinationSet == member.destinationSet
                }
                guard let match else { continue }
                self[group].members[position].id = free.remove(at: match).id
            }
        }
    }
}
