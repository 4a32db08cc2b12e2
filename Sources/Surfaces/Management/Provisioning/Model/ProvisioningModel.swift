import Routing
import SQLiteStore

/// Everything provisioned, found by id and by what refers to it; follows edits at a cost that does not grow with it.
struct ProvisioningModel {
    private(set) var customers = Shelf<Customer>()
    private(set) var accounts = Shelf<Account>()
    private(set) var rules = Shelf<AuthenticationRule>()
    private(set) var vendors = Shelf<Vendor>()
    private(set) var connections = Shelf<Connection>()
    /// Destination sets without their routes.
    private(set) var sets = Shelf<DestinationSet>()
    private(set) var routes: [Int: RouteShelf] = [:]
    private(set) var groups = Shelf<RoutingGroup>()
    private(set) var dids = Shelf<DID>()
    private(set) var users: [User] = []
    private(set) var applications: [Application] = []
    /// The highest id ever given.
    var identifiers: [IdentifierList: Int] = [:]

    private(set) var accountsByUsername: [String: Int] = [:]
    private(set) var didsByNumber: [String: Int] = [:]
    private(set) var groupsByMember: [Int: Int] = [:]
    private var rulesByAccount: [Int: Set<Int>] = [:]
    private var rulesByConditions: [RuleConflictKey: Set<Int>] = [:]
    private var didsByAccount: [Int: Set<Int>] = [:]
    private var accountCounts: [Int: Int] = [:]

    init() {}

    init(_ state: ProvisioningState) {
        identifiers = state.identifiers
        let all = state.provisioning
        users = all.users
        applications = all.applications
        for customer in all.customers { apply(.customer(.init(from: nil, to: customer))) }
        if customers[Customer.root.id] == nil { apply(.customer(.init(from: nil, to: .root))) }
        for account in all.accounts { apply(.account(.init(from: nil, to: account))) }
        for rule in all.authenticationRules { apply(.rule(.init(from: nil, to: rule))) }
        for vendor in all.vendors { apply(.vendor(.init(from: nil, to: vendor))) }
        for connection in all.connections { apply(.connection(.init(from: nil, to: connection))) }
        for set in all.destinationSets {
            apply(.destinationSet(.init(from: nil, to: set)))
        }
        for group in all.routingGroups { apply(.routingGroup(.init(from: nil, to: group))) }
        for did in all.dids { apply(.did(.init(from: nil, to: did))) }
    }

    /// Everything as it is compiled.
    var provisioning: Provisioning {
        var all = Provisioning()
        all.customers = customers.all
        all.accounts = accounts.all
        all.authenticationRules = rules.all
        all.vendors = vendors.all
        all.connections = connections.all
        all.destinationSets = sets.all.map {
            DestinationSet(id: $0.id, name: $0.name, routes: routes[$0.id]?.all ?? [])
        }
        all.routingGroups = groups.all
        all.dids = dids.all
        all.users = users
        all.applications = applications
        return all
    }

    /// Follows one edit.
    mutating func apply(_ edit: ProvisioningEdit) {
        switch edit {
        case .customer(let step): replace(step, \.customers, \.id)
        case .account(let step): apply(step)
        case .rule(let step): apply(step)
        case .vendor(let step): replace(step, \.vendors, \.id)
        case .connection(let step): replace(step, \.connections, \.id)
        case .destinationSet(let step):
            replace(.init(from: step.before?.withoutRoutes, to: step.after?.withoutRoutes), \.sets, \.id)
            if let set = step.after {
                if !set.routes.isEmpty { routes[set.id] = RouteShelf(set.routes) }
            } else if let set = step.before {
                routes[set.id] = nil
            }
        case .route(let set, let step): apply(step, inSet: set)
        case .routingGroup(let step):
            for member in step.before?.members ?? [] { groupsByMember[member.id] = nil }
            replace(step, \.groups, \.id)
            for member in step.after?.members ?? [] { groupsByMember[member.id] = step.after?.id }
        case .did(let step): apply(step)
        case .application(let step): apply(step)
        }
    }

    private mutating func replace<Object>(
        _ step: ProvisioningEdit.Step<Object>, _ shelf: WritableKeyPath<ProvisioningModel, Shelf<Object>>,
        _ id: KeyPath<Object, Int>
    ) {
        if let before = step.before, step.after?[keyPath: id] != before[keyPath: id] {
            self[keyPath: shelf][before[keyPath: id]] = nil
        }
        if let after = step.after { self[keyPath: shelf][after[keyPath: id]] = after }
    }

    private mutating func apply(_ step: ProvisioningEdit.Step<Account>) {
        if let before = step.before {
            if let username = before.username { accountsByUsername.forget(username, of: before.id) }
            accountCounts[before.customer, default: 0] -= 1
        }
        replace(step, \.accounts, \.id)
        if let after = step.after {
            if let username = after.username { accountsByUsername.note(username, of: after.id) }
            accountCounts[after.customer, default: 0] += 1
        }
    }

