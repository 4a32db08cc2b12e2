/// The topmost Via of a message, or another one that was parsed (RFC 3261 §20.42).
public struct Via: Equatable, Sendable, BitwiseCopyable {
    /// What the `rport` parameter says (RFC 3581 §3).
    public enum ResponsePort: Equatable, Sendable, BitwiseCopyable {
        /// There is no such parameter.
        case absent
        /// The client asks for the port that its request came from.
        case empty
        /// A server has filled it in.
        case value(UInt16)
    }

    /// The transport; nil for a token that the switch does not know.
    public var transport: SIPTransport?
    /// The host of sent-by; IPv6 with its brackets.
    public var host: ByteRange
    /// The port of sent-by.
    public var port: UInt16?
    /// The transaction's name; absent from RFC 2543 clients.
    public var branch: ByteRange?
    /// The source address that a server has filled in; IPv6 with or without brackets.
    public var received: ByteRange?
    /// Where the response goes according to the client (RFC 3581).
    public var rport: ResponsePort
    /// The whole value up to the comma before the next one.
    public var value: ByteRange
    /// Whether the branch begins with `z9hG4bK` and goes on: then it names the transaction (RFC 3261 §8.1.1.7).
    public var hasMagicCookie: Bool
}

/// A `Via` in 24 bytes.
struct PackedVia: Equatable, Sendable, BitwiseCopyable {
    var value = ShortRange()
    var host = ShortRange()
    var branch = ShortRange()
    var received = ShortRange()
    /// 0 where none was given: a port of 0 is refused.
    var port: UInt16 = 0
    var rport: UInt16 = 0
    /// 255 for an unknown token.
    var transport: UInt8 = 255
    /// 0 absent, 1 empty, 2 value.
    var rportState: UInt8 = 0
    var hasMagicCookie = false

    var via: Via {
        Via(
            transport: SIPTransport(rawValue: transport), host: host.range, port: port == 0 ? nil : port,
            branch: branch.optional, received: received.optional,
            rport: rportState == 0 ? .absent : rportState == 1 ? .empty : .value(rport),
            value: value.range, hasMagicCookie: hasMagicCookie)
    }
}
