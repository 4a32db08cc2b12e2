/// Plays a `TonePlan` sample by sample; each sine is a point that rotates on a circle.
public struct ToneGenerator: Equatable, Sendable {
    private struct Oscillator: Equatable, Sendable, BitwiseCopyable {
        var sine = 0.0
        var cosine = 1.0
        let stepSine: Double
        let stepCosine: Double
        let peak: Double

        init(_ tone: Tone) {
            let isCarried = tone.frequency > 0 && tone.frequency < Double(SampleCount.perSecond) / 2
            let turns = isCarried ? tone.frequency / Double(SampleCount.perSecond) : 0
            (stepSine, stepCosine) = ElementaryFunctions.sineAndCosine(turns: turns)
            peak = isCarried && !tone.level.dBm0.isNaN ? tone.level.peak : 0
        }

        mutating func next() -> Double {
            let value = sine
            (sine, cosine) = (sine * stepCosine + cosine * stepSine, cosine * stepCosine - sine * stepSine)
            return value
        }

        /// Puts the point back on the circle, from which rounding moves it by 10⁻¹⁶ per sample.
        mutating func normalise() {
            let correction = (3 - sine * sine - cosine * cosine) / 2
            sine *= correction
            cosine *= correction
        }

        mutating func restart() { (sine, cosine) = (0, 1) }
    }

    private struct Step: Equatable, Sendable, BitwiseCopyable {
        /// Samples; the largest number for a step without end.
        var length: Int
        var isModulation: Bool
        var firstVoice: Int
        var voiceCount: Int
    }

    private var voices: [Oscillator] = []
    private var steps: [Step] = []
    private let repetitions: Int?
    private let ramp: Int
    private var step = 0
    private var position = 0
    private var round = 0
    /// Whether only silence follows.
    public private(set) var isFinished = false

    /// A generator at the beginning of `plan`.
    public init(_ plan: TonePlan) {
        for step in plan.steps {
            let length = step.duration.map { SampleCount($0).value } ?? .max
            guard length > 0 else { continue }
            steps.append(
                Step(
                    length: length, isModulation: step.combination == .modulation && step.tones.count == 2,
                    firstVoice: voices.count, voiceCount: step.tones.count))
            voices += step.tones.map(Oscillator.init)
        }
        repetitions = plan.repetitions
        ramp = SampleCount(plan.ramp).value
        isFinished = steps.isEmpty || (plan.repetitions ?? 1) <= 0
    }

    /// The next 20 ms.
    public mutating func nextFrame() -> AudioFrame { AudioFrame(next(SampleCount(AudioFrame.sampleCount))) }

    /// The next `count` samples, with silence after the end of the plan.
    public mutating func next(_ count: SampleCount) -> [Int16] {
        var samples = [Int16](repeating: 0, count: count.value)
        fill(&samples)
        return samples
    }

    /// Overwrites `samples` with the next ones, with silence after the end of the plan; how many were not behind it.
    @discardableResult
    public mutating func fill(_ samples: inout [Int16]) -> Int {
        var place = 0
        while place < samples.count && !isFinished {
            let present = steps[step]
            let count = min(samples.count - place, present.length - position)
            render(present, count, into: &samples, at: place)
            place += count
            advance(present, by: count)
        }
        for index in place..<samples.count { samples[index] = 0 }
        for index in voices.indices { voices[index].normalise() }
        return place
    }

    private mutating func render(_ step: Step, _ count: Int, into samples: inout [Int16], at place: Int) {
        for index in 0..<count {
            var value = 0.0
            if step.isModulation {
                let depth = voices[step.firstVoice + 1].peak / Self.fullDepth
                let carrier = voices[step.firstVoice].next() * voices[step.firstVoice].peak
                value = carrier * (1 + depth * voices[step.firstVoice + 1].next()) / (1 + depth)
            } else {
                for voice in step.firstVoice..<step.firstVoice + step.voiceCount {
                    value += voices[voice].next() * voices[voice].peak
                }
            }
            value *= gain(at: position + index, of: step.length)
            samples[place + index] = Int16(max(-32768, min(value.rounded(), 32767)))
        }
    }

    /// The peak of a tone of 0 dBm0, which modulates down to nothing.
    private static let fullDepth = SignalLevel(dBm0: 0).peak

    /// How loud a sample is between 0 and 1: the ramps rise and fall in straight lines.
    private func gain(at position: Int, of length: Int) -> Double {
        let nearest = min(position + 1, length == .max ? .max : length - position)
        return nearest <= ramp ? Double(nearest) / Double(ramp + 1) : 1
    }

    private mutating func advance(_ present: Step, by count: Int) {
        guard present.length != .max else {
            position = min(position + count, ramp)
            return
        }
        position += count
        guard position >= present.length else { return }
        position = 0
        step += 1
        if step == steps.count {
            step = 0
            round += 1
            if let repetitions, round >= repetitions { isFinished = true }
        }
        guard !isFinished else { return }
        let next = steps[step]
        for voice in next.firstVoice..<next.firstVoice + next.voiceCount { voices[voice].restart() }
    }
}
