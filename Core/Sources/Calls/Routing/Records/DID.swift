/// A number that comes in, as provisioned: at most one of the three targets is given; without one it is not assigned.
public struct DID: Equatable, Sendable {
    /// `i_did`; 0 until the store has given one.
    public var id = 0
    /// The number as people know it, unique.
    public var number: String
    /// The number as it comes in, unique, where that differs from `number`.
    public var incomingNumber: String?
    /// Id of the account whose registered phone is called.
    public var account: Int?
    /// Id or, where no id fits, name of the application that answers.
    public var application: String?
    /// Id of the connection that the call is sent to.
    public var connection: Int?
    /// Id of the user of the voice REST interface whose number it is; nil for the one whose application or account it
    /// leads to.
    public var user: String?
    /// Where a call goes whose application cannot be reached; nil for nowhere.
    public var fallbackNumber: String?

    public init(number: String, account: Int? = nil, application: String? = nil, connection: Int? = nil) {
        self.number = number
        self.account = account
        self.application = application
        self.connection = connection
    }

    /// The number that calls are compared with.
    public var matchedNumber: String { incomingNumber ?? number }
}
