/// What the first line says.
public enum StartLine: Equatable, Sendable, BitwiseCopyable {
    /// A request line; the method's bytes count where the method is `.unknown`.
    case request(Method, method: ByteRange, uri: ByteRange)
    /// A status line; the reason phrase may be empty.
    case response(StatusCode, reason: ByteRange)
}
