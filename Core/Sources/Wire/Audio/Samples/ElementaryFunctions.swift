/// The few transcendental functions that audio needs, because the core links no mathematics library.
public enum ElementaryFunctions {
    /// Sine and cosine of `turns` full circles, each within 10⁻¹⁵ for angles up to one turn; beyond 10⁹ turns, where
    /// a double no longer tells the angle well, and for no number at all, those of angle 0.
    public static func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
        guard abs(turns) <= 1e9 else { return (0, 1) }
        let quarters = (turns * 4).rounded()
        let angle = (turns - quarters / 4) * 2 * Double.pi
        let square = angle * angle
        var sine = 0.0
        var cosine = 0.0
        // Taylor's series from the smallest term: |angle| ≤ π/4, so that x¹⁷/17! is below the last bit.
        for divisor in stride(from: 16.0, through: 2, by: -2) {
            sine = (1 - sine) * square / (divisor * (divisor + 1))
            cosine = (1 - cosine) * square / (divisor * (divisor - 1))
        }
        (sine, cosine) = (angle * (1 - sine), 1 - cosine)
        switch Int(quarters.remainder(dividingBy: 4)) & 3 {
        case 0: return (sine, cosine)
        case 1: return (cosine, -sine)
        case 2: return (-sine, -cosine)
        default: return (-cosine, sine)
        }
    }

    /// Ten to the power of `exponent`; exponents beyond ±300 are clamped, and no number gives 0.
    public static func powerOfTen(_ exponent: Double) -> Double {
        guard !exponent.isNaN else { return 0 }
        let binary = min(max(exponent, -300), 300) * 3.321_928_094_887_362_3
        let whole = binary.rounded()
        let rest = (binary - whole) * 0.693_147_180_559_945_3
        var sum = 1.0
        for divisor in stride(from: 16.0, through: 1, by: -1) { sum = 1 + sum * rest / divisor }
        return Double(sign: .plus, exponent: Int(whole), significand: sum)
    }

    /// The decimal logarithm of `value`; −300 for zero, negative numbers and numbers below 10⁻³⁰⁰.
    public static func decimalLogarithm(_ value: Double) -> Double {
        guard value.isFinite, value > 1e-300 else { return -300 }
        var significand = value.significand
        var exponent = Double(value.exponent)
        if significand > 1.414_213_562_373_095 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var sum = 0.0
        for divisor in stride(from: 25.0, through: 1, by: -2) { sum = sum * square + 1 / divisor }
        return (2 * ratio * sum + exponent * 0.693_147_180_559_945_3) * 0.434_294_481_903_251_8
    }
}
