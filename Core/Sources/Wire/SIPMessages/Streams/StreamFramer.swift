/// Cuts a byte stream (TCP, TLS) into messages (RFC 3261 §18.3), in time linear in the bytes however they arrive.
///
/// A message without Content-Length is taken to have no body: clients of RFC 2543 may leave it out, and whoever sends
/// the stream gains nothing by it.
public struct StreamFramer: Sendable {
    /// The longest header section, its start line and empty line included.
    public static let maximumHeaderSectionSize = 65_535

    private static let idleCapacity = 2048

    private let maximumBodySize: Int
    private var buffer: [UInt8] = []
    /// Where the next message begins.
    private var start = 0
    /// Where the search for the end of the header section goes on.
    private var scanned = 0
    /// Length of the message that begins at `start`, once its header section is complete.
    private var messageLength: Int?
    /// Whether a line end came in since the last message or ping.
    private var hasLineEnd = false
    private var pings = 0

    /// Whether the framing is lost: nothing more comes out, and the stream should be closed.
    public private(set) var hasFailed = false

    /// A framer that refuses bodies of more than `maximumBodySize` bytes, and messages of more than
    /// `MessageParser.maximumMessageSize` in any case.
    public init(maximumBodySize: Int = MessageParser.maximumMessageSize) {
        self.maximumBodySize = maximumBodySize
    }

    /// Whether, after `next` gave nil, a message has begun and is not complete: then the peer must go on before long, or be given up.
    public var isInsideMessage: Bool {
        let left = buffer.count - start
        return left > 1 || left == 1 && buffer[start] != 13
    }

    /// Whether, after `next` gave nil, a message has all its header fields and waits for the rest of its body.
    public var isInsideBody: Bool { messageLength != nil }

    /// Adds bytes that came in.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        guard !hasFailed else { return }
        buffer.append(contentsOf: bytes)
    }

    /// How many CR LF CR LF keep-alives came in since the last call: each wants a CR LF (RFC 5626 §4.4.1).
    public mutating func takePings() -> Int {
        defer { pings = 0 }
        return pings
    }

    /// The next whole message, or nil while it is not complete.
    ///
    /// Throws where the framing is lost: Content-Length is malformed or contradictory, the first line is not SIP, or a
    /// limit is passed. `partial` is then the request to answer before the stream is closed.
    public mutating func next() throws(SIPParseError) -> [UInt8]? {
        guard !hasFailed else { return nil }
        if messageLength == nil {
            skipLineEnds()
            guard let end = headerSectionEnd() else {
                guard buffer.count - start <= Self.maximumHeaderSectionSize else {
                    throw fail(FieldFailure(.headerSectionTooLarge, .other, at: Self.maximumHeaderSectionSize))
                }
                discardConsumed()
                return nil
            }
            try measure(headerSectionEnd: end)
        }
        guard let length = messageLength, buffer.count - start >= length else { return nil }
        let message = Array(buffer[start..<start + length])
        start += length
        scanned = start
        messageLength = nil
        hasLineEnd = false
        discardConsumed()
        return message
    }

    /// Gives up on a message whose rest does not come: the error it deserves, or nil where none has begun. Nothing more
    /// comes out of this framer.
    public mutating func abandon() -> SIPParseError? {
        guard !hasFailed, isInsideMessage else { return nil }
        let rest = Array(buffer[start...])
        hasFailed = true
        buffer = []
        start = 0
        do throws(SIPParseError) {
            let message = try MessageParser.parse(rest)
            return FieldFailure(.contentLength, .contentLength, at: rest.count)
                .error(partial: message.isRequest && message.method != .ack ? message : nil)
        } catch {
            return error
        }
    }

    /// Steps over line ends between messages; two in a row are a ping.
    private mutating func skipLineEnds() {
        while buffer.count > start {
            if buffer.count - start > 1, buffer[start] == 13, buffer[start + 1] == 10 {
                start += 2
                if hasLineEnd { pings += 1 }
                hasLineEnd.toggle()
            } else if buffer[start] == 10 {
                start += 1
            } else {
                if buffer.count - start > 1 || buffer[start] != 13 { hasLineEnd = false }
                break
            }
        }
        scanned = max(scanned, start)
    }

    /// The position after the empty line, looking on from where the last search ended.
    private mutating func headerSectionEnd() -> Int? {
        let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
            guard let view = ByteView(bytes) else { return nil }
            var position = view.first(10, from: scanned)
            while position < view.count {
                let before = position - 1
                let isEmptyLine =
                    before >= start && view[before] == 10
                    || before > start && view[before] == 13 && view[before - 1] == 10
                if isEmptyLine { return position + 1 }
                position = view.first(10, from: position + 1)
            }
            return nil
        }
        scanned = buffer.count
        return found
    }

    /// Sets `messageLength` from the header section.
    private mutating func measure(headerSectionEnd end: Int) throws(SIPParseError) {
        let headCount = end - start
        let result = buffer.withUnsafeBufferPointer {
            ContentLengthReader.read(UnsafeBufferPointer(rebasing: $0[start..<end]))
        }
        switch result {
        case .length(let length)
        where length <= maximumBodySize
            && headCount + length <= MessageParser.maximumMessageSize:
            messageLength = headCount + length
        case .length:
            throw fail(FieldFailure(.messageTooLarge, .contentLength, at: headCount), headCount: headCount)
        case .invalid(let offset):
            throw fail(FieldFailure(.contentLength, .contentLength, at: offset), headCount: headCount)
        case .notSIP:
            throw fail(FieldFailure(.startLine, .other, at: 0))
        }
    }

    private mutating func fail(_ failure: FieldFailure, headCount: Int = 0) -> SIPParseError {
        let head = Array(buffer[start..<min(start + headCount, buffer.count)])
        hasFailed = true
        buffer = []
        start = 0
        guard !head.isEmpty else { return failure.error(partial: nil) }
        do throws(SIPParseError) {
            let message = try MessageParser.parse(head)
            return failure.error(partial: message.isRequest && message.method != .ack ? message : nil)
        } catch {
            return failure.error(partial: error.partial)
        }
    }

    /// Moves what is left to the front once most of the buffer is consumed, so that each byte moves at most once for
    /// each byte consumed. An idle stream keeps no large buffer.
    private mutating func discardConsumed() {
        guard start > 0, start * 2 >= buffer.count else { return }
        if start == buffer.count && buffer.capacity > Self.idleCapacity {
            buffer = []
        } else {
            buffer.removeFirst(start)
        }
        scanned -= start
        start = 0
    }
}
