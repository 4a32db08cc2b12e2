/// Why bytes are no session description we can act on; an INVITE that carries them deserves 400 or 488.
public struct SDPParseError: Error, Hashable, Sendable, BitwiseCopyable {
    /// What is wrong.
    public enum Reason: UInt8, Sendable, BitwiseCopyable {
        /// More than `SessionDescription.maximumBytes`.
        case tooLarge
        /// More than `SessionDescription.maximumLines`.
        case tooManyLines
        /// More than `SessionDescription.maximumMedia` media lines.
        case tooManyMedia
        /// A line is not `<letter>=<value>`, or an empty line stands between others.
        case lineSyntax
        /// A NUL byte, or a carriage return that ends no line.
        case controlCharacter
        /// The first line is not `v=0`.
        case version
        /// There is no `o=` line before the media, or it is malformed.
        case origin
        /// A `c=` line is malformed, or a stream that is not refused has none.
        case connection
        /// An `m=` line is malformed.
        case media
        /// An attribute that we act on (`rtcp`, `rtpmap`) is malformed.
        case attribute
    }

    /// What is wrong.
    public var reason: Reason
    /// Position of the offending line in the body.
    public var offset: Int

    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
