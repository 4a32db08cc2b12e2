import Accounting
import Addresses

/// The compiled, immutable form of a whole `Provisioning`: everything that calls read, in bytes and positions.
///
/// A configuration is swapped by handing out another instance. Positions are valid in the instance that gave them
/// only; ids hold across instances. Each look-up costs the same with ten and with a hundred thousand entries.
public final class RoutingTables: Sendable {
    /// All customers, root among them, in the order of the file.
    public let customers: [CustomerEntry]
    /// All accounts, in the order of the file.
    public let accounts: [AccountEntry]
    /// All connections, in the order of the file.
    public let connections: [ConnectionEntry]
    /// All users of the voice REST interface.
    public let users: [User]
    /// All voice applications.
    public let applications: [Application]

    let routes: [RouteEntry]
    let prefixes: PrefixTable
    let groups: [RoutingGroupEntry]
    let members: [RoutingMemberEntry]
    let destinationSetIDs: [Int]
    private let addressRules: AddressRuleTable
    private let authnames: ByteKeyTable
    private let dids: ByteKeyTable
    private let didTargets: [DIDTarget]
    private let identifiers: IdentifierIndex

    /// Compiles `provisioning`, or throws for the first value that cannot be. `builtins` names the compiled-in voice
    /// applications there are.
    public init(
        compiling provisioning: Provisioning, builtins: Set<String> = Application.builtins
    ) throws(ProvisioningError) {
        var compiler = ProvisioningCompiler(provisioning, builtins: builtins)
        try compiler.compile()
        customers = compiler.customers
        accounts = compiler.accounts
        connections = compiler.connections
        users = provisioning.users
        applications = provisioning.applications
        routes = compiler.routes
        prefixes = compiler.prefixes
        groups = compiler.groups
        members = compiler.members
        destinationSetIDs = provisioning.destinationSets.map(\.id)
        addressRules = compiler.addressRules
        authnames = compiler.authnames
        dids = compiler.dids
        didTargets = compiler.didTargets
        identifiers = compiler.identifiers
    }

    /// The account that an address is trusted as, by the most specific rule that fits the address and the numbers as
    /// they came in; nil where digest must decide.
    public func account(source: IPAddress, cli: [UInt8], cld: [UInt8]) -> AuthenticatedAccount? {
        addressRules.account(source: source, cli: cli, cld: cld)
    }

    /// Position of the account whose digest user is `authname`.
    public func account(authname: [UInt8]) -> Int? { authnames.value(of: authname) }

    /// Position of the account with this id.
    public func account(id: Int) -> Int? { identifiers.accounts[id] }

    /// Position of the customer with this id.
    public func customer(id: Int) -> Int? { identifiers.customers[id] }

    /// Position of the connection with this id.
    public func connection(id: Int) -> Int? { identifiers.connections[id] }

    /// Position of the connection whose destination is this literal address; the first of the file where several are.
    public func connection(at address: IPAddress) -> Int? { identifiers.connectionAddresses[address] }

    /// Where the number leads when it comes in.
    public func did(_ number: [UInt8]) -> DIDTarget? {
        dids.value(of: number).map { didTargets[$0] }
    }

    /// Position of the user with this id.
    public func user(id: String) -> Int? { identifiers.users[id] }

    /// Position of the user with this HTTP Basic token.
    public func user(token: String) -> Int? { identifiers.tokens[token] }

    /// Position of the application with this id or, where no id fits, the first with this name.
    public func application(_ idOrName: String) -> Int? {
        identifiers.applications[idOrName] ?? identifiers.applicationNames[idOrName]
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

/// Positions by id.
struct IdentifierIndex: Sendable {
    var customers: [Int: Int] = [:]
    var accounts: [Int: Int] = [:]
    var connections: [Int: Int] = [:]
    var connectionAddresses: [IPAddress: Int] = [:]
    var groups: [Int: Int] = [:]
    var sets: [Int: Int] = [:]
    var users: [String: Int] = [:]
    var tokens: [String: Int] = [:]
    var applications: [String: Int] = [:]
    var applicationNames: [String: Int] = [:]
}
