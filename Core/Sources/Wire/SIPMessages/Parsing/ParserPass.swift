/// One pass over the bytes of a message. The first failure is kept and the pass goes on, so that the answer can carry
/// whatever was understood.
struct ParserPass {
    /// Fields gathered on the stack before they are appended to the message's table: 512 bytes.
    static let tableCapacity = 64

    let view: ByteView
    var layout = MessageLayout()
    var failure: FieldFailure?
    /// Bit `HeaderName.rawValue` is set where the name occurs.
    var present: UInt64 = 0
    private let table: UnsafeMutableBufferPointer<HeaderFields.Entry>
    private var tableCount = 0

    init(view: ByteView, table: UnsafeMutableBufferPointer<HeaderFields.Entry>) {
        self.view = view
        self.table = table
    }

    /// Notes a failure, unless there was one before.
    mutating func note(_ reason: SIPParseError.Reason, _ header: HeaderName = .other, at offset: Int) {
        if failure == nil { failure = FieldFailure(reason, header, at: offset) }
    }

    /// Reads the whole message and appends its fields to `fields`.
    mutating func run(_ fields: inout HeaderFields) {
        var scanner = LineScanner(view: view, position: 0)
        while view[scanner.position] == 13 || view[scanner.position] == 10 { scanner.position &+= 1 }
        guard scanner.position < view.count else { return note(.empty, at: 0) }
        let start = scanner.position
        let line = scanner.next(isStartLine: true)
        if !line.isPlain { noteUnusual(line) }
        layout.hasPlainHead = line.isPlain
        startLine(from: start, to: line.end)
        headerFields(&scanner, &fields)
        flush(&fields)
        fields.present = present
        checkMandatory()
        readBody(from: scanner.position)
        checkMethod()
    }

    /// All header lines up to the empty one.
    private mutating func headerFields(_ scanner: inout LineScanner, _ fields: inout HeaderFields) {
        while true {
            let start = scanner.position
            let line = scanner.next(isStartLine: false)
            if !line.isPlain {
                layout.hasPlainHead = false
                noteUnusual(line)
            }
            guard line.end > start, line.isTerminated else { return }
            if tableCount == Self.tableCapacity {
                guard fields.entries.count &+ tableCount < MessageParser.maximumHeaderCount else {
                    return note(.tooManyHeaders, at: start)
                }
                flush(&fields)
            }
            headerField(from: start, to: line.end)
        }
    }

    private mutating func noteUnusual(_ line: LineScanner.Line) {
        if let at = line.controlAt { note(.controlCharacter, at: at) }
        if !line.isTerminated { note(.unterminatedHeaderSection, at: line.end) }
    }

    private mutating func flush(_ fields: inout HeaderFields) {
        fields.entries.append(contentsOf: UnsafeBufferPointer(rebasing: table[..<tableCount]))
        tableCount = 0
    }

    /// `name *WSP ":" value`. Nearly all names have fewer than eight letters: those are found, and told apart, in one word.
    private mutating func headerField(from start: Int, to end: Int) {
        guard start &+ 8 <= view.count else { return anyHeaderField(from: start, to: end) }
        let word = view.word(at: start)
        let colons = word ^ 0x3A3A_3A3A_3A3A_3A3A
        let hits = (colons &- 0x0101_0101_0101_0101) & ~colons & 0x8080_8080_8080_8080
        let length = hits.trailingZeroBitCount >> 3
        let valueStart = start &+ length &+ 2
        guard hits != 0, length > 1, valueStart < end, view.base[valueStart &- 1] == 32, view.base[valueStart] > 32,
            view.base[end &- 1] > 32
        else { return anyHeaderField(from: start, to: end) }
        let unused = UInt64(64 &- length &* 8)
        let id = HeaderName.short(((word | 0x2020_2020_2020_2020) << unused) >> unused)
        guard id != .other else { return anyHeaderField(from: start, to: end) }
        append(HeaderFields.Entry(id, name: start, start &+ length, value: valueStart, end), id)
    }

    private mutating func anyHeaderField(from start: Int, to end: Int) {
        let colon = view.first(UInt8(ascii: ":"), from: start)
        guard colon < end else { return note(.headerSyntax, at: start) }
        var nameEnd = colon
        while nameEnd > start && (view.base[nameEnd &- 1] == 32 || view.base[nameEnd &- 1] == 9) { nameEnd &-= 1 }
        guard nameEnd > start, nameEnd &- start < 256 else { return note(.headerSyntax, at: start) }
        let id = HeaderName.identify(view, from: start, to: nameEnd)
        if id == .other {
            var position = start
            while position < nameEnd {
                guard view.base[position].isToken else { return note(.headerSyntax, at: position) }
                position &+= 1
            }
        }
        var valueStart = colon &+ 1
        var valueEnd = end
        while valueStart < valueEnd && view.base[valueStart].isWhitespace { valueStart &+= 1 }
        while valueEnd > valueStart && view.base[valueEnd &- 1].isWhitespace { valueEnd &-= 1 }
        append(HeaderFields.Entry(id, name: start, nameEnd, value: valueStart, valueEnd), id)
    }

    @inline(__always)
    private mutating func append(_ entry: HeaderFields.Entry, _ id: HeaderName) {
        table.initializeElement(at: tableCount, to: entry)
        tableCount &+= 1
        if id != .other { read(entry, id) }
    }
}
