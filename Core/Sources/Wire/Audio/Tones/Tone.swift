/// A pure tone: one frequency at one level.
public struct Tone: Hashable, Sendable {
    /// Hertz; what 8 kHz audio cannot carry, 4000 and more, is silent.
    public var frequency: Double
    /// Level of this frequency alone.
    public var level: SignalLevel

    public init(frequency: Double, level: SignalLevel) {
        self.frequency = frequency
        self.level = level
    }

    /// A tone in whole hertz and dBm0, as tone tables give them.
    public init(_ frequency: Int, dBm0: Int) {
        self.init(frequency: Double(frequency), level: SignalLevel(dBm0: Double(dBm0)))
    }
}

/// One step of a tone: frequencies that sound together for a while. A step without frequencies is a pause.
public struct ToneStep: Hashable, Sendable {
    /// How the tones of a step come together.
    public enum Combination: Hashable, Sendable {
        /// They are added.
        case sum
        /// The second makes the first swell and fade; at 0 dBm0 down to nothing.
        case modulation
    }

    /// The frequencies; one or two in telephone signalling.
    public var tones: [Tone]
    public var combination: Combination
    /// How long the step lasts; nil for one that never ends.
    public var duration: Duration?

    public init(_ tones: [Tone], _ combination: Combination = .sum, duration: Duration?) {
        self.tones = tones
        self.combination = combination
        self.duration = duration
    }

    /// Silence.
    public static func pause(_ duration: Duration) -> ToneStep { ToneStep([], duration: duration) }
}