    private mutating func apply(_ step: ProvisioningEdit.Step<AuthenticationRule>) {
        if let before = step.before {
            rulesByAccount[before.account]?.remove(before.id)
            rulesByConditions[RuleConflictKey(before)]?.remove(before.id)
        }
        replace(step, \.rules, \.id)
        if let after = step.after {
            rulesByAccount[after.account, default: []].insert(after.id)
            rulesByConditions[RuleConflictKey(after), default: []].insert(after.id)
        }
    }

    private mutating func apply(_ step: ProvisioningEdit.Step<Route>, inSet set: Int) {
        switch (step.before, step.after) {
        case (let before?, let after?): routes[set, default: RouteShelf()].rename(before.prefix, to: after)
        case (nil, let after?): routes[set, default: RouteShelf()][after.prefix] = after
        case (let before?, nil): routes[set]?[before.prefix] = nil
        case (nil, nil): break
        }
    }

    private mutating func apply(_ step: ProvisioningEdit.Step<DID>) {
        if let before = step.before {
            didsByNumber.forget(before.number, of: before.id)
            if let account = before.account { didsByAccount[account]?.remove(before.id) }
        }
        replace(step, \.dids, \.id)
        if let after = step.after {
            didsByNumber.note(after.number, of: after.id)
            if let account = after.account { didsByAccount[account, default: []].insert(after.id) }
        }
    }

    private mutating func apply(_ step: ProvisioningEdit.Step<Application>) {
        let place = step.before.flatMap { before in applications.firstIndex { $0.id == before.id } }
        switch (place, step.after) {
        case (let place?, let after?): applications[place] = after
        case (let place?, nil): applications.remove(at: place)
        case (nil, let after?): applications.append(after)
        case (nil, nil): break
        }
    }

    // MARK: What refers to what

    /// Rules of an account, in the order of their ids.
    func rules(of account: Int) -> [AuthenticationRule] {
        (rulesByAccount[account] ?? []).sorted().compactMap { rules[$0] }
    }

    /// Another rule that fits the same calls; the one with the lowest id.
    func conflict(with rule: AuthenticationRule) -> AuthenticationRule? {
        (rulesByConditions[RuleConflictKey(rule)] ?? []).filter { $0 != rule.id }.min().flatMap { rules[$0] }
    }

    /// Numbers that lead to an account.
    func dids(of account: Int) -> [DID] { (didsByAccount[account] ?? []).sorted().compactMap { dids[$0] } }

    /// How many accounts belong directly to a customer.
    func accountCount(of customer: Int) -> Int { accountCounts[customer] ?? 0 }

    /// Ids of a customer and of all below it.
    func subtree(of customer: Int) -> Set<Int> {
        var subtree: Set<Int> = [customer]
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for id in customers.ids where !subtree.contains(id) {
                if let parent = customers[id]?.parent, subtree.contains(parent) {
                    subtree.insert(id)
                    isGrowing = true
                }
            }
        }
        return subtree
    }

    /// The member with this id, its group and its place there.
    func member(_ id: Int) -> (group: RoutingGroup, place: Int)? {
        guard let group = groupsByMember[id].flatMap({ groups[$0] }) else { return nil }
        return group.members.firstIndex { $0.id == id }.map { (group, $0) }
    }
}

/// An index by a name that one object has at a time. A second one with that name is refused, but only after the model has
/// followed it: it leaves the first one's entry alone, when it comes and when it is taken back.
extension [String: Int] {
    fileprivate mutating func note(_ name: String, of id: Int) {
        if self[name] == nil { self[name] = id }
    }

    fileprivate mutating func forget(_ name: String, of id: Int) {
        if self[name] == id { self[name] = nil }
    }
}

extension DestinationSet {
    /// The set alone.
    fileprivate var withoutRoutes: DestinationSet { DestinationSet(id: id, name: name) }
}

extension ProvisioningEdit {
    /// The edit that takes this one back.
    var reversed: ProvisioningEdit {
        switch self {
        case .customer(let step): .customer(step.reversed)
        case .account(let step): .account(step.reversed)
        case .rule(let step): .rule(step.reversed)
        case .vendor(let step): .vendor(step.reversed)
        case .connection(let step): .connection(step.reversed)
        case .destinationSet(let step): .destinationSet(step.reversed)
        case .route(let set, let step): .route(set: set, step.reversed)
        case .routingGroup(let step): .routingGroup(step.reversed)
        case .did(let step): .did(step.reversed)
        case .application(let step): .application(step.reversed)
        }
    }
}
