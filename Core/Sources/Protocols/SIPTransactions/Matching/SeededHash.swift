import SIPMessages

/// A keyed hash of the SipHash family (one round per word, three at the end) with 128 bits of output: who does not know
/// the key can neither make two inputs collide nor fill one place of a table.
struct SeededHash: Sendable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var tail: UInt64 = 0
    private var tailCount: UInt64 = 0
    private var total: UInt64 = 0

    init(key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736F_6D65_7073_6575
        v1 = key.1 ^ 0x646F_7261_6E64_6F6D ^ 0xEE
        v2 = key.0 ^ 0x6C79_6765_6E65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    /// Mixes in one number; only at a word boundary, that is before any bytes or after `close`.
    mutating func combine(_ word: UInt64) { compress(word) }

    /// Mixes in the bytes of a range; consecutive ranges are as one.
    mutating func combine(_ bytes: [UInt8], _ range: ByteRange) {
        let span = bytes.span.bytes
        var offset = Int(range.offset)
        let end = range.end
        while offset <= end - 8 {
            append(span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        while offset < end {
            append(byte: span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
    }

    /// Mixes in the bytes of a range as if they were in lower case.
    mutating func combineFolded(_ bytes: [UInt8], _ range: ByteRange) {
        for byte in bytes[Int(range.offset)..<range.end] {
            append(byte: byte &- 65 < 26 ? byte | 0x20 : byte)
        }
    }

    /// Ends a field, so that no two lists of fields read the same.
    mutating func close() {
        compress(tail | total << 56)
        compress(total)
        tail = 0
        tailCount = 0
        total = 0
    }

    /// The hash of all that was mixed in.
    consuming func finish() -> Fingerprint {
        v2 ^= 0xEE
        round()
        round()
        round()
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xDD
        round()
        round()
        round()
        return Fingerprint(low: low, high: v0 ^ v1 ^ v2 ^ v3)
    }

    private mutating func append(_ word: UInt64) {
        let shift = tailCount &* 8
        compress(tail | word << shift)
        tail = shift == 0 ? 0 : word >> (64 &- shift)
        total &+= 8
    }

    private mutating func append(byte: UInt8) {
        tail |= UInt64(byte) << (tailCount &* 8)
        tailCount &+= 1
        total &+= 1
        if tailCount == 8 {
            compress(tail)
            tail = 0
            tailCount = 0
        }
    }

    @inline(__always)
    private mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}

/// 128 bits that stand for a transaction key: equal keys have equal fingerprints, and no others are expected to.
struct Fingerprint: Hashable, Sendable, BitwiseCopyable {
    var low: UInt64
    var high: UInt64
}
