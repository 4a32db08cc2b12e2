import GRDB
import Routing

/// The lists whose objects get their ids from the store.
public enum IdentifierList: String, Hashable, Sendable, CaseIterable {
    case customers
    case accounts
    case authenticationRules = "authentication_rules"
    case vendors
    case connections
    case destinationSets = "destination_sets"
    case routingGroups = "routing_groups"
    case routingGroupMembers = "routing_group_members"
    case dids
}

/// What has attributes.
public enum AttributeOwner: Hashable, Sendable {
    case object(IdentifierList, id: Int)
    case route(set: Int, prefix: String)
}

/// One change of the provisioning, written whole or not at all.
public struct ProvisioningCommit: Sendable {
    /// What comes, changes and goes, in the order in which it is written.
    public var edits: [ProvisioningEdit] = []
    /// All attributes of objects whose attributes change.
    public var attributes: [AttributeOwner: Attributes] = [:]
    /// The highest id given so far, for the lists in which ids were given.
    public var identifiers: [IdentifierList: Int] = [:]

    public init() {}
}

/// Everything provisioned, with what is needed to change it.
public struct ProvisioningState: Sendable {
    public var provisioning: Provisioning
    /// How often the provisioning has been changed.
    public var changeCount: Int
    /// The highest id ever given.
    public var identifiers: [IdentifierList: Int]
}

extension SQLiteStore {
    /// Everything provisioned.
    public func state() throws(StoreError) -> ProvisioningState {
        do {
            return try queue.read { database in
                ProvisioningState(
                    provisioning: try Provisioning(reading: database), changeCount: try Self.changeCount(database),
                    identifiers: try Self.identifiers(database))
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// How often the provisioning has been changed, by this process or another.
    public func changeCount() throws(StoreError) -> Int {
        do {
            return try queue.read(Self.changeCount)
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Writes a change in one durable transaction; the count of changes afterwards. Nil, with nothing written, where the
    /// provisioning is not what it was after `changeCount` changes.
    public func commit(_ commit: ProvisioningCommit, after changeCount: Int) throws(StoreError) -> Int? {
        do {
            return try queue.write { database in
                guard try Self.changeCount(database) == changeCount else { return nil }
                for edit in commit.edits { try Self.write(edit, to: database) }
                for (owner, attributes) in commit.attributes {
                    try Self.write(attributes, of: owner, to: database)
                }
                for (list, last) in commit.identifiers { try Self.note(last, in: list, database) }
                return try Self.countChange(database)
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    static func changeCount(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count FROM provisioning_changes") ?? 0
    }

    /// Notes one change more; how many there are.
    @discardableResult
    static func countChange(_ database: Database) throws -> Int {
        try database.execute(sql: "UPDATE provisioning_changes SET count = count + 1")
        return try changeCount(database)
    }

    static func identifiers(_ database: Database) throws -> [IdentifierList: Int] {
        var identifiers: [IdentifierList: Int] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT list, last FROM identifiers") {
            if let list = IdentifierList(rawValue: row["list"]) { identifiers[list] = row["last"] }
        }
        return identifiers
    }

    static func note(_ last: Int, in list: IdentifierList, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE identifiers SET last = max(last, ?) WHERE list = ?", arguments: [last, list.rawValue])
    }

    private static func write(_ edit: ProvisioningEdit, to database: Database) throws {
        switch edit {
        case .customer(let step): try write(step, to: database)
        case .account(let step): try write(step, to: database)
        case .rule(let step): try write(step, to: database)
        case .vendor(let step): try write(step, to: database)
        case .connection(let step): try write(step, to: database)
        case .routingGroup(let step): try write(step, to: database)
        case .did(let step): try write(step, to: database)
        case .application(let step): try write(step, to: database)
        case .destinationSet(let step):
            if let set = step.after {
                try set.writeRow(to: database)
            } else if let set = step.before {
                try DestinationSet.remove(set.id, from: database)
            }
        case .route(let set, let step): try write(step, inSet: set, to: database)
        }
    }

    private static func write<Object: StoredObject>(
        _ step: ProvisioningEdit.Step<Object>, to database: Database
    ) throws {
        if let before = step.before, step.after?.key != before.key { try Object.remove(before.key, from: database) }
        guard let object = step.after else { return }
        try object.writeRow(to: database)
        try object.writeParts(to: database)
    }

    private static func write(
        _ step: ProvisioningEdit.Step<Route>, inSet set: Int, to database: Database
    ) throws {
        var position: Int?
        var attributes: String?
        if let before = step.before {
            let row = try Row.fetchOne(
                database, sql: "SELECT position, attributes FROM routes WHERE destination_set = ? AND prefix = ?",
                arguments: [set, before.prefix])
            position = row?["position"]
            attributes = row?["attributes"]
            try database.execute(
                sql: "DELETE FROM routes WHERE destination_set = ? AND prefix = ?", arguments: [set, before.prefix])
        }
        guard let route = step.after else { return }
        let next = "SELECT coalesce(max(position), -1) + 1 FROM routes WHERE destination_set = ?"
        let place = try position ?? Int.fetchOne(database, sql: next, arguments: [set]) ?? 0
        try route.insert(inSet: set, at: place, attributes: attributes, into: database)
    }

    private static func write(_ attributes: Attributes, of owner: AttributeOwner, to database: Database) throws {
        let text = try StoredAttributes.write(attributes)
        switch owner {
        case .object(let list, let id):
            try database.cachedStatement(sql: "UPDATE \(list.rawValue) SET attributes = ? WHERE id = ?")
                .execute(arguments: [text, id])
        case .route(let set, let prefix):
            try database.cachedStatement(
                sql: "UPDATE routes SET attributes = ? WHERE destination_set = ? AND prefix = ?"
            ).execute(arguments: [text, set, prefix])
        }
    }
}
