/// Cuts a byte stream (TCP, TLS) into messages (RFC 3261 §18.3), in time linear in the bytes however they arrive.
public struct StreamFramer: Sendable {
    /// The longest header section, its start line and empty line included.
    public static let maximumHeaderSectionSize = 65_535

    private let maximumBodySize: Int
    private var buffer: [UInt8] = []
    /// Where the next message begins.
    private var start = 0
    /// Where the search for the end of the header section goes on.
    private var scanned = 0
    /// Length of the message that begins at `start`, once its header section is complete.
    private var messageLength: Int?
    private var hasFailed = false

    /// How many CR LF CR LF keep-alives came in since they were last taken: each wants a CR LF (RFC 5626 §4.4.1).
    public private(set) var pings = 0

    /// A framer that refuses bodies of more than `maximumBodySize` bytes, and messages of more than
    /// `MessageParser.maximumMessageSize` in any case.
    public init(maximumBodySize: Int = MessageParser.maximumMessageSize) {
        self.maximumBodySize = maximumBodySize
    }

    /// How many bytes wait for the rest of their message.
    public var bufferedCount: Int { buffer.count - start }

    /// Adds bytes that came in.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        guard !hasFailed else { return }
        buffer.append(contentsOf: bytes)
    }

    /// The number of pings since the last call; the counter starts again at 0.
    public mutating func takePings() -> Int {
        defer { pings = 0 }
        return pings
    }

    /// The next whole message, or nil while it is not complete.
    ///
    /// Throws where the framing is lost: Content-Length is missing, malformed or contradictory, or a limit is passed.
    /// `partial` is then the request to answer before the stream is closed; nothing more comes out of this framer.
    public mutating func next() throws(SIPParseError) -> [UInt8]? {
        guard !hasFailed else { return nil }
        if messageLength == nil {
            skipLineEnds()
            guard let end = headerSectionEnd() else {
                if buffer.count - start > Self.maximumHeaderSectionSize {
                    throw fail(FieldFailure(.headerSectionTooLarge, .other, at: Self.maximumHeaderSectionSize), nil)
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
        discardConsumed()
        return message
    }

    /// Steps over line ends between messages; two in a row are a ping.
    private mutating func skipLineEnds() {
        while true {
            let left = buffer.count - start
            if left >= 4, buffer[start] == 13, buffer[start + 1] == 10, buffer[start + 2] == 13, buffer[start + 3] == 10 {
                pings += 1
                start += 4
            } else if left >= 3, buffer[start] == 13, buffer[start + 1] == 10, buffer[start + 2] != 13 {
                start += 2
            } else if left >= 1, buffer[start] == 10 {
                start += 1
            } else {
                break
            }
        }
        scanned = max(scanned, start)
    }

    /// The position after the empty line, looking on from where the last search ended.
    private mutating func headerSectionEnd() -> Int? {
        let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
            var position = scanned
            while position < bytes.count {
                if bytes[position] == 10 {
                    let before = position - 1
                    let isEmptyLine =
                        before >= start && bytes[before] == 10
                        || before > start && bytes[before] == 13 && bytes[before - 1] == 10
                    if isEmptyLine { return position + 1 }
                }
                position += 1
            }
            return nil
        }
        scanned = buffer.count
        return found
    }

    /// Sets `messageLength` from the header section, which is parsed with an empty body.
    private mutating func measure(headerSectionEnd end: Int) throws(SIPParseError) {
        let head = Array(buffer[start..<end])
        guard head.count <= Self.maximumHeaderSectionSize else {
            throw fail(FieldFailure(.headerSectionTooLarge, .other, at: Self.maximumHeaderSectionSize), nil)
        }
        let summary = ContentLengthReader.read(head)
        switch summary {
        case .length(let length) where length <= maximumBodySize
            && head.count + length <= MessageParser.maximumMessageSize:
            messageLength = head.count + length
        case .length:
            throw fail(FieldFailure(.messageTooLarge, .contentLength, at: end - start), head)
        case .invalid(let offset):
            throw fail(FieldFailure(.contentLength, .contentLength, at: offset), head)
        case .missing:
            throw fail(FieldFailure(.missingHeader, .contentLength, at: end - start), head)
        }
    }

    private mutating func fail(_ failure: FieldFailure, _ head: [UInt8]?) -> SIPParseError {
        hasFailed = true
        buffer = []
        start = 0
        guard let head else { return failure.error(partial: nil) }
        do throws(SIPParseError) {
            let message = try MessageParser.parse(head)
            return failure.error(partial: message.isRequest && message.method != .ack ? message : nil)
        } catch {
            return failure.error(partial: error.partial)
        }
    }

    /// Moves what is left to the front once most of the buffer is consumed, so that each byte moves at most once for
    /// each byte consumed.
    private mutating func discardConsumed() {
        guard start > 0, start * 2 >= buffer.count else { return }
        buffer.removeFirst(start)
        scanned -= start
        start = 0
    }
}
