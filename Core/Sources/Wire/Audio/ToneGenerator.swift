/// Plays a `TonePlan` sample by sample; each sine is a point that rotates on a circle.
public struct ToneGenerator: Equatable, Sendable {
    private struct Oscillator: Equatable, Sendable {
        var sine: Double
        var cosine: Double
        let stepSine: Double
        let stepCosine: Double
        let peak: Double

        init(_ tone: Tone) {
            (sine, cosine) = (0, 1)
            let turns = tone.frequency / Double(SampleCount.perSecond)
            (stepSine, stepCosine) = ElementaryFunctions.sineAndCosine(turns: turns)
            peak = tone.level.peak
        }

        mutating func next() -> Double {
            let value = sine * peak
            (sine, cosine) = (sine * stepCosine + cosine * stepSine, cosine * stepCosine - sine * stepSine)
            return value
        }

        /// Puts the point back on the circle, from which rounding moves it by 10⁻¹⁶ per sample.
        mutating func normalise() {
            let correction = (3 - sine * sine - cosine * cosine) / 2
            sine *= correction
            cosine *= correction
        }
    }

    private struct Part: Equatable, Sendable {
        var on: Int
        var off: Int
    }

    private var oscillators: [Oscillator]
    private let parts: [Part]
    private let isRepeated: Bool
    private let ramp: Int
    private var part = 0
    private var position = 0

    /// A generator at the beginning of `plan`.
    public init(_ plan: TonePlan) {
        oscillators = plan.tones.map(Oscillator.init)
        parts = plan.cadences.map { Part(on: SampleCount($0.on).value, off: SampleCount($0.off).value) }
            .filter { $0.on + $0.off > 0 }
        isRepeated = plan.isRepeated
        ramp = SampleCount(plan.ramp).value
    }

    /// Whether a plan that is not repeated has been played to its end; only silence follows.
    public var isFinished: Bool { !parts.isEmpty && part >= parts.count }

    /// The next 20 ms.
    public mutating func nextFrame() -> AudioFrame { AudioFrame(next(SampleCount(AudioFrame.sampleCount))) }

    /// The next `count` samples, with silence after the end of the plan.
    public mutating func next(_ count: SampleCount) -> [Int16] {
        var samples: [Int16] = []
        samples.reserveCapacity(count.value)
        for _ in 0..<count.value { samples.append(nextSample()) }
        for index in oscillators.indices { oscillators[index].normalise() }
        return samples
    }

    private mutating func nextSample() -> Int16 {
        guard !isFinished else { return 0 }
        let gain = self.gain
        advance()
        guard gain > 0 else { return 0 }
        var sum = 0.0
        for index in oscillators.indices { sum += oscillators[index].next() }
        return Int16(max(-32768, min((sum * gain).rounded(), 32767)))
    }

    /// How loud the present sample is between 0 and 1: the ramps rise and fall in straight lines.
    private var gain: Double {
        guard !parts.isEmpty else { return position < ramp ? Double(position + 1) / Double(ramp + 1) : 1 }
        let remaining = parts[part].on - position
        guard remaining > 0 else { return 0 }
        let nearest = min(position + 1, remaining)
        return nearest <= ramp ? Double(nearest) / Double(ramp + 1) : 1
    }

    private mutating func advance() {
        guard !parts.isEmpty else {
            position = min(position + 1, ramp)
            return
        }
        position += 1
        if position >= parts[part].on + parts[part].off {
            position = 0
            part += 1
            if isRepeated && part == parts.count { part = 0 }
        }
    }
}
