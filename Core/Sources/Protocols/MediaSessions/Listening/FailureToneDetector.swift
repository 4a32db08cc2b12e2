import Audio
import Timeline

/// Hears in the audio before an answer that the call has failed: a busy tone, a tone of congestion, or the three rising
/// tones before an announcement (ITU-T E.180, E.182).
///
/// Busy and congestion are told from ringing by their rhythm: three times in a row a tone and a pause of 160 to 620 ms
/// each. Speech and music are no tones.
public struct FailureToneDetector: Equatable, Sendable {
    /// What a network says with a tone.
    public enum Tone: Hashable, Sendable, BitwiseCopyable, CaseIterable {
        case busy
        case congestion
        /// The special information tone: what was dialled cannot be reached.
        case information
    }

    /// What was heard; nil while it is nothing.
    public private(set) var tone: Tone?
    private var pure = PureToneDetector()
    /// How many of the three rising tones were heard, and when the last of them ended.
    private var rising = 0
    private var sinceRising = 0
    /// Frames of the present tone or pause.
    private var run = 0
    private var isOn = false
    /// Frames in a row that are neither a tone nor silence.
    private var spoilt = 0
    /// Frames of the last tones and pauses that a rhythm of failure can have, the newest last.
    private var rhythm: [Int] = []

    private static let cycle = 8...31
    private static let cycles = 3
    /// The lower and upper limits of the three rising tones in hertz.
    private static let risingTones: [ClosedRange<Float>] = [900...1000, 1350...1450, 1750...1830]
    private static let leastRising: Duration = .milliseconds(120)
    /// Frames between two of the rising tones, at most.
    private static let mostGap = 8
    /// What busy and congestion tones consist of, in hertz.
    private static let frequencies: [Double] = [350, 400, 425, 450, 480, 500, 600, 620]
    private static let coefficients = frequencies.map {
        Float(2 * ElementaryFunctions.sineAndCosine(turns: $0 / Double(SampleCount.perSecond)).cosine)
    }
    /// The part of a frame's power that these must carry.
    private static let purity: Float = 0.8
    /// The mean square of a frame of −38 dBm0.
    private static let quietest: Float = {
        let peak = Float(SignalLevel(dBm0: -38).peak)
        return peak * peak / 2
    }()

    public init() {}

    /// Takes the next 20 ms.
    public mutating func receive(_ frame: [Int16]) {
        guard tone == nil else { return }
        hearRising(frame)
        let power = ActivityDetector.meanSquare(frame)
        if power < Self.quietest {
            advance(isOn: false)
        } else if Self.isTone(frame, power) {
            advance(isOn: true)
        } else {
            // The frame in which a tone begins or ends is half of one; two such in a row are something else.
            run += 1
            spoilt += 1
            if spoilt > 1 { restart() }
        }
    }

    private mutating func advance(isOn: Bool) {
        spoilt = 0
        guard isOn != self.isOn else {
            run += 1
            return
        }
        if Self.cycle.contains(run) { rhythm.append(run) } else { rhythm = [] }
        self.isOn = isOn
        run = 1
        // A rhythm begins with a tone.
        if rhythm.count % 2 == 1, isOn { rhythm = [] }
        if rhythm.count == 2 * Self.cycles { judge() }
    }

    private mutating func restart() {
        rhythm = []
        run = 0
        isOn = false
        spoilt = 0
    }

    private mutating func judge() {
        let tones = stride(from: 0, to: rhythm.count, by: 2).map { rhythm[$0] }
        let isEven = (tones.max() ?? 0) - (tones.min() ?? 0) <= 4
        let period = rhythm.reduce(0, +) / Self.cycles
        // Congestion is quick, 500 ms, or, in the United Kingdom, of two lengths.
        tone = isEven && period >= 32 ? .busy : .congestion
    }

    private mutating func hearRising(_ frame: [Int16]) {
        pure.receive(frame)
        sinceRising += 1
        if rising > 0 && sinceRising > Self.mostGap { rising = 0 }
        guard let frequency = pure.frequency else { return }
        if rising > 0 && Self.risingTones[rising - 1].contains(frequency) { sinceRising = 0 }
        guard Self.risingTones[rising].contains(frequency), pure.duration >= Self.leastRising else { return }
        rising += 1
        sinceRising = 0
        if rising == Self.risingTones.count { tone = .information }
    }

    /// Whether one or two of the frequencies carry the frame.
    private static func isTone(_ frame: [Int16], _ power: Float) -> Bool {
        var strongest: [(place: Int, power: Float)] = []
        for (place, coefficient) in coefficients.enumerated() {
            var (last, before) = (Float(0), Float(0))
            for sample in frame { (last, before) = (Float(sample) + coefficient * last - before, last) }
            let magnitude = max(last * last + before * before - coefficient * last * before, 0)
            strongest.append((place, 2 * magnitude / Float(frame.count * frame.count)))
        }
        strongest.sort { $0.power > $1.power }
        // The second is a tone of its own where it is no neighbour of the first.
        let second = strongest.dropFirst().first { abs(frequencies[$0.place] - frequencies[strongest[0].place]) >= 100 }
        return strongest[0].power + (second?.power ?? 0) >= purity * power
    }
}
