/// What is known of a channel's call; it stays readable after the call, until the next one.
public struct ChannelDetails: Equatable, Sendable {
    /// Whom the call is for: the destination as it is now.
    public var callTo: [UInt8] = []
    /// Whom it was for at first, where somebody diverted it.
    public var originalDestination: [UInt8] = []
    /// Who calls.
    public var callFrom: [UInt8] = []
    /// The addresses of From and of the Request-URI as `user@host`, for parties that are no telephone numbers; empty for
    /// outbound calls.
    public var callerAddress: [UInt8] = []
    public var calledAddress: [UInt8] = []
    /// The caller's display name, without quotes; empty where there is none.
    public var callerName: [UInt8] = []
    /// The value of the Privacy header (RFC 3323); empty where there is none.
    public var privacy: [UInt8] = []
    /// Who diverted the call (RFC 5806), the last one first.
    public var diversions: [[UInt8]] = []
    /// How far the caller's number is vouched for (3GPP TS 24.229 §7.2.18, STIR): `A` for the caller who may show it, `B`
    /// for a known customer, `C` for the gateway alone; empty where nobody says so, and for outbound calls.
    public var attestation: [UInt8] = []
    /// The codecs that both sides know, the one in use first.
    public var codecs: [[UInt8]] = []
    /// Whether a caller can hear early media.
    public var canHaveEarlyMedia = false
    /// The header fields of the INVITE that came in, without credentials.
    public var requestHeaders: [PassedHeader] = []
    /// Those of the last response to the INVITE that went out.
    public var responseHeaders: [PassedHeader] = []

    public init() {}
}
