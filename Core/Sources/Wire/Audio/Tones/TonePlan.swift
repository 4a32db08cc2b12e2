/// What a tone generator plays: steps, one after the other.
public struct TonePlan: Hashable, Sendable {
    /// One sounding part of a rhythm and the silence after it.
    public struct Cadence: Hashable, Sendable {
        /// How long the tones sound.
        public var on: Duration
        /// How long the silence after them lasts.
        public var off: Duration

        public init(on: Duration, off: Duration) {
            self.on = on
            self.off = off
        }
    }

    /// The steps, played in order; without any there is only silence.
    public var steps: [ToneStep]
    /// How often the steps are played; nil for without end.
    public var repetitions: Int?
    /// How long each sounding step takes to swell and to fade, so that it does not click.
    public var ramp: Duration

    public init(steps: [ToneStep], repetitions: Int? = nil, ramp: Duration = .milliseconds(3)) {
        self.steps = steps
        self.repetitions = repetitions
        self.ramp = ramp
    }

    /// The same tones in a rhythm; no cadence at all means an unbroken tone.
    public init(
        _ tones: [Tone], cadences: [Cadence] = [], isRepeated: Bool = true, ramp: Duration = .milliseconds(3)
    ) {
        var steps: [ToneStep] = []
        for cadence in cadences {
            steps.append(ToneStep(tones, duration: cadence.on))
            if cadence.off > .zero { steps.append(.pause(cadence.off)) }
        }
        if cadences.isEmpty { steps = [ToneStep(tones, duration: nil)] }
        self.init(steps: steps, repetitions: isRepeated ? nil : 1, ramp: ramp)
    }

    /// Whether it is played until somebody stops it.
    public var isEndless: Bool { repetitions == nil || steps.contains { $0.duration == nil } }

    /// An unbroken sine.
    public static func continuous(_ frequency: Double, level: SignalLevel = SignalLevel(dBm0: -10)) -> TonePlan {
        TonePlan([Tone(frequency: frequency, level: level)])
    }

    /// A sine of the given length.
    public static func once(
        _ frequency: Double, for duration: Duration, level: SignalLevel = SignalLevel(dBm0: -10)
    ) -> TonePlan {
        TonePlan(
            [Tone(frequency: frequency, level: level)], cadences: [Cadence(on: duration, off: .zero)],
            isRepeated: false)
    }

    /// The beep before a recording: 1000 Hz for 250 ms.
    public static let beep = TonePlan.once(1000, for: .milliseconds(250))

    /// The ringing tone of most of Europe: 425 Hz, one second in five (ITU-T E.180).
    public static let ringing = TonePlan(
        [Tone(425, dBm0: -10)], cadences: [Cadence(on: .seconds(1), off: .seconds(4))])

    /// The busy tone of most of Europe: 425 Hz, half a second in one (ITU-T E.180).
    public static let busy = TonePlan(
        [Tone(425, dBm0: -10)], cadences: [Cadence(on: .milliseconds(500), off: .milliseconds(500))])

    /// The two tones of a DTMF digit at −9 and −11 dBm0 (ES 201 235-2), once, with the silence after them;
    /// nil for a byte that is not one of `0123456789*#ABCD`.
    public static func digit(
        _ digit: UInt8, tone: Duration = .milliseconds(100), pause: Duration = .milliseconds(100)
    ) -> TonePlan? {
        guard let position = DTMFKeypad.position(of: digit) else { return nil }
        let tones = [
            Tone(frequency: Double(DTMFKeypad.lowGroup[position / 4]), level: SignalLevel(dBm0: -11)),
            Tone(frequency: Double(DTMFKeypad.highGroup[position % 4]), level: SignalLevel(dBm0: -9)),
        ]
        return TonePlan(tones, cadences: [Cadence(on: tone, off: pause)], isRepeated: false)
    }
}
