import Audio
import Timeline

/// Judges who has answered an outbound call, by the rhythm of the first words (call-channel.md §2.5, §2.6).
///
/// A person says a short greeting and then waits; a machine talks on, or beeps; a fax sends 2100 or 1100 Hz.
public struct FarEndClassifier: Equatable, Sendable {
    /// Who has answered.
    public enum FarEnd: Hashable, Sendable, CaseIterable { case live, answerMachine, faxMachine, unknown }

    /// From when the time-out counts.
    public enum Start: Hashable, Sendable {
        /// From the answer that the network reports; the default of the original.
        case networkConnect
        /// From the first audio that is no ringing tone.
        case answerDetect
    }

    /// How long the judging may take; what is asked for is brought into these bounds.
    public static let timeouts: ClosedRange<Duration> = .milliseconds(500) ... .milliseconds(10_000)
    /// The time-out that the original has.
    public static let standardTimeout: Duration = .milliseconds(7000)

    /// A greeting of up to this length, then a pause, is a person.
    private static let longestGreeting: Duration = .milliseconds(1800)
    /// The pause after a person's greeting.
    private static let pauseAfterGreeting: Duration = .milliseconds(800)
    /// So much speech with only short pauses is a machine.
    private static let machineSpeech: Duration = .milliseconds(2600)
    private static let faxTone: Duration = .milliseconds(300)
    private static let beep: Duration = .milliseconds(180)
    /// How long a switchboard may ring, or be silent, behind the network's answer.
    private static let longestRinging: Duration = .seconds(60)
    private static let shortestRinging: Duration = .milliseconds(300)
    /// Less than this is a click.
    private static let firstWord: Duration = .milliseconds(100)

    /// What has been found; nil while it is not known.
    public private(set) var farEnd: FarEnd?
    private let start: Start
    private let timeout: Duration
    private var deadline: Instant?
    private var activity = ActivityDetector()
    private var tone = PureToneDetector()
    private var speech: Duration = .zero
    private var pause: Duration = .zero
    /// Whether words were heard that are no ringing.
    private var hasSpoken = false
    /// How long there has been nothing but low tones.
    private var ringing: Duration = .zero

    /// A classifier for a call that was answered at `now`.
    public init(_ start: Start = .networkConnect, timeout: Duration = standardTimeout, at now: Instant) {
        self.start = start
        self.timeout = min(max(timeout, Self.timeouts.lowerBound), Self.timeouts.upperBound)
        deadline = now + (start == .networkConnect ? self.timeout : Self.longestRinging)
    }

    /// When `timeElapsed` must be called next.
    public var nextDeadline: Instant? { farEnd == nil ? deadline : nil }

    /// Takes the next 20 ms of the party.
    public mutating func receive(_ frame: [Int16], at now: Instant) {
        guard farEnd == nil else { return }
        tone.receive(frame)
        _ = activity.receive(frame)
        if let frequency = tone.frequency, tone.duration >= Self.beep {
            guard frequency > 500 else { return reset() }
            let isFax = (2050...2150).contains(frequency) || (1060...1140).contains(frequency)
            if !isFax { return decide(.answerMachine) }
            if tone.duration >= Self.faxTone { return decide(.faxMachine) }
        }
        // Ringing tones, where a switchboard rings on after the network's answer, lie below 500 Hz.
        let isLow = activity.isLoud && Self.isLow(frame)
        ringing = isLow ? ringing + AudioFrame.duration : .zero
        if ringing >= Self.shortestRinging { return reset() }
        if activity.isLoud && !isLow {
            speech += AudioFrame.duration
            pause = .zero
            if start == .answerDetect && !hasSpoken && speech >= Self.firstWord {
                hasSpoken = true
                deadline = now + timeout
            }
        } else if !activity.isLoud && speech > .zero {
            pause += AudioFrame.duration
        }
        if speech >= Self.machineSpeech { return decide(.answerMachine) }
        let isGreeting = speech >= Self.firstWord && speech <= Self.longestGreeting
        if isGreeting && pause >= Self.pauseAfterGreeting { return decide(.live) }
        if pause >= Self.pauseAfterGreeting { decide(.answerMachine) }
    }

    public mutating func timeElapsed(at now: Instant) {
        if let deadline, deadline <= now { decide(.unknown) }
    }

    /// Whether a frame has nothing above 500 Hz: the differences of its samples are small against them.
    private static func isLow(_ frame: [Int16]) -> Bool {
        var differences: Float = 0
        var squares: Float = 1
        frame.withUnsafeBufferPointer { samples in
            for index in 1..<max(samples.count, 1) {
                let difference = Float(samples[index]) - Float(samples[index &- 1])
                differences += difference * difference
                squares += Float(samples[index]) * Float(samples[index])
            }
        }
        // A sine of 500 Hz has 0.152.
        return differences < squares * 0.16
    }

    private mutating func decide(_ farEnd: FarEnd) { if self.farEnd == nil { self.farEnd = farEnd } }

    private mutating func reset() {
        speech = .zero
        pause = .zero
    }
}
