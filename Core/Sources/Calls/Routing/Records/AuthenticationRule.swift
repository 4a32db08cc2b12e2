/// Trust by address instead of digest, as provisioned.
///
/// Of the rules that fit a call the one with the longest `remoteIP` prefix is taken, then the one that names more of
/// `cli`, `cld` and the domains, then an exact number before a pattern, a longer pattern before a shorter, `cli` before
/// `cld` before `toDomain` before `fromDomain`, then the lowest id. A number ending in `*` fits every number that begins
/// with what stands before it. At least one condition is given.
public struct AuthenticationRule: Equatable, Sendable {
    /// `i_authentication`.
    public var id: Int
    /// Id of the account that calls are counted under.
    public var account: Int
    /// Address or network, `192.0.2.1`, `192.0.2.0/24` or `2001:db8::/32`; nil for any.
    public var remoteIP: String?
    /// The caller's number as it comes in, or its beginning and `*`; nil for any.
    public var cli: String?
    /// The dialled number as it comes in, or its beginning and `*`; nil for any.
    public var cld: String?
    /// Host of the To header, without port, in any case; nil for any.
    public var toDomain: String?
    /// Host of the From header, without port, in any case; nil for any.
    public var fromDomain: String?
    /// `i_protocol`: 1 for SIP; rules of other protocols are kept and never fit a call.
    public var protocolNumber = 1
    /// Translation of the caller's number, before the account's; nil for none.
    public var cliTranslation: String?
    /// Translation of the dialled number, before the account's; nil for none.
    public var cldTranslation: String?
    /// Id of the routing group of calls that it lets in; nil for the account's.
    public var routingGroup: Int?
    /// Most calls at once that it lets in; -1 for no limit.
    public var maxSessions = -1
    /// Most new calls in any second that it lets in; -1 for no limit.
    public var maxCallsPerSecond = -1

    public init(id: Int, account: Int, remoteIP: String?, cli: String? = nil, cld: String? = nil) {
        self.id = id
        self.account = account
        self.remoteIP = remoteIP
        self.cli = cli
        self.cld = cld
    }
}
