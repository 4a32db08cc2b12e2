/// A pure tone: one frequency at one level.
public struct Tone: Hashable, Sendable {
    /// Hertz, below 4000.
    public var frequency: Double
    /// Level of this frequency alone.
    public var level: SignalLevel

    public init(frequency: Double, level: SignalLevel) {
        self.frequency = frequency
        self.level = level
    }
}

/// What a tone generator plays: frequencies that sound together, and the rhythm in which they do.
public struct TonePlan: Hashable, Sendable {
    /// One sounding part of the rhythm and the silence after it.
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

    /// The frequencies; more than two are played but never occur in telephone signalling.
    public var tones: [Tone]
    /// The rhythm, played in order; empty means an unbroken tone.
    public var cadences: [Cadence]
    /// Whether the rhythm starts again at its end.
    public var isRepeated: Bool
    /// How long each sounding part takes to swell and to fade, so that it does not click.
    public var ramp: Duration

    public init(
        _ tones: [Tone], cadences: [Cadence] = [], isRepeated: Bool = true, ramp: Duration = .milliseconds(3)
    ) {
        self.tones = tones
        self.cadences = cadences
        self.isRepeated = isRepeated
        self.ramp = ramp
    }

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

    /// The ringing tone of most of Europe: 425 Hz, one second in five (ITU-T E.180).
    public static let ringing = TonePlan(
        [Tone(frequency: 425, level: SignalLevel(dBm0: -10))],
        cadences: [Cadence(on: .seconds(1), off: .seconds(4))])

    /// The busy tone of most of Europe: 425 Hz, half a second in one (ITU-T E.180).
    public static let busy = TonePlan(
        [Tone(frequency: 425, level: SignalLevel(dBm0: -10))],
        cadences: [Cadence(on: .milliseconds(500), off: .milliseconds(500))])

    /// The two tones of a DTMF digit at −9 and −11 dBm0 for 100 ms and 100 ms of silence (ES 201 235-2);
    /// nil for a byte that is not one of `0123456789*#ABCD`.
    public static func digit(_ digit: UInt8) -> TonePlan? {
        guard let position = digitLayout.firstIndex(of: digit) else { return nil }
        return TonePlan(
            [
                Tone(frequency: lowGroup[position / 4], level: SignalLevel(dBm0: -11)),
                Tone(frequency: highGroup[position % 4], level: SignalLevel(dBm0: -9)),
            ], cadences: [Cadence(on: .milliseconds(100), off: .milliseconds(100))], isRepeated: false)
    }

    private static let digitLayout: [UInt8] = Array("123A456B789C*0#D".utf8)
    private static let lowGroup: [Double] = [697, 770, 852, 941]
    private static let highGroup: [Double] = [1209, 1336, 1477, 1633]
}
