import Foundation

/// Writes values into blocks of bytes, every value with its type, and nothing that an XML parser would refuse.
public struct XMLRPCWriter {
    /// Size of a block in bytes.
    static let blockSize = 64 << 10

    private var blocks: [[UInt8]] = []
    private var bytes: [UInt8] = []
    /// How many bytes were written.
    public var count: Int { filled + bytes.count }
    private var filled = 0

    public init() {}

    /// What was written, in blocks.
    public consuming func finished() -> [[UInt8]] {
        if !bytes.isEmpty { blocks.append(bytes) }
        return blocks
    }

    /// A value as one piece.
    public static func bytes(of value: XMLRPCValue) -> [UInt8] {
        var writer = XMLRPCWriter()
        writer.value(value)
        return Array(writer.finished().joined())
    }

    // MARK: Values

    /// Writes a value of any type.
    public mutating func value(_ value: XMLRPCValue) {
        switch value {
        case .integer(let number): self.integer(number)
        case .boolean(let isTrue):
            raw("<value><boolean>")
            raw(isTrue ? "1" : "0")
            raw("</boolean></value>")
        case .double(let number): double(number)
        case .string(let text): string(text)
        case .dateTime(let date):
            raw("<value><dateTime.iso8601>")
            text(date)
            raw("</dateTime.iso8601></value>")
        case .base64(let data):
            raw("<value><base64>")
            append(Array(Data(data).base64EncodedData()))
            raw("</base64></value>")
        case .array(let values):
            beginArray()
            for value in values { self.value(value) }
            endArray()
        case .structure(let structure):
            beginStruct()
            for member in structure.members {
                name(member.name)
                self.value(member.value)
                endMember()
            }
            endStruct()
        case .null: raw("<value><nil/></value>")
        case .written(let more):
            begin(blockOf: 0)
            blocks += more
            filled += more.reduce(0) { $0 + $1.count }
        }
    }

    /// Writes an integer, as `i8` where it does not fit into the 32 bits of `int`.
    public mutating func integer(_ number: Int64) {
        if Int32(exactly: number) != nil {
            raw("<value><int>")
            decimal(number)
            raw("</int></value>")
        } else {
            raw("<value><i8>")
            decimal(number)
            raw("</i8></value>")
        }
    }

    /// Writes a double in plain decimal notation; what is not finite as 0.
    public mutating func double(_ number: Double) {
        raw("<value><double>")
        append(DecimalText.write(number))
        raw("</double></value>")
    }

    /// Writes a string, always with its type and never as an empty element: clients look for `<string>`.
    public mutating func string(_ text: String) {
        raw("<value><string>")
        self.text(text)
        raw("</string></value>")
    }

    /// Begins an array; values follow, then `endArray`.
    public mutating func beginArray() { raw("<value><array><data>") }

    /// Ends an array.
    public mutating func endArray() { raw("</data></array></value>\n") }

    /// Begins a struct; members follow, then `endStruct`.
    public mutating func beginStruct() { raw("<value><struct>") }

    /// Ends a struct.
    public mutating func endStruct() { raw("</struct></value>\n") }

    /// Begins a member with a name that needs no escapes; one value follows, then `endMember`.
    public mutating func member(_ name: StaticString) {
        raw("<member><name>")
        raw(name)
        raw("</name>")
    }

    /// Begins a member; one value follows, then `endMember`.
    public mutating func name(_ name: String) {
        raw("<member><name>")
        text(name)
        raw("</name>")
    }

    /// Ends a member.
    public mutating func endMember() { raw("</member>") }

    // MARK: Bytes

    /// Writes markup as it stands.
    public mutating func raw(_ markup: StaticString) {
        makeRoom(markup.utf8CodeUnitCount)
        bytes.append(contentsOf: UnsafeBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
    }

    /// Writes text so that every XML parser reads it: markup and carriage returns as references, characters that XML
    /// cannot carry as U+FFFD (XML 1.0 §2.2).
    public mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { append(escaping: $0) }
    }

    /// Writes text of any bytes; what is not UTF-8 becomes U+FFFD.
    public mutating func text(_ bytes: [UInt8]) {
        let isPlain = bytes.allSatisfy { $0 < 0x80 }
        guard isPlain else { return text(String(decoding: bytes, as: UTF8.self)) }
        bytes.withUnsafeBufferPointer { append(escaping: $0) }
    }

    /// Writes a string of any bytes.
    public mutating func string(_ bytes: [UInt8]) {
        raw("<value><string>")
        text(bytes)
        raw("</string></value>")
    }

    /// Writes valid UTF-8, run by run between the characters that are written otherwise.
    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        makeRoom(text.count)
        var start = 0
        var position = 0
        while position < text.count {
            guard let (replacement, length) = XMLEscape.replacement(in: text, at: position) else {
                position += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<position]))
            raw(replacement)
            position += length
            start = position
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    private mutating func append(_ more: [UInt8]) {
        makeRoom(more.count)
        bytes.append(contentsOf: more)
    }

    private mutating func decimal(_ number: Int64) {
        makeRoom(20)
        var magnitude = number.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var place = 20
            repeat {
                place -= 1
                digits[place] = UInt8(truncatingIfNeeded: 48 + magnitude % 10)
                magnitude /= 10
            } while magnitude > 0
            if number < 0 {
                place -= 1
                digits[place] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[place...]))
        }
    }

    /// Begins another block where `count` more bytes would make this one grow.
    private mutating func makeRoom(_ count: Int) {
        if bytes.capacity - bytes.count < count { begin(blockOf: max(Self.blockSize, count)) }
    }

    /// Puts the block that is being filled to the others and begins one of `capacity` bytes.
    private mutating func begin(blockOf capacity: Int) {
        if !bytes.isEmpty { blocks.append(bytes) }
        filled += bytes.count
        bytes = []
        bytes.reserveCapacity(capacity)
    }
}
