/// A borrowed look at the bytes of one message. Reading outside gives 0: hostile bytes can neither trap nor read past
/// the end. A view never outlives the `withUnsafeBufferPointer` call that made it.
struct ByteView: BitwiseCopyable {
    let base: UnsafePointer<UInt8>
    let count: Int

    /// Nil for an empty buffer, whose base address may be nil.
    @inline(__always)
    init?(_ buffer: UnsafeBufferPointer<UInt8>) {
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return nil }
        self.base = base
        count = buffer.count
    }

    @inline(__always)
    subscript(position: Int) -> UInt8 {
        UInt(bitPattern: position) < UInt(bitPattern: count) ? base[position] : 0
    }

    /// Eight bytes from `position` in little-endian order; the caller has checked that they are inside.
    @inline(__always)
    func word(at position: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
    }

    /// The bytes of `range` as far as they exist.
    @inline(__always)
    func buffer(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
        let first = min(max(start, 0), count)
        let last = min(max(end, first), count)
        return UnsafeBufferPointer(start: base + first, count: last &- first)
    }

    /// Whether the bytes from `start` to `end` spell `text`, which must be in lower case, in any case.
    func spells(_ text: StaticString, from start: Int, to end: Int) -> Bool {
        guard end &- start == text.utf8CodeUnitCount else { return false }
        var position = 0
        while position < text.utf8CodeUnitCount {
            let byte = self[start &+ position]
            let lower = byte &- 65 < 26 ? byte | 0x20 : byte
            if lower != text.utf8Start[position] { return false }
            position &+= 1
        }
        return true
    }

    /// Whether the bytes from `start` to `end` are exactly `text`.
    func matches(_ text: StaticString, from start: Int, to end: Int) -> Bool {
        guard end &- start == text.utf8CodeUnitCount else { return false }
        var position = 0
        while position < text.utf8CodeUnitCount {
            if self[start &+ position] != text.utf8Start[position] { return false }
            position &+= 1
        }
        return true
    }

    /// The number written in the digits from `start` to `end`; nil where there is no digit, another byte, or more than
    /// `maximum`. Leading zeros are allowed.
    func decimal(from start: Int, to end: Int, maximum: UInt64) -> UInt64? {
        guard start < end else { return nil }
        var number: UInt64 = 0
        var position = start
        while position < end {
            let digit = self[position] &- 48
            guard digit < 10 else { return nil }
            number = number &* 10 &+ UInt64(digit)
            guard number <= maximum else { return nil }
            position &+= 1
        }
        return number
    }
}

/// Classes of bytes, as sets of 128 bits in registers.
extension UInt8 {
    /// `token` of RFC 3261 §25.1: letters, digits and `-.!%*_+`'~`.
    @inline(__always)
    var isToken: Bool { isIn(0x03FF_6CA2_0000_0000, 0x47FF_FFFF_87FF_FFFE) }

    /// Space, tab, or a byte of a fold: the parser has made sure that CR and LF inside a value belong to folds.
    @inline(__always)
    var isWhitespace: Bool { self <= 32 && (1 << UInt64(self)) & 0x1_0000_2600 != 0 }

    /// Letters, digits, `-`, `.` and `_`: what names of hosts are made of.
    @inline(__always)
    var isHost: Bool { isIn(0x03FF_6000_0000_0000, 0x07FF_FFFE_87FF_FFFE) }

    @inline(__always)
    var isHexadecimal: Bool { self &- 48 < 10 || (self | 0x20) &- 97 < 6 }

    /// Bytes that may stand in a URI or an unquoted parameter value: no control, no blank, none of `"<>`.
    @inline(__always)
    var isURICharacter: Bool { self >= 128 || isIn(0xAFFF_FFFA_0000_0000, 0x7FFF_FFFF_FFFF_FFFF) }

    @inline(__always)
    private func isIn(_ low: UInt64, _ high: UInt64) -> Bool {
        let mask = self < 64 ? low : high
        return self < 128 && (mask >> UInt64(self & 63)) & 1 != 0
    }
}
