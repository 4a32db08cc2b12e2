import Audio
import MediaSessions

/// What a phone sends into a call and what it listens for.
public struct MediaPlan: Sendable {
    /// What it plays from the answer on.
    public var play: AudioSource
    /// Digits it sends as RFC 4733 events, characters of `0123456789*#ABCD`; others are left out.
    public var digits: String
    /// How long after the answer the digits begin.
    public var digitsDelay: Duration
    /// How long digits and the pauses between them are.
    public var digitTiming: TelephoneEventSender.Timing
    /// Codecs offered or accepted, the preferred one first.
    public var codecs: [G711Codec]
    /// Whether the received audio is kept for the report; at most an hour of it.
    public var isRecorded: Bool
    /// Frequencies in hertz that are looked for in the received audio.
    public var listensFor: [Double]

    public init(
        play: AudioSource = .silence, digits: String = "", codecs: [G711Codec] = [.pcmu, .pcma],
        isRecorded: Bool = false
    ) {
        self.play = play
        self.digits = digits
        self.codecs = codecs
        self.isRecorded = isRecorded
        digitsDelay = .milliseconds(200)
        digitTiming = TelephoneEventSender.Timing()
        listensFor = ToneDetector.usualFrequencies
    }
}
