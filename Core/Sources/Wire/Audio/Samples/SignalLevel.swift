/// A level in dBm0: decibels relative to the reference tone of a telephone line.
///
/// A sine whose peak is 32768, the largest 16-bit sample, has +3.14 dBm0, the overload point of A-law in ITU-T G.711.
public struct SignalLevel: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// What a sine with the peak of full scale is worth.
    private static let fullScale = 3.14

    /// Decibels above the reference tone.
    public var dBm0: Double

    public init(dBm0: Double) { self.dBm0 = dBm0 }

    /// The level of a sine that swings between plus and minus `peak` sample units.
    public init(peak: Double) {
        dBm0 = 20 * ElementaryFunctions.decimalLogarithm(max(peak, 1e-9) / 32768) + Self.fullScale
    }

    /// The peak in sample units of a sine at this level.
    public var peak: Double { 32768 * ElementaryFunctions.powerOfTen((dBm0 - Self.fullScale) / 20) }

    public static func < (left: SignalLevel, right: SignalLevel) -> Bool { left.dBm0 < right.dBm0 }
}
