/// An owner of applications on the voice REST interface, as provisioned.
public struct User: Equatable, Sendable {
    /// The user id of the interface's paths, unique.
    public var id: String
    /// Id of the customer that sees the user's calls.
    public var customer: Int
    /// Id of the account under which calls of the user are routed and counted; one of the customer's subtree.
    public var account: Int
    /// HTTP Basic user, unique.
    public var token: String
    /// HTTP Basic password.
    public var secret: String

    public init(id: String, customer: Int, account: Int, token: String, secret: String) {
        self.id = id
        self.customer = customer
        self.account = account
        self.token = token
        self.secret = secret
    }
}
