/// The low-pass of a change of sample rate, cut into the phases that a polyphase filter needs.
///
/// The rates are in the ratio `up` to `down`; each output sample is one phase's weighted sum of `taps` input samples.
struct ResamplingFilter: Equatable, Sendable {
    /// Most phases; the ratio 441 : 320 of 8,000 to 11,025 Hz is the largest in use.
    static let maximumPhases = 1_024
    /// Part of the lower rate's band that passes: at 8 kHz the response is flat to 3.3 kHz and closed at 4.1 kHz.
    private static let passband = 0.93
    /// Input samples for each output sample when nothing is thrown away.
    private static let leastTaps = 40
    /// The shape of the Kaiser window: 60 dB.
    private static let beta = 5.65

    let up: Int
    let down: Int
    let taps: Int
    /// The weights, phase after phase, each `taps` long and of sum 1.
    let weights: [Float]

    init?(from source: SampleRate, to target: SampleRate) {
        let divisor = Self.greatestCommonDivisor(Int(source.rawValue), Int(target.rawValue))
        up = Int(target.rawValue) / divisor
        down = Int(source.rawValue) / divisor
        guard up <= Self.maximumPhases, down <= Self.maximumPhases else { return nil }
        let narrowing = min(Double(up) / Double(down), 1)
        taps = (Int(Double(Self.leastTaps) / narrowing) + 1) & ~1
        guard taps <= 1_024 else { return nil }
        weights = Self.weights(up: up, taps: taps, cutoff: narrowing * Self.passband)
    }

    private static func weights(up: Int, taps: Int, cutoff: Double) -> [Float] {
        let half = Double(taps) / 2
        let reference = besselI0(beta)
        var weights: [Float] = []
        weights.reserveCapacity(up * taps)
        for phase in 0..<up {
            var line: [Double] = []
            for tap in 0..<taps {
                let time = Double(tap) - half + 1 - Double(phase) / Double(up)
                let place = time / half
                let window = besselI0(beta * max(1 - place * place, 0).squareRoot()) / reference
                line.append(sinc(cutoff * time) * window)
            }
            let sum = line.reduce(0, +)
            weights.append(contentsOf: line.map { Float($0 / sum) })
        }
        return weights
    }

    /// sin(πx)/πx.
    private static func sinc(_ x: Double) -> Double {
        guard abs(x) > 1e-9 else { return 1 }
        return ElementaryFunctions.sineAndCosine(turns: x / 2).sine / (Double.pi * x)
    }

    /// The modified Bessel function of order 0, by its series.
    private static func besselI0(_ x: Double) -> Double {
        var sum = 1.0
        var term = 1.0
        for order in 1...24 {
            let factor = x / 2 / Double(order)
            term *= factor * factor
            sum += term
        }
        return sum
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        var (larger, smaller) = (first, second)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return max(larger, 1)
    }
}
