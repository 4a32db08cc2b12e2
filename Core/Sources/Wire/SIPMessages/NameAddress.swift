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

/// A `NameAddress` in 20 bytes.
struct PackedNameAddress: Equatable, Sendable, BitwiseCopyable {
    var value = ShortRange()
    var display = ShortRange()
    var uri = ShortRange()
    var parameters = ShortRange()
    var tag = ShortRange()

    var nameAddress: NameAddress {
        NameAddress(
            display: display.optional, uri: uri.range, tag: tag.optional, parameters: parameters.range,
            value: value.range)
    }
}
