/// A number that comes in, as provisioned: exactly one of the three targets is given.
public struct DID: Equatable, Sendable {
    /// The number as it is dialled, unique.
    public var number: String
    /// Id of the account whose registered phone is called.
    public var account: Int?
    /// Id or, where no id fits, name of the application that answers.
    public var application: String?
    /// Id of the connection that the call is sent to.
    public var connection: Int?

    public init(number: String, account: Int? = nil, application: String? = nil, connection: Int? = nil) {
        self.number = number
        self.account = account
        self.application = application
        self.connection = connection
    }
}
