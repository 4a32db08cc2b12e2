/// The tones that calls can hear, by name: those of some countries, and those that an application makes itself. In the
/// original it is called ToneManager.
public struct ToneCatalogue: Equatable, Sendable {
    /// Why a tone was not made.
    public enum Failure: Error, Hashable, Sendable {
        /// No steps, more than `maximumSteps`, or steps that together last no time at all.
        case stepCount(Int)
        /// A step with more than two tones.
        case toneCount(Int)
        /// A frequency outside 0...9999 Hz.
        case frequency(Double)
        /// A level outside −99...0 dBm0.
        case level(Double)
        /// A step outside 0...9999 ms, or without an end.
        case duration(Duration?)
        /// The name is empty, longer than 64 bytes, or that of a predefined tone.
        case name(String)
        /// There are already `maximumTones`.
        case tooMany
    }

    /// Most steps of one tone.
    public static let maximumSteps = 100
    /// Most tones of one catalogue.
    public static let maximumTones = 1_000
    /// Frequencies in hertz that a tone may have.
    public static let frequencies: ClosedRange<Double> = 0...9999
    /// Levels in dBm0 that a tone may have.
    public static let levels: ClosedRange<Double> = -99...0
    /// How long a step may last.
    public static let durations: ClosedRange<Duration> = .zero ... .milliseconds(9999)

    /// The name of the tone that is played where none is named; RINGBACK until it is set.
    public private(set) var defaultName = "RINGBACK"
    private var own: [String: TonePlan] = [:]

    public init() {}

    /// The tone of a name, in capitals as predefined or as it was made; nil where there is none.
    public subscript(name: String) -> TonePlan? { own[name] ?? Self.predefined[name] }

    /// The tone that is played where none is named.
    public var standard: TonePlan { self[defaultName] ?? Self.ringback }

    /// The names of all tones, in order.
    public var names: [String] { (Array(own.keys) + Self.predefined.keys).sorted() }

    /// Makes the tone of a name the one that is played where none is named; false where there is no such tone.
    public mutating func setDefault(_ name: String) -> Bool {
        guard self[name] != nil else { return false }
        defaultName = name
        return true
    }

    /// Adds a tone of steps of one or two frequencies, played again and again unless `repetitions` says how often; a
    /// frequency of zero is silent. One of the same name is replaced.
    public mutating func create(_ steps: [ToneStep], named name: String, repetitions: Int? = nil) throws(Failure) {
        guard !name.isEmpty, name.utf8.count <= 64, Self.predefined[name] == nil else { throw .name(name) }
        guard own[name] != nil || own.count < Self.maximumTones else { throw .tooMany }
        let length = steps.reduce(Duration.zero) { $0 + ($1.duration ?? .zero) }
        for step in steps { try Self.check(step) }
        guard (1...Self.maximumSteps).contains(steps.count), length > .zero else { throw .stepCount(steps.count) }
        own[name] = TonePlan(steps: steps, repetitions: repetitions)
    }

    private static func check(_ step: ToneStep) throws(Failure) {
        guard let duration = step.duration, durations.contains(duration) else { throw .duration(step.duration) }
        guard step.tones.count <= 2 else { throw .toneCount(step.tones.count) }
        for tone in step.tones {
            guard frequencies.contains(tone.frequency) else { throw .frequency(tone.frequency) }
            guard levels.contains(tone.level.dBm0) else { throw .level(tone.level.dBm0) }
        }
    }

    /// The tones that every catalogue has: ringing, busy and congestion of North America (without suffix), most of
    /// Europe (`_EU`) and the United Kingdom (`_UK`), as the supplement to ITU-T E.180 lists them.
    public static let predefined: [String: TonePlan] = [
        "RINGBACK": ringback,
        "RINGBACK_EU": .ringing,
        "RINGBACK_UK": rhythm([Tone(400, dBm0: -16), Tone(450, dBm0: -16)], [400, 200, 400, 2000]),
        "BUSY": rhythm([Tone(480, dBm0: -16), Tone(620, dBm0: -16)], [500, 500]),
        "BUSY_EU": .busy,
        "BUSY_UK": rhythm([Tone(400, dBm0: -13)], [375, 375]),
        "CONGESTION": rhythm([Tone(480, dBm0: -16), Tone(620, dBm0: -16)], [250, 250]),
        "CONGESTION_EU": rhythm([Tone(425, dBm0: -10)], [250, 250]),
        "CONGESTION_UK": rhythm([Tone(400, dBm0: -13)], [400, 350, 225, 525]),
    ]

    private static let ringback = rhythm([Tone(440, dBm0: -16), Tone(480, dBm0: -16)], [2000, 4000])

    /// Tones on and off for these milliseconds in turn.
    private static func rhythm(_ tones: [Tone], _ milliseconds: [Int]) -> TonePlan {
        let steps = milliseconds.enumerated().map { position, length in
            ToneStep(position % 2 == 0 ? tones : [], duration: .milliseconds(length))
        }
        return TonePlan(steps: steps)
    }
}
