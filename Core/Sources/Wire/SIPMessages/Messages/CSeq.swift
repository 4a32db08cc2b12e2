/// Number and method of a request, repeated in its responses (RFC 3261 §20.16).
public struct CSeq: Equatable, Sendable, BitwiseCopyable {
    /// The sequence number.
    public var number: UInt32
    /// The method; `.unknown` for tokens the switch does not know.
    public var method: Method
    /// The method's bytes.
    public var methodToken: ByteRange
}
