/// Hears push-button digits in 8 kHz audio (ITU-T Q.23, Q.24).
///
/// Every 5 ms the last 15 ms are measured at the eight frequencies through a Hann window. A digit is in them if one
/// tone of each group carries nearly all the power, at a level and twist that a telephone has, and if the phase of both
/// has moved on as their nominal frequencies do within 2.4 %. It is heard when six of the last eight measurements agree,
/// which takes 30 ms of it, and over when four in a row do not, so that a hole of 10 ms does not split it.
public struct DTMFToneDetector: Equatable, Sendable {
    /// What the audio brought.
    public enum Change: Hashable, Sendable {
        /// The digit, one of `0123456789*#ABCD`, has sounded long enough to count.
        case began(digit: UInt8)
        /// It sounds no longer.
        case ended(digit: UInt8)
    }

    /// Samples between two measurements, 5 ms.
    static let hop = 40
    /// Samples of a measurement, 15 ms.
    static let window = 120
    /// How much audio passes before a digit that sounds is reported, at most; what has to be taken back to silence it.
    public static let latency: Duration = .milliseconds(60)

    private static let remembered = 8
    private static let agreeing = 6
    private static let missesToEnd = 4
    /// No digit in a measurement.
    private static let none: UInt8 = 0

    private struct Measurement: Equatable, Sendable, BitwiseCopyable {
        var digit: UInt8 = none
        /// Power of both tones together.
        var power: Float = 0
    }

    /// The digit that sounds now; nil in between.
    public private(set) var sounding: UInt8?
    private var samples = [Float](repeating: 0, count: window)
    /// Samples since the last measurement.
    private var fresh = 0
    private var measurements = [Measurement](repeating: Measurement(), count: remembered)
    private var newest = 0
    private var misses = 0
    private var lastReal = SIMD8<Float>(repeating: 0)
    private var lastImaginary = SIMD8<Float>(repeating: 0)

    public init() {}

    /// Takes the next samples, of any number, and appends what they bring.
    public mutating func receive(_ frame: [Int16], into changes: inout [Change]) {
        var position = 0
        while position < frame.count {
            let count = min(Self.hop - fresh, frame.count - position)
            append(frame, from: position, count)
            position += count
            fresh += count
            guard fresh == Self.hop else { continue }
            fresh = 0
            judge(measure(), into: &changes)
        }
    }

    private mutating func append(_ frame: [Int16], from position: Int, _ count: Int) {
        samples.withUnsafeMutableBufferPointer { samples in
            for index in 0..<Self.window &- count { samples[index] = samples[index &+ count] }
            for index in 0..<count { samples[Self.window &- count &+ index] = Float(frame[position &+ index]) }
        }
    }

    /// One measurement of the window.
    private mutating func measure() -> Measurement {
        var real = SIMD8<Float>(repeating: 0)
        var imaginary = SIMD8<Float>(repeating: 0)
        var energy: Float = 0
        samples.withUnsafeBufferPointer { samples in
            Self.tables.steps.withUnsafeBufferPointer { steps in
                for index in 0..<Self.window {
                    let sample = samples[index]
                    let step = steps[index]
                    real += step.cosine * sample
                    imaginary += step.sine * sample
                    let weighted = sample * step.weight
                    energy += weighted * weighted
                }
            }
        }
        defer { (lastReal, lastImaginary) = (real, imaginary) }
        let power = real * real + imaginary * imaginary
        let low = Self.loudest(power.lowHalf)
        let high = Self.loudest(power.highHalf) + 4
        guard power[low] > Self.leastPower, power[high] > Self.leastPower,
            power[high] < power[low] * Self.mostTwist, power[low] < power[high] * Self.mostReverseTwist,
            power[low] + power[high] > energy * Self.purity,
            hasItsFrequency(low, real, imaginary), hasItsFrequency(high, real, imaginary)
        else { return Measurement() }
        return Measurement(digit: DTMFKeypad.digits[low * 4 + high - 4], power: power[low] + power[high])
    }

