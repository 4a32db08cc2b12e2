import Accounting
import Addresses

/// The compiled, immutable form of a whole `Provisioning`: everything that calls read, in bytes and positions.
///
/// A configuration is swapped by handing out another instance. Positions are valid in the instance that gave them
/// only; ids hold across instances. Each look-up costs the same with ten and with a hundred thousand entries.
public final class RoutingTables: Sendable {
    /// All customers, root among them, in the order of the file.
    public let customers: [CustomerEntry]
    /// All accounts, in the order of the file; accounts that are gone may still have their places.
    public let accounts: ChunkedArray<AccountEntry>
    /// All connections, in the order of the file.
    public let connections: [ConnectionEntry]
    /// All users of the voice REST interface.
    public let users: [User]
    /// All voice applications.
    public let applications: [Application]

    let sets: [DestinationSetEntry]
    let groups: [RoutingGroupEntry]
    let members: [RoutingMemberEntry]
    private let parts: CompiledParts

    /// Compiles `provisioning`, or throws for the first value that cannot be. `builtins` names the compiled-in voice
    /// applications there are; what is not in force at `now`, in milliseconds since 1970-01-01 00:00 UTC, is left out.
    public convenience init(
        compiling provisioning: Provisioning, at now: Int64? = nil, builtins: Set<String> = Application.builtins
    ) throws(ProvisioningError) {
        var compiler = ProvisioningCompiler(now: now)
        try compiler.compile(provisioning, builtins: builtins)
        self.init(compiler.parts)
    }

    private init(_ parts: CompiledParts) {
        customers = parts.customers
        accounts = parts.accounts
        connections = parts.connections
        users = parts.users
        applications = parts.applications
        sets = parts.sets
        groups = parts.groups
        members = parts.members
        self.parts = parts
    }

    /// The next instant at which something begins or ends to be in force, so that the tables must be compiled anew, in
    /// milliseconds since 1970-01-01 00:00 UTC; nil for none.
    public var nextChange: Int64? { parts.nextChange }

    /// The tables after `edits`, which share with these all that stays; nil where the edits need everything compiled
    /// anew. The cost hardly grows with how much is provisioned. Throws for a value that cannot be.
    public func applying(_ edits: [ProvisioningEdit], at now: Int64?) throws(ProvisioningError) -> RoutingTables? {
        guard edits.allSatisfy(\.isLocal), parts.unusedPlaces < 1024 + accounts.count / 2 else { return nil }
        if let change = parts.nextChange, let now, change <= now { return nil }
        var compiler = ProvisioningCompiler(continuing: parts, now: now)
        for edit in edits { try compiler.apply(edit) }
        return RoutingTables(compiler.parts)
    }

    /// The account that an address is trusted as, by the most specific rule that fits the address and what came in
    /// with the call; nil where digest must decide.
    public func account(source: IPAddress, _ conditions: RuleConditions) -> AuthenticatedAccount? {
        parts.addressRules.account(source: source, conditions)
    }

    /// The same for a call of which the domains are not known.
    public func account(source: IPAddress, cli: [UInt8], cld: [UInt8]) -> AuthenticatedAccount? {
        account(source: source, RuleConditions(cli: cli, cld: cld))
    }

    /// Whether any authentication rule looks at domains.
    public var rulesUseDomains: Bool { parts.addressRules.usesDomains }

    /// Position of the account whose digest user is `authname`.
    public func account(authname: [UInt8]) -> Int? { parts.authnames.value(of: authname) }

    /// Position of the account whose web login is `username`.
    public func account(username: [UInt8]) -> Int? { parts.usernames.value(of: username) }

    /// Position of the account with this id.
    public func account(id: Int) -> Int? { parts.identifiers.accounts[id] }

    /// Position of the customer whose user of the XML-RPC interface is `webLogin`.
    public func customer(webLogin: String) -> Int? { parts.identifiers.webLogins[webLogin] }

    /// The user of the XML-RPC interface of the customer at this position; nil where there is none. Looks at all.
    public func webLogin(ofCustomer position: Int) -> String? {
        parts.identifiers.webLogins.first { $0.value == position }?.key
    }

    /// Position of the customer with this id.
    public func customer(id: Int) -> Int? { parts.identifiers.customers[id] }

    /// Position of the connection with this id.
    public func connection(id: Int) -> Int? { parts.identifiers.connections[id] }

