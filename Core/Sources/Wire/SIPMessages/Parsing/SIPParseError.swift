/// Why bytes are no message, or not a good one: where it was seen and which answer it deserves.
public struct SIPParseError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: UInt8, Sendable, BitwiseCopyable {
        /// No bytes, or nothing but line ends: a keep-alive, not an error of the peer.
        case empty
        /// More than `MessageParser.maximumMessageSize` bytes.
        case messageTooLarge
        /// The header section is larger than the framer allows, or does not end.
        case headerSectionTooLarge
        /// More than `MessageParser.maximumHeaderCount` fields.
        case tooManyHeaders
        /// The first line is neither a request line nor a status line.
        case startLine
        /// The Request-URI is malformed or carries header fields.
        case requestURI
        /// The SIP version is not 2.0.
        case version
        /// The status code is not 100...699.
        case statusCode
        /// A line is no header field.
        case headerSyntax
        /// A control character, or a line end that is not CR LF.
        case controlCharacter
        /// The header section has no empty line at its end.
        case unterminatedHeaderSection
        /// A field that every message carries is not there.
        case missingHeader
        /// A field that may stand once stands twice.
        case repeatedHeader
        /// The field's value does not follow its grammar.
        case headerValue
        /// A number does not fit its range.
        case numberRange
        /// The CSeq method is not the request's.
        case methodMismatch
        /// Content-Length is malformed, contradictory, or larger than the datagram.
        case contentLength
        /// A URI is malformed.
        case uri
    }

    /// The status a request deserves that is wrong in this way.
    public var status: StatusCode
    /// What is wrong.
    public var reason: Reason
    /// Position of the offending byte in the message.
    public var offset: Int
    /// The field it was found in.
    public var header: HeaderName?
    /// For requests that can be answered: what was understood of them, at least the top Via. Absent fields are empty
    /// ranges. Nil for responses, and for ACK, which nobody answers.
    public var partial: SIPMessage?

    public init(status: StatusCode, reason: Reason, offset: Int, header: HeaderName?, partial: SIPMessage?) {
        self.status = status
        self.reason = reason
        self.offset = offset
        self.header = header
        self.partial = partial
    }
}

extension SIPParseError: CustomStringConvertible {
    /// Reason, position and field in one line.
    public var description: String {
        "\(status.rawValue) \(reason) at byte \(offset)" + (header.map { " in \($0.canonical)" } ?? "")
    }
}
