/// Trust by address instead of digest, as provisioned.
///
/// Of the rules that fit a call the one with the longest `remoteIP` prefix is taken, then the one that names more of
/// `cli` and `cld`, then an exact number before a pattern, a longer pattern before a shorter, `cli` before `cld`,
/// then the lowest id. A number ending in `*` fits every number that begins with what stands before it.
public struct AuthenticationRule: Equatable, Sendable {
    /// `i_authentication`.
    public var id: Int
    /// Id of the account that calls are counted under.
    public var account: Int
    /// Address or network, `192.0.2.1`, `192.0.2.0/24` or `2001:db8::/32`.
    public var remoteIP: String
    /// The caller's number as it comes in, or its beginning and `*`; nil for any.
    public var cli: String?
    /// The dialled number as it comes in, or its beginning and `*`; nil for any.
    public var cld: String?

    public init(id: Int, account: Int, remoteIP: String, cli: String? = nil, cld: String? = nil) {
        self.id = id
        self.account = account
        self.remoteIP = remoteIP
        self.cli = cli
        self.cld = cld
    }
}