    /// Position of the connection whose destination is this literal address; the first of the file where several are.
    public func connection(at address: IPAddress) -> Int? { parts.identifiers.connectionAddresses[address] }

    /// Where the number leads when it comes in.
    public func did(_ number: [UInt8]) -> DIDTarget? {
        provisionedNumber(number)?.target
    }

    /// Where a call of the number goes whose application cannot be reached; nil for nowhere.
    public func fallbackNumber(of number: [UInt8]) -> String? {
        parts.dids.value(of: number).flatMap { parts.didRights[$0].fallbackNumber }
    }

    /// Whether the number is provisioned, wherever it leads.
    public func hasNumber(_ number: [UInt8]) -> Bool { parts.dids.value(of: number) != nil }

    /// What is provisioned of the number as it is written.
    func provisionedNumber(_ number: [UInt8]) -> IncomingNumber? {
        parts.dids.value(of: number).map { place in
            IncomingNumber(target: parts.didTargets[place], owner: parts.didRights[place].user)
        }
    }

    /// Whether the number is the user's: it says so itself, or leads to an application or to the account of the user.
    public func isNumber(_ number: [UInt8], of user: User) -> Bool {
        guard let place = parts.dids.value(of: number) else { return false }
        if let owner = parts.didRights[place].user { return owner == user.id }
        switch parts.didTargets[place] {
        case .application(let position): return applications[position].user == user.id
        case .account(let position): return accounts[position].id == user.account
        case .connection, nil: return false
        }
    }

    /// Position of the user with this id.
    public func user(id: String) -> Int? { parts.identifiers.users[id] }

    /// Position of the user with this HTTP Basic token.
    public func user(token: String) -> Int? { parts.identifiers.tokens[token] }

    /// Position of the application with this id or, where no id fits, the first with this name.
    public func application(_ idOrName: String) -> Int? {
        parts.identifiers.applications[idOrName] ?? parts.identifiers.applicationNames[idOrName]
    }

    /// Whether the customer `id` is `ancestor` or stands below it: who may see whose calls.
    public func customer(_ id: Int, isWithin ancestor: Int) -> Bool {
        var position = customer(id: id)
        while let current = position {
            if customers[current].id == ancestor { return true }
            position = customers[current].parent
        }
        return false
    }
}

extension ProvisioningEdit {
    /// Whether tables can follow without being compiled anew.
    fileprivate var isLocal: Bool {
        switch self {
        case .account, .rule, .route, .did: true
        case .customer(let step): step.before == nil
        case .vendor: true
        case .connection(let step): step.isStay(of: \.id)
        case .destinationSet(let step): step.isStay(of: \.id)
        case .routingGroup(let step): step.isStay(of: \.id)
        case .application: false
        }
    }
}

extension ProvisioningEdit.Step {
    /// Whether the object comes or changes, under one id.
    fileprivate func isStay(of id: KeyPath<Object, Int>) -> Bool {
        guard let after else { return false }
        return before.map { $0[keyPath: id] == after[keyPath: id] } ?? true
    }
}

extension ProvisioningCompiler {
    /// Follows one edit for which `isLocal` holds.
    fileprivate mutating func apply(_ edit: ProvisioningEdit) throws(ProvisioningError) {
        switch edit {
        case .customer(let step):
            if let customer = step.after { try append(customer) }
        case .account(let step):
            if let account = step.after {
                try put(account, over: step.before)
            } else if let account = step.before {
                remove(account)
            }
        case .rule(let step):
            if let rule = step.before { remove(rule) }
            if let rule = step.after { try put(rule) }
        case .route(let set, let step):
            if let route = step.after {
                try put(route, over: step.before, inSet: set)
            } else if let route = step.before {
                remove(route, fromSet: set)
            }
        case .did(let step):
            if let did = step.before { remove(did) }
            if let did = step.after { try put(did) }
        case .vendor(let step):
            if let vendor = step.after {
                try put(vendor)
            } else if let vendor = step.before {
                try remove(vendor)
            }
        case .connection(let step):
            if let connection = step.after { try put(connection, over: step.before) }
        case .destinationSet(let step):
            if let set = step.after { try step.before == nil ? append(set) : check(set) }
        case .routingGroup(let step):
            if let group = step.after { try put(group, over: step.before) }
        case .application: break
        }
    }
}
