/// An answer of HTTP/1.1 as most receivers send it, read in one pass: whole in one piece, of a length that it says, with
/// nothing behind it. Whatever is different in any way is no plain answer and is left to the decoder, so that nothing is
/// understood here that it would understand differently.
struct PlainAnswer: Equatable, Sendable {
    /// 200 to 599.
    let status: Int
    /// Whether the connection can be used again.
    private(set) var isKeptAlive = true
    /// Where the value of `Content-Type` stands.
    private(set) var type: Range<Int>?
    /// Where the body stands: up to the end.
    private(set) var body: Range<Int>

    /// Longest body of a plain answer.
    private static let longest = 1 << 20

    /// Reads all of `bytes`; nil where they are not one plain answer.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 16, bytes.prefix(9).elementsEqual("HTTP/1.1 ".utf8) else { return nil }
        var status = 0
        for digit in bytes[9..<12] {
            guard let value = Self.digit(digit) else { return nil }
            status = status * 10 + value
        }
        guard (200...599).contains(status), bytes[12] == UInt8(ascii: " ") || bytes[12] == Self.carriageReturn,
            var next = Self.endOfLine(bytes, from: 12)
        else { return nil }
        self.status = status
        body = bytes.count..<bytes.count
        var length: Int?
        var isConnectionNamed = false
        while next + 1 < bytes.count, bytes[next] != Self.carriageReturn {
            guard let field = Field(bytes, from: next) else { return nil }
            next = field.end
            switch field.name.count {
            case 7 where field.isNamed("upgrade", in: bytes), 17 where field.isNamed("transfer-encoding", in: bytes):
                return nil
            case 10 where field.isNamed("connection", in: bytes):
                guard !isConnectionNamed else { return nil }
                isConnectionNamed = true
                if Self.equals(bytes[field.value], "close") {
                    isKeptAlive = false
                } else if !Self.equals(bytes[field.value], "keep-alive") {
                    return nil
                }
            case 12 where field.isNamed("content-type", in: bytes): if type == nil { type = field.value }
            case 14 where field.isNamed("content-length", in: bytes):
                guard length == nil, let value = Self.number(bytes[field.value]) else { return nil }
                length = value
            default: break
            }
        }
        guard next + 1 < bytes.count, bytes[next + 1] == Self.lineFeed else { return nil }
        next += 2
        // These have no body, whatever they say (RFC 9112 §6.3).
        if status == 204 || status == 304 {
            guard length ?? 0 == 0 else { return nil }
            length = 0
        }
        guard let length, next + length == bytes.count else { return nil }
        body = next..<bytes.count
    }

    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte) - 48 : nil
    }

    /// The value of one to seven digits, at most `longest`.
    private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard (1...7).contains(text.count) else { return nil }
        var value = 0
        for byte in text {
            guard let digit = digit(byte) else { return nil }
            value = value * 10 + digit
        }
        return value <= longest ? value : nil
    }

    /// Whether `text` is `word`, which is written in small letters, in any case.
    private static func equals(_ text: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            zip(text, word).allSatisfy { byte, letter in
                byte == letter || byte | 0x20 == letter && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
        }
    }

    /// Where the line after the one of `start` begins; nil where this one has no end, or a byte that stands in few lines: a
    /// control character, be it a tab.
    private static func endOfLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var place = start
        while place + 1 < bytes.count {
            let byte = bytes[place]
            if byte == carriageReturn { return bytes[place + 1] == lineFeed ? place + 2 : nil }
            guard byte >= 0x20, byte != 0x7F else { return nil }
            place += 1
        }
        return nil
    }

    /// One line of the head.
    private struct Field {
        let name: Range<Int>
        /// Without blanks around it.
        let value: Range<Int>
        /// Where the next line begins.
        let end: Int

        /// Reads the line that begins at `start`; nil where it is none.
        init?(_ bytes: UnsafeRawBufferPointer, from start: Int) {
            var colon = start
            while colon < bytes.count, Self.isOfName(bytes[colon]) { colon += 1 }
            guard colon > start, colon < bytes.count, bytes[colon] == UInt8(ascii: ":"),
                let end = PlainAnswer.endOfLine(bytes, from: colon + 1)
            else { return nil }
            var (first, last) = (colon + 1, end - 2)
            while first < last, bytes[first] == UInt8(ascii: " ") { first += 1 }
            while first < last, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
            (name, value, self.end) = (start..<colon, first..<last, end)
        }

        func isNamed(_ word: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
            PlainAnswer.equals(bytes[name], word)
        }

        /// Whether a byte is one of those that names of fields are made of: letters, digits, `-` and `_`.
        private static func isOfName(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
