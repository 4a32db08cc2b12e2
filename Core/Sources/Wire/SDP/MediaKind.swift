/// The media type of a media line (RFC 8866 §5.14).
public enum MediaKind: UInt8, Hashable, Sendable, BitwiseCopyable {
    case audio
    case video
    case image
    case application
    case text
    /// `message` and whatever is registered later; passes through.
    case other
}
