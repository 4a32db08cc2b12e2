/// Parameters of a format, passed to its codec: `a=fmtp` (RFC 8866 §6.15).
public struct FormatParameters: Hashable, Sendable {
    /// The payload type they belong to.
    public var payloadType: UInt8
    /// The parameters as written, `0-15` or `minptime=10;useinbandfec=1`.
    public var value: [UInt8]

    public init(payloadType: UInt8, value: [UInt8]) {
        self.payloadType = payloadType
        self.value = value
    }
}
