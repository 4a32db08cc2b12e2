/// A display name, a URI and header parameters: the shape of From, To, Contact, Route, Refer-To and others
/// (RFC 3261 §20.10).
public struct NameAddress: Equatable, Sendable, BitwiseCopyable {
    /// The display name; a quoted one with its quotes.
    public var display: ByteRange?
    /// The URI without angle brackets.
    public var uri: ByteRange
    /// The `tag` parameter.
    public var tag: ByteRange?
    /// Everything after the URI, from the first semicolon to the end; empty where there are no parameters.
    public var parameters: ByteRange
    /// The whole value.
    public var value: ByteRange
}
