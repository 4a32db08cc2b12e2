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
    /// Most levels of customers below it; nil for no limit but the switch's.
    public var maxDepth: Int?
    /// What it may do to its accounts.
    public var accountPermissions = CustomerPermissions.all
    /// What it may do to customers below it.
    public var customerPermissions = CustomerPermissions.all

    public init(id: Int, parent: Int?, name: String) {
        self.id = id
        self.parent = parent
        self.name = name
    }

    /// Customer 1, which always exists, also where no file names it.
    public static let root = Customer(id: 1, parent: nil, name: "root")
}

/// What a customer may do to one kind of object, as the masks of the XML-RPC interface.
public struct CustomerPermissions: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let add = CustomerPermissions(rawValue: 1)
    public static let edit = CustomerPermissions(rawValue: 2)
    public static let delete = CustomerPermissions(rawValue: 4)
    public static let all: CustomerPermissions = [.add, .edit, .delete]
}
