import Addresses

/// Reads the words of one line's value, which single blanks separate; several blanks count as one.
struct FieldReader {
    let text: UnsafeBufferPointer<UInt8>
    private(set) var position: Int
    let end: Int

    init(_ text: UnsafeBufferPointer<UInt8>, _ line: Line) {
        self.init(text, from: line.value, to: line.end)
    }

    init(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
        self.text = text
        position = start
        self.end = end
    }

    /// Whether nothing but blanks is left.
    var isAtEnd: Bool {
        var index = position
        while index < end && text[index] == 32 { index &+= 1 }
        return index >= end
    }

    /// The bytes up to the next blank; empty at the end.
    mutating func word() -> UnsafeBufferPointer<UInt8> {
        while position < end && text[position] == 32 { position &+= 1 }
        let start = position
        while position < end && text[position] != 32 { position &+= 1 }
        return UnsafeBufferPointer(rebasing: text[start..<position])
    }

    /// The next word as a number up to `maximum`; nil where it is none.
    mutating func number(maximum: UInt64) -> UInt64? { word().decimal(maximum: maximum) }
}

extension UnsafeBufferPointer<UInt8> {
    /// The number these digits write, up to `maximum`; nil for anything else.
    func decimal(maximum: UInt64) -> UInt64? {
        guard !isEmpty && count <= 20 else { return nil }
        var number: UInt64 = 0
        for byte in self {
            let digit = byte &- 48
            guard digit < 10 else { return nil }
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            guard !overflows, !carries, sum <= maximum else { return nil }
            number = sum
        }
        return number
    }

    /// The number these digits write, modulo 2^64; nil where a byte is no digit.
    func wrappedDecimal() -> UInt64? {
        guard !isEmpty else { return nil }
        var number: UInt64 = 0
        for byte in self {
            let digit = byte &- 48
            guard digit < 10 else { return nil }
            number = number &* 10 &+ UInt64(digit)
        }
        return number
    }

    /// Whether these bytes are `text`, which must be in lower case, in any case.
    func spells(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count {
            let byte = self[index]
            guard (byte &- 65 < 26 ? byte | 0x20 : byte) == text.utf8Start[index] else { return false }
        }
        return true
    }

    /// Whether these bytes begin with `text`, which must be in lower case, in any case.
    func begins(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount
            && UnsafeBufferPointer(rebasing: self[0..<text.utf8CodeUnitCount]).spells(text)
    }

    /// The position of the first `byte`, or the count.
    func position(of byte: UInt8) -> Int {
        var index = 0
        while index < count && self[index] != byte { index &+= 1 }
        return index
    }
}
