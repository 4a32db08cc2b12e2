import Addresses

/// What a party's description agreed with ours about: how audio travels between it and an endpoint.
public struct EndpointTerms: Equatable, Sendable {
    /// Where the party wants its audio.
    public var target: MediaStreamTarget
    /// How audio is coded, in both directions.
    public var format: EndpointFormat
    /// The payload type of the party's telephone events (RFC 4733); nil where it knows none.
    public var eventPayloadType: UInt8?
    /// Whether the party wants to hear something.
    public var isSending: Bool
    /// Whether the party sends something.
    public var isReceiving: Bool

    public init(
        target: MediaStreamTarget, format: EndpointFormat, eventPayloadType: UInt8?, isSending: Bool,
        isReceiving: Bool
    ) {
        self.target = target
        self.format = format
        self.eventPayloadType = eventPayloadType
        self.isSending = isSending
        self.isReceiving = isReceiving
    }
}

/// A payload format as two parties agreed on it.
public struct EndpointFormat: Equatable, Sendable {
    public var payloadType: UInt8
    /// The encoding's name in upper case, as `PCMU`.
    public var encoding: String
    /// The RTP clock in hertz.
    public var clockRate: UInt32

    public init(payloadType: UInt8, encoding: String, clockRate: UInt32) {
        self.payloadType = payloadType
        self.encoding = encoding
        self.clockRate = clockRate
    }
}
