/// Reads one field value from left to right. It never leaves `position...end`, and `end` lies inside the view.
struct FieldReader: BitwiseCopyable {
    let view: ByteView
    var position: Int
    let end: Int
    let header: HeaderName

    init(_ view: ByteView, from start: Int, to end: Int, header: HeaderName) {
        self.view = view
        self.end = min(max(end, 0), view.count)
        position = min(max(start, 0), self.end)
        self.header = header
    }

    /// A value that the parser has found inside the view.
    @inline(__always)
    init(_ view: ByteView, scanned value: ShortRange, header: HeaderName) {
        self.view = view
        self.header = header
        position = value.start
        end = value.end
    }

    /// The byte at the position; 0 at the end.
    @inline(__always)
    var current: UInt8 { position < end ? view.base[position] : 0 }

    @inline(__always)
    var isAtEnd: Bool { position >= end }

    /// The error that points at the position.
    func failure(_ reason: SIPParseError.Reason = .headerValue) -> FieldFailure {
        FieldFailure(reason, header, at: position)
    }

    /// Steps over blanks and folds.
    @inline(__always)
    mutating func skipWhitespace() {
        while position < end && view.base[position].isWhitespace { position &+= 1 }
    }

    /// Steps over `byte` and says whether it was there.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < end && view.base[position] == byte else { return false }
        position &+= 1
        return true
    }

    /// A token; empty where there is none.
    @inline(__always)
    mutating func token() -> ShortRange {
        let start = position
        while position < end && view.base[position].isToken { position &+= 1 }
        return ShortRange(from: start, to: position)
    }

    /// A quoted string with its quotes, the position being at the first; a backslash escapes any byte.
    mutating func quotedString() throws(FieldFailure) -> ShortRange {
        let start = position
        position &+= 1
        while position < end {
            switch view.base[position] {
            case UInt8(ascii: "\""):
                position &+= 1
                return ShortRange(from: start, to: position)
            case UInt8(ascii: "\\"):
                position &+= 2
            default:
                position &+= 1
            }
        }
        position = min(position, end)
        throw FieldFailure(.headerValue, header, at: start)
    }

    /// A parameter of a field.
    struct Parameter: BitwiseCopyable {
        var name: ShortRange
        var value: ShortRange?
        /// Whether the value is a token; an empty one counts as one.
        var isToken = false
    }

    /// The next `;name[=value]`, or nil at the end of the value or before a comma. Blanks around the separators are
    /// allowed everywhere (RFC 3261 §25.1 `SEMI`, `EQUAL`).
    @inline(__always)
    mutating func parameter() throws(FieldFailure) -> Parameter? {
        skipWhitespace()
        guard position < end, view.base[position] != UInt8(ascii: ",") else { return nil }
        guard take(UInt8(ascii: ";")) else { throw failure() }
        skipWhitespace()
        let name = token()
        guard name.count > 0 else { throw failure() }
        skipWhitespace()
        guard take(UInt8(ascii: "=")) else { return Parameter(name: name) }
        skipWhitespace()
        if current == UInt8(ascii: "\"") { return Parameter(name: name, value: try quotedString()) }
        let start = position
        var shared: UInt8 = .max
        while position < end {
            let classes = ByteClasses(of: view.base[position])
            guard classes.rawValue & ByteClasses.parameterValue.rawValue != 0 else { break }
            shared &= classes.rawValue
            position &+= 1
        }
        let isToken = shared & ByteClasses.token.rawValue != 0
        return Parameter(name: name, value: ShortRange(from: start, to: position), isToken: isToken)
    }
}