    /// Whether a tone's phase has moved since the last measurement as its frequency demands.
    private func hasItsFrequency(_ index: Int, _ real: SIMD8<Float>, _ imaginary: SIMD8<Float>) -> Bool {
        // The product with the conjugate of the last measurement, turned back by the nominal advance.
        let across = real[index] * lastReal[index] + imaginary[index] * lastImaginary[index]
        let along = imaginary[index] * lastReal[index] - real[index] * lastImaginary[index]
        let advance = Self.tables.advances[index]
        let inPhase = across * advance.cosine + along * advance.sine
        return inPhase > 0
            && inPhase * inPhase >= advance.tolerance * (across * across + along * along)
    }

    private static func loudest(_ power: SIMD4<Float>) -> Int {
        var best = 0
        for index in 1..<4 where power[index] > power[best] { best = index }
        return best
    }

    private mutating func judge(_ measurement: Measurement, into changes: inout [Change]) {
        newest = (newest + 1) % Self.remembered
        measurements[newest] = measurement
        if let digit = sounding {
            misses = measurement.digit == digit ? 0 : misses + 1
            guard misses >= Self.missesToEnd else { return }
            sounding = nil
            misses = 0
            changes.append(.ended(digit: digit))
            for index in measurements.indices where measurements[index].digit == digit {
                measurements[index] = Measurement()
            }
        }
        guard measurement.digit != Self.none else { return }
        var loudest: Float = 0
        for past in measurements where past.digit == measurement.digit { loudest = max(loudest, past.power) }
        var agreeing = 0
        for past in measurements where past.digit == measurement.digit && past.power > loudest * Self.steadiness {
            agreeing += 1
        }
        guard agreeing >= Self.agreeing else { return }
        sounding = measurement.digit
        misses = 0
        changes.append(.began(digit: measurement.digit))
    }

    /// Power of a tone of −38 dBm0 in a measurement.
    private static let leastPower: Float = {
        let peak = Float(SignalLevel(dBm0: -38).peak)
        return peak * peak * tables.gain * tables.gain
    }()
    /// The high tone may be 7 dB stronger than the low one.
    private static let mostTwist: Float = 5.0
    /// The low tone may be 10.5 dB stronger than the high one.
    private static let mostReverseTwist: Float = 11.2
    /// 72 % of the energy, in terms of the squares of a measurement.
    private static let purity: Float = 0.72 * tables.gain * tables.gain / (tables.weightSquares / 2)
    /// Measurements more than 6 dB below the loudest are the edges of a tone.
    private static let steadiness: Float = 0.25

    private struct Advance: Sendable {
        var cosine: Float
        var sine: Float
        /// The square of the cosine of the largest angle.
        var tolerance: Float
    }

    /// The window's weight of one sample, alone and at each of the eight frequencies.
    private struct Step: Sendable {
        var cosine: SIMD8<Float>
        var sine: SIMD8<Float>
        var weight: Float
    }

    private struct Tables: Sendable {
        var steps: [Step] = []
        var advances: [Advance] = []
        /// The magnitude that a sine of peak 1 gives.
        var gain: Float = 0
        var weightSquares: Float = 0

        init() {
            let frequencies = (DTMFKeypad.lowGroup + DTMFKeypad.highGroup).map(Double.init)
            for index in 0..<window {
                let place = (Double(index) + 0.5) / Double(window)
                let weight = Float((1 - ElementaryFunctions.sineAndCosine(turns: place).cosine) / 2)
                gain += weight / 2
                weightSquares += weight * weight
                var cosine = SIMD8<Float>(repeating: 0)
                var sine = SIMD8<Float>(repeating: 0)
                for (lane, frequency) in frequencies.enumerated() {
                    let angle = ElementaryFunctions.sineAndCosine(turns: frequency * Double(index) / 8000)
                    cosine[lane] = Float(angle.cosine) * weight
                    sine[lane] = -Float(angle.sine) * weight
                }
                steps.append(Step(cosine: cosine, sine: sine, weight: weight))
            }
            for frequency in frequencies {
                let turns = frequency * Double(hop) / 8000
                let nominal = ElementaryFunctions.sineAndCosine(turns: turns)
                let limit = ElementaryFunctions.sineAndCosine(turns: turns * largestOffset).cosine
                advances.append(
                    Advance(
                        cosine: Float(nominal.cosine), sine: Float(nominal.sine), tolerance: Float(limit * limit)))
            }
        }
    }

    /// Part of its frequency that a tone may be off.
    private static let largestOffset = 0.024
    private static let tables = Tables()
}
