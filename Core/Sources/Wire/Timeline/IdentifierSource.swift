/// A seeded source of identifiers and dice: the same seed gives the same sequence (xoshiro256**).
///
/// Pure code never asks the system for randomness; the runtime seeds one source per shard.
public struct IdentifierSource: Sendable, RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var mixer = seed
        func splitmix() -> UInt64 {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var z = mixer
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        state = (splitmix(), splitmix(), splitmix(), splitmix())
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = (state.1 &* 5).rotatedLeft(7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3.rotatedLeft(45)
        return result
    }

    /// A number below `bound`, which must be positive.
    public mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// A duration between the two bounds, for the random waits that RFCs ask for.
    public mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        .nanoseconds(Int64.random(in: range.lowerBound.nanoseconds...range.upperBound.nanoseconds, using: &self))
    }

    /// Appends `count` random lower-case letters and digits, 5 bits each: legal in every SIP token.
    public mutating func appendToken(count: Int, to bytes: inout [UInt8]) {
        var left = count
        var bits: UInt64 = 0
        while left > 0 {
            // One draw is good for twelve characters: eight of 40 bits, then four of 20.
            if (count &- left) % 12 == 0 { bits = next() }
            let most = (count &- left) % 12 == 0 ? 8 : 4
            Self.append(Self.letters(bits), first: min(left, most), to: &bytes)
            bits >>= 40
            left &-= min(left, most)
        }
    }

    /// Appends `value` in the token alphabet, most significant digit first, without leading zeros.
    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var shift = 60
        while shift > 0 && value >> UInt64(shift) == 0 { shift -= 5 }
        while shift >= 0 {
            bytes.append(alphabet(UInt8(truncatingIfNeeded: (value >> UInt64(shift)) & 31)))
            shift -= 5
        }
    }

    /// Appends the lowest 5·`digits` bits of `value` in the token alphabet, most significant digit first.
    public static func append(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
        var left = digits
        while left > 0 {
            let count = (left &- 1) & 7 &+ 1
            left &-= count
            let letters = letters(value >> UInt64(left &* 5)).byteSwapped >> UInt64(64 &- count &* 8)
            append(letters, first: count, to: &bytes)
        }
    }

    /// The number that `append(_:digits:to:)` wrote at `offset`; nil where `bytes` ends before or holds other characters.
    public static func number(in bytes: [UInt8], at offset: Int, digits: Int) -> UInt64? {
        guard offset >= 0, digits > 0, digits <= 12, offset <= bytes.count - digits else { return nil }
        let end = offset + digits
        guard digits <= 8, end >= 8 else { return slowNumber(bytes[offset..<end]) }
        let unused = UInt64(64 &- digits &* 8)
        let word = bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: end &- 8, as: UInt64.self)
        return values(UInt64(littleEndian: word) >> unused, count: digits)
    }

    private static func slowNumber(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in digits {
            if byte &- 97 < 26 {
                value = value << 5 | UInt64(byte &- 97)
            } else if byte &- 48 < 6 {
                value = value << 5 | UInt64(byte &- 48 &+ 26)
            } else {
                return nil
            }
        }
        return value
    }

    /// The number that the lowest `count` bytes write, first digit lowest; nil where one is no digit of the alphabet.
    private static func values(_ text: UInt64, count: Int) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let word = count == 8 ? text : text | (97 &* ones) << UInt64(count &* 8)
        // Adding 128 - n sets the top bit of a byte that is at least n.
        let letters = (word &+ 31 &* ones) & ~(word &+ 5 &* ones) & tops
        let digits = (word &+ 80 &* ones) & ~(word &+ 74 &* ones) & tops
        guard word & tops == 0, letters | digits == tops else { return nil }
        let values = word &- 97 &* (letters >> 7) &- 22 &* (digits >> 7)
        var packed = values.byteSwapped
        packed = (packed & 0x001F_001F_001F_001F) | (packed >> 3) & 0x03E0_03E0_03E0_03E0
        packed = (packed & 0x0000_03FF_0000_03FF) | (packed >> 6) & 0x000F_FC00_000F_FC00
        packed = (packed & 0xF_FFFF) | (packed >> 12) & 0xFF_FFF0_0000
        return packed >> UInt64((8 &- count) &* 5)
    }

    /// Appends a shard's number, two digits: the beginning of every identifier that must lead back to its shard.
    public static func append(shard: UInt8, to bytes: inout [UInt8]) { append(UInt64(shard), digits: 2, to: &bytes) }

    /// The shard number at `offset`, if one is written there.
    public static func shard(in bytes: [UInt8], at offset: Int) -> UInt8? {
        number(in: bytes, at: offset, digits: 2).flatMap { UInt8(exactly: $0) }
    }

    /// Eight characters at once: byte n is the digit of bits 5n to 5n + 4.
    private static func letters(_ bits: UInt64) -> UInt64 {
        var spread = (bits & 0xF_FFFF) | (bits & 0xFF_FFF0_0000) << 12
        spread = (spread & 0x0000_03FF_0000_03FF) | (spread & 0x000F_FC00_000F_FC00) << 6
        spread = (spread & 0x001F_001F_001F_001F) | (spread & 0x03E0_03E0_03E0_03E0) << 3
        let ones: UInt64 = 0x0101_0101_0101_0101
        let isDigit = ((spread &+ 102 &* ones) >> 7) & ones
        return spread &+ 97 &* ones &- 75 &* isDigit
    }

    private static func append(_ letters: UInt64, first count: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: letters.littleEndian) { word in
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: word[..<count]))
        }
    }

    private static func alphabet(_ digit: UInt8) -> UInt8 { digit < 26 ? 97 + digit : 48 + digit - 26 }
}

extension UInt64 {
    fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
