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
        var bits = next()
        for position in 0..<count {
            if position > 0 && position % 12 == 0 { bits = next() }
            bytes.append(Self.alphabet(UInt8(truncatingIfNeeded: bits & 31)))
            bits >>= 5
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

    private static func alphabet(_ digit: UInt8) -> UInt8 { digit < 26 ? 97 + digit : 48 + digit - 26 }
}

extension UInt64 {
    fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
