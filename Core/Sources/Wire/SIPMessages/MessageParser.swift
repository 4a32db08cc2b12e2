/// Parses one whole message: a datagram, or a frame that `StreamFramer` cut.
///
/// A parser keeps the table of header fields of its last message for the next one: as long as nobody kept that message,
/// parsing allocates nothing. The static form is for occasional use.
public struct MessageParser: Sendable {
    /// Longer messages are refused with 513; no datagram is longer.
    public static let maximumMessageSize = 65_535
    /// Messages with more fields are refused.
    public static let maximumHeaderCount = 256

    private var fields = HeaderFields()

    public init() { fields.entries.reserveCapacity(32) }

    /// The message that `bytes` hold. Bytes behind Content-Length are ignored (RFC 3261 §18.3).
    ///
    /// Throws what is wrong and the status it deserves; `partial` is what to answer to, and nil means silence.
    public static func parse(_ bytes: [UInt8]) throws(SIPParseError) -> SIPMessage {
        var parser = MessageParser()
        return try parser.parse(bytes)
    }

    /// As the static form, but with the storage of the message before, if that is gone.
    public mutating func parse(_ bytes: [UInt8]) throws(SIPParseError) -> SIPMessage {
        fields.removeAll()
        guard bytes.count <= Self.maximumMessageSize else {
            throw FieldFailure(.messageTooLarge, .other, at: Self.maximumMessageSize).error(partial: nil)
        }
        var layout = MessageLayout()
        var failure: FieldFailure? = FieldFailure(.empty, .other, at: 0)
        bytes.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return }
            var pass = ParserPass(view: view, fields: fields)
            fields = HeaderFields()
            pass.run()
            failure = pass.failure
            layout = pass.layout
            fields = pass.fields
        }
        let message = SIPMessage(bytes: bytes, headers: fields, layout: layout)
        guard let failure else { return message }
        let isAnswerable = layout.isRequest && layout.method != .ack && layout.via.host.count > 0
        throw failure.error(partial: isAnswerable ? message : nil)
    }
}

/// One pass over the bytes of a message. The first failure is kept and the pass goes on, so that the answer can carry
/// whatever was understood.
struct ParserPass {
    let view: ByteView
    var fields: HeaderFields
    var layout = MessageLayout()
    var failure: FieldFailure?

    init(view: ByteView, fields: consuming HeaderFields) {
        self.view = view
        self.fields = fields
    }

    mutating func note(_ reason: SIPParseError.Reason, _ header: HeaderName = .other, at offset: Int) {
        if failure == nil { failure = FieldFailure(reason, header, at: offset) }
    }

    mutating func run() {
        var scanner = LineScanner(view: view, position: 0)
        while view[scanner.position] == 13 || view[scanner.position] == 10 { scanner.position &+= 1 }
        guard scanner.position < view.count else { return note(.empty, at: 0) }
        let start = scanner.position
        let line = scanner.next(isStartLine: true)
        if let at = line.controlAt { note(.controlCharacter, at: at) }
        startLine(from: start, to: line.end)
        headerFields(&scanner)
        readKnownFields()
        readBody(from: scanner.position)
        checkMethod()
    }

    /// All header lines up to the empty one.
    private mutating func headerFields(_ scanner: inout LineScanner) {
        while true {
            let start = scanner.position
            guard start < view.count else { return note(.unterminatedHeaderSection, at: start) }
            let line = scanner.next(isStartLine: false)
            if let at = line.controlAt { note(.controlCharacter, at: at) }
            if line.end == start { return }
            guard line.isTerminated else { note(.unterminatedHeaderSection, at: line.end); return }
            guard fields.entries.count < MessageParser.maximumHeaderCount else {
                return note(.tooManyHeaders, at: start)
            }
            headerField(from: start, to: line.end)
        }
    }

    /// `name *WSP ":" value`.
    private mutating func headerField(from start: Int, to end: Int) {
        var colon = start
        while colon < end && view[colon] != UInt8(ascii: ":") { colon &+= 1 }
        guard colon < end else { return note(.headerSyntax, at: start) }
        var nameEnd = colon
        while nameEnd > start && (view[nameEnd &- 1] == 32 || view[nameEnd &- 1] == 9) { nameEnd &-= 1 }
        guard nameEnd > start, nameEnd &- start < 256 else { return note(.headerSyntax, at: start) }
        let id = HeaderName.identify(view, from: start, to: nameEnd)
        if id == .other {
            for position in start..<nameEnd where !view[position].isToken { return note(.headerSyntax, at: position) }
        }
        var valueStart = colon &+ 1
        var valueEnd = end
        while valueStart < valueEnd && view[valueStart].isWhitespace { valueStart &+= 1 }
        while valueEnd > valueStart && view[valueEnd &- 1].isWhitespace { valueEnd &-= 1 }
        fields.append(
            HeaderFields.Entry(
                id: id, nameCount: UInt8(truncatingIfNeeded: nameEnd &- start),
                nameOffset: UInt16(truncatingIfNeeded: start), value: ShortRange(from: valueStart, to: valueEnd)))
    }
}
