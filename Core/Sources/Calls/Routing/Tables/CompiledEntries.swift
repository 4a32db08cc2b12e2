import Accounting

/// A customer as calls read it.
public struct CustomerEntry: Sendable {
    /// `i_customer`.
    public let id: Int
    /// Position of the customer above in `RoutingTables.customers`; nil for root.
    public let parent: Int?
    /// Name for people.
    public let name: String
    /// Most calls at once of the subtree; -1 for no limit.
    public let maxSessions: Int
    /// Most new calls of the subtree in any second; -1 for no limit.
    public let maxCallsPerSecond: Int
    /// Position of its own or inherited routing group.
    public let routingGroup: Int?
    /// Whether it or a customer above is blocked.
    public let isBlocked: Bool
    /// Most levels of customers below it; nil for no limit but the switch's.
    let maxDepth: Int?
    /// Password of the XML-RPC interface; nil where the customer may not use it.
    public let apiPassword: [UInt8]?
}

/// An account as calls read it.
public struct AccountEntry: Sendable {
    /// `i_account`.
    public let id: Int
    /// Position of its customer in `RoutingTables.customers`.
    public let customer: Int
    /// Digest user; empty for none.
    public let authname: [UInt8]
    /// Digest password; nil where digest is not possible.
    public let password: [UInt8]?
    /// Most calls at once; -1 for no limit.
    public let maxSessions: Int
    /// Most new calls in any second; -1 for no limit.
    public let maxCallsPerSecond: Int
    /// Longest answered call.
    public let maxCreditTime: Duration?
    /// Position of its own or its customer's routing group; nil where there is none, and nothing can be called.
    public let routingGroup: Int?
    /// Translation of the caller's number.
    public let cliTranslation: NumberTranslation?
    /// Translation of the dialled number.
    public let cldTranslation: NumberTranslation?
    /// How media of its calls travels; nil for the connection's.
    public let media: MediaMode?
    /// Whether it or a customer above is blocked, or it has expired: it is known, and may not call.
    public let isBlocked: Bool
}

/// A connection as calls read it.
public struct ConnectionEntry: Sendable {
    /// `i_connection`.
    public let id: Int
    /// `i_vendor`.
    public let vendor: Int
    /// Name for people.
    public let name: String
    /// Where its calls are sent.
    public let destination: ConnectionDestination
    /// User and password of the answers to its challenges; nil where it gets none.
    public let credentials: ConnectionCredentials?
    /// Whether a registration is kept there.
    public let register: Bool
    /// Most calls at once; -1 for no limit.
    public let capacity: Int
    /// Most new calls in any second; -1 for no limit.
    public let maxCallsPerSecond: Int
    /// Translation of the caller's number on the way out.
    public let cliTranslation: NumberTranslation?
    /// Translation of the dialled number on the way out.
    public let cldTranslation: NumberTranslation?
    /// How media of its calls travels; nil for the configured default.
    public let media: MediaMode?
    /// Longest wait for a provisional answer where the route's is longer; nil for the route's.
    public let timeout1xx: Duration?
    /// The final answers that end the hunt.
    public let huntstopCodes: HuntstopCodes
    /// Interval of OPTIONS; zero for none.
    public let keepalive: Duration
    /// Whether it is skipped.
    public let isBlocked: Bool
}

/// What answers the challenges of one connection, and of nobody else.
public struct ConnectionCredentials: Equatable, Sendable {
    public let username: [UInt8]
    public let password: [UInt8]
}

/// A destination set as calls read it; the routes and their prefixes lie at the same positions.
struct DestinationSetEntry: Sendable {
    var id: Int
    var prefixes: PrefixTable
    var routes: [RouteEntry]
}

/// A route as calls read it.
struct RouteEntry: Sendable, BitwiseCopyable {
    var price: Money
    var preference: Int32
    /// Milliseconds; 0 for no limit.
    var timeout1xx: UInt32
    var timeout2xx: UInt32
    var isHuntstop: Bool
    var isForbidden: Bool
}

/// A routing group as calls read it; its members lie in `RoutingTables.members`.
struct RoutingGroupEntry: Sendable {
    var id: Int
    var name: String
    var policy: RoutingPolicy
    var members: Range<Int>
}

/// A member of a routing group as calls read it.
struct RoutingMemberEntry: Sendable, BitwiseCopyable {
    /// Position in `RoutingTables.connections`.
    var connection: Int32
    /// Position of the destination set.
    var destinationSet: Int32
    var preference: Int32
    var weight: Int32
}

/// Where a number that came in leads; the payload is a position in the list of that name in `RoutingTables`.
public enum DIDTarget: Equatable, Sendable {
    case account(Int)
    case application(Int)
    case connection(Int)
}

/// The account that an address is trusted as.
public struct AuthenticatedAccount: Sendable {
    /// Position in `RoutingTables.accounts`.
    public let account: Int
    /// `i_authentication` of the rule.
    public let rule: Int
    /// What else the rule says; nil where it says no more.
    public let terms: RuleTerms?
}

/// Whose a number is, and what becomes of its calls where nobody takes them.
struct NumberRights: Equatable, Sendable {
    /// Id of the user that owns it by its own word.
    var user: String?
    var fallbackNumber: String?
}
