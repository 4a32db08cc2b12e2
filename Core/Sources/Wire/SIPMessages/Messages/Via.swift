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
