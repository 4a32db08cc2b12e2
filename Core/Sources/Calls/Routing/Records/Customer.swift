/// A customer as provisioned: a node of the tree whose root is customer 1.
public struct Customer: Equatable, Sendable {
    /// `i_customer`, 1 for root.
    public var id: Int
    /// Id of the customer above; nil only for root.
    public var parent: Int?
    /// Name for people.
    public var name: String
    /// HTTP digest user of the XML-RPC interface; nil where the customer has no access.
    public var webLogin: String?
    /// Its password.
    public var apiPassword: String?
    /// Whether the XML-RPC interface may be used.
    public var apiAccess = false
    /// Most calls at once of all accounts of the customer and of the customers below; -1 for no limit.
    public var maxSessions = -1
    /// Most new calls in any second of the same; -1 for no limit.
    public var maxCallsPerSecond = -1
    /// Id of the routing group of accounts below that name none; nil for the one of the customer above.
    public var routingGroup: Int?
    /// Whether no account below may place calls.
    public var isBlocked = false

    public init(id: Int, parent: Int?, name: String) {
        self.id = id
        self.parent = parent
        self.name = name
    }

    /// Customer 1, which always exists, also where no file names it.
    public static let root = Customer(id: 1, parent: nil, name: "root")
}
