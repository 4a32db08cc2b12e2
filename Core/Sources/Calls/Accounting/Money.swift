/// An exact amount of money in millionths of the currency unit, about ±9.2 million million units.
///
/// Amounts are never `Double`: 0.1 + 0.2 is 0.3 here. The currency is that of the table the amount stands in.
public struct Money: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Millionths of the currency unit.
    public var millionths: Int64

    @inlinable public init(millionths: Int64) { self.millionths = millionths }

    /// No money.
    public static let zero = Money(millionths: 0)
    /// How many millionths make one unit.
    static let scale: Int64 = 1_000_000

    @inlinable public static func < (left: Money, right: Money) -> Bool { left.millionths < right.millionths }

    /// The sum, held at the ends of the range where it would leave it.
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.millionths.addingReportingOverflow(right.millionths)
        return overflow ? Money(millionths: left.millionths < 0 ? .min : .max) : Money(millionths: sum)
    }

    /// The difference, held at the ends of the range where it would leave it.
    public static func - (left: Money, right: Money) -> Money {
        let (difference, overflow) = left.millionths.subtractingReportingOverflow(right.millionths)
        return overflow ? Money(millionths: left.millionths < 0 ? .min : .max) : Money(millionths: difference)
    }

    /// What `duration` costs at this amount per minute, rounded half away from zero to a millionth.
    public func perMinute(for duration: Duration) -> Money {
        let seconds = duration.components.seconds
        let rest = duration.components.attoseconds / 1_000_000_000
        let nanoseconds = seconds.multipliedFullWidth(by: 1_000_000_000)
        guard nanoseconds.high == 0, let whole = Int64(exactly: nanoseconds.low) else {
            return Money(millionths: millionths < 0 ? .min : millionths == 0 ? 0 : .max)
        }
        let minute: Int64 = 60_000_000_000
        let product = (whole &+ rest).multipliedFullWidth(by: millionths)
        guard product.high > -(minute / 2), product.high < minute / 2 else {
            return Money(millionths: product.high < 0 ? .min : .max)
        }
        let (quotient, remainder) = minute.dividingFullWidth(product)
        let carry: Int64 = remainder.magnitude >= minute.magnitude / 2 ? (remainder < 0 ? -1 : 1) : 0
        return Money(millionths: quotient &+ carry)
    }
}

/// Reading and writing amounts as decimal text.
extension Money: CustomStringConvertible, LosslessStringConvertible {
    /// The amount written in `text` as `0.01`, `-3` or `.5`: at most six places after the point that are not zero;
    /// nil for everything else, an amount out of range included.
    public init?(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The amount written in `bytes`; the same forms as for text.
    public init?(_ bytes: [UInt8]) {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let unsigned = bytes.dropFirst(isNegative ? 1 : 0)
        let parts = unsigned.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard unsigned.contains(where: { $0 &- 48 < 10 }), let units = Self.digits(parts[0]) else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard let whole = Self.digits(parts[1].prefix(6)), parts[1].dropFirst(6).allSatisfy({ $0 == 48 })
            else { return nil }
            fraction = parts[1].count < 6 ? (parts[1].count..<6).reduce(whole) { value, _ in value &* 10 } : whole
        }
        let (scaled, isTooLarge) = units.multipliedReportingOverflow(by: Self.scale)
        let (sum, overflow) = scaled.addingReportingOverflow(fraction)
        guard !isTooLarge && !overflow else { return nil }
        millionths = isNegative ? 0 &- sum : sum
    }

    /// The number that at most 18 digits write; 0 for none, nil for anything else.
    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard bytes.count <= 18 else { return nil }
        var number: Int64 = 0
        for byte in bytes {
            guard byte &- 48 < 10 else { return nil }
            number = number &* 10 &+ Int64(byte &- 48)
        }
        return number
    }

    /// The amount with as many places as it needs: `0.01`, `3`, `-0.0005`.
    public var description: String {
        var bytes: [UInt8] = millionths < 0 ? [UInt8(ascii: "-")] : []
        let magnitude = millionths.magnitude
        bytes += Array(String(magnitude / 1_000_000).utf8)
        var rest = magnitude % 1_000_000
        var unit: UInt64 = 100_000
        if rest > 0 { bytes.append(UInt8(ascii: ".")) }
        while rest > 0 {
            bytes.append(UInt8(truncatingIfNeeded: 48 &+ rest / unit))
            rest %= unit
            unit /= 10
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
