/// One line of a description, as positions in its bytes.
struct Line: BitwiseCopyable {
    /// The letter before `=`.
    var type: UInt8
    /// Position of the letter.
    var start: Int
    /// Position after `=`.
    var value: Int
    /// Position after the value.
    var end: Int
    /// Position after the line's terminator; equals `end` where the last line has none.
    var next: Int
}

/// Splits a body into lines ended by CR LF or by LF alone; the last may lack its end (RFC 8866 §9).
struct LineReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var count = 0

    init(_ text: UnsafeBufferPointer<UInt8>) throws(SDPParseError) {
        guard text.count <= SessionDescription.maximumBytes else { throw SDPParseError(.tooLarge, offset: 0) }
        self.text = text
    }

    /// The next line; nil at the end. Empty lines are passed over where nothing follows them.
    mutating func next() throws(SDPParseError) -> Line? {
        let start = position
        guard start < text.count else { return nil }
        count &+= 1
        guard count <= SessionDescription.maximumLines else { throw SDPParseError(.tooManyLines, offset: start) }
        let (end, next) = try lineEnd(from: start)
        position = next
        if end == start {
            for index in next..<text.count where text[index] != 10 && text[index] != 13 {
                throw SDPParseError(.lineSyntax, offset: start)
            }
            position = text.count
            return nil
        }
        guard end &- start >= 2, text[start] &- 97 < 26, text[start &+ 1] == UInt8(ascii: "=") else {
            throw SDPParseError(.lineSyntax, offset: start)
        }
        return Line(type: text[start], start: start, value: start &+ 2, end: end, next: next)
    }

    private func lineEnd(from start: Int) throws(SDPParseError) -> (end: Int, next: Int) {
        var index = firstControl(from: start)
        while index < text.count {
            let byte = text[index]
            if byte <= 13 {
                if byte == 10 { return (index, index &+ 1) }
                if byte == 13 {
                    if index &+ 1 < text.count {
                        guard text[index &+ 1] == 10 else { throw SDPParseError(.controlCharacter, offset: start) }
                        return (index, index &+ 2)
                    }
                    return (index, index &+ 1)
                }
                if byte == 0 { throw SDPParseError(.controlCharacter, offset: start) }
            }
            index &+= 1
        }
        return (index, index)
    }

    /// The first byte below 14 from `start` on as far as whole words of eight bytes reach, else where they end: taking
    /// 14 away from such a byte borrows into its top bit.
    private func firstControl(from start: Int) -> Int {
        guard let base = text.baseAddress else { return start }
        var index = start
        while index &+ 8 <= text.count {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            let hits = (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080
            if hits != 0 { return index &+ hits.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        return index
    }
}
