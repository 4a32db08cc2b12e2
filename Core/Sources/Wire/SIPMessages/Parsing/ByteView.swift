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

    /// A part of another view; the caller has checked that it is inside and not empty.
    @inline(__always)
    init(base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    /// Whether another view of the same length holds the same bytes: eight at a time, the last eight once more.
    func equals(_ other: ByteView) -> Bool {
        guard count == other.count else { return false }
        var position = 0
        guard count >= 8 else {
            while position < count && base[position] == other.base[position] { position &+= 1 }
            return position == count
        }
        while position &+ 8 <= count {
            if word(at: position) != other.word(at: position) { return false }
            position &+= 8
        }
        return word(at: count &- 8) == other.word(at: count &- 8)
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

    /// The first `byte` from `start` on, eight bytes at a time; the end of the view where there is none.
    @inline(__always)
    func first(_ byte: UInt8, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let wanted = UInt64(byte) &* ones
        var probe = start
        while probe &+ 8 <= count {
            let difference = word(at: probe) ^ wanted
            let hits = (difference &- ones) & ~difference & 0x8080_8080_8080_8080
            if hits != 0 { return probe &+ hits.trailingZeroBitCount >> 3 }
            probe &+= 8
        }
        while probe < count && base[probe] != byte { probe &+= 1 }
        return probe
    }
}
