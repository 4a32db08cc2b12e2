/// An account as provisioned: who may place calls.
public struct Account: Equatable, Sendable {
    /// `i_account`.
    public var id: Int
    /// Id of the customer that owns it.
    public var customer: Int
    /// Web login, unique; nil where it has none.
    public var username: String?
    /// SIP digest user, unique; nil where only addresses are trusted.
    public var authname: String?
    /// SIP digest password.
    public var voipPassword: String?
    /// Most calls at once; -1 for no limit.
    public var maxSessions = -1
    /// Most new calls in any second; -1 for no limit.
    public var maxCallsPerSecond = -1
    /// Longest answered call; nil for no limit.
    public var maxCreditTime: Duration?
    /// Id of the routing group; nil for the customer's.
    public var routingGroup: Int?
    /// Translation of the caller's number, in the grammar of `NumberTranslation`; nil for none.
    public var cliTranslation: String?
    /// Translation of the dialled number; nil for none.
    public var cldTranslation: String?
    /// How media of its calls travels; nil for the connection's or the configured default.
    public var media: MediaMode?
    /// Whether it may place no calls.
    public var isBlocked = false
    /// From when on it may place no calls, in milliseconds since 1970-01-01 00:00 UTC; nil for never.
    public var expiration: Int64?

    public init(id: Int, customer: Int, authname: String? = nil, voipPassword: String? = nil) {
        self.id = id
        self.customer = customer
        self.authname = authname
        self.voipPassword = voipPassword
    }
}
