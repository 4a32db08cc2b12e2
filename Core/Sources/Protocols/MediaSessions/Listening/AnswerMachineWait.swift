import Audio
import Timeline

/// Waits until an answering machine is ready to record: a beep and silence after it, or a long silence alone
/// (call-channel.md §3.1, wait_for_answer_machine).
public struct AnswerMachineWait: Equatable, Sendable {
    /// What counts as readiness.
    public struct Settings: Hashable, Sendable {
        /// The shortest tone that is the beep.
        public var minimumBeep: Duration
        /// The silence after it.
        public var postBeepSilence: Duration
        /// The silence that counts without a beep.
        public var noBeepSilence: Duration
        /// The longest wait; nil without limit.
        public var timeout: Duration?

        public init(
            minimumBeep: Duration = .milliseconds(180), postBeepSilence: Duration = .milliseconds(1000),
            noBeepSilence: Duration = .milliseconds(4000), timeout: Duration? = .seconds(10)
        ) {
            self.minimumBeep = minimumBeep
            self.postBeepSilence = postBeepSilence
            self.noBeepSilence = noBeepSilence
            self.timeout = timeout
        }
    }

    /// Whether the machine is ready; false when the time is over, nil while it is not known.
    public private(set) var isReady: Bool?
    private let settings: Settings
    private let deadline: Instant?
    private var tone = PureToneDetector()
    private var activity = ActivityDetector()
    private var hasBeeped = false
    private var silence: Duration = .zero

    public init(_ settings: Settings = Settings(), at now: Instant) {
        self.settings = settings
        deadline = settings.timeout.map { now + $0 }
    }

    /// When `timeElapsed` must be called next.
    public var nextDeadline: Instant? { isReady == nil ? deadline : nil }

    /// Takes the next 20 ms of the party.
    public mutating func receive(_ frame: [Int16]) {
        guard isReady == nil else { return }
        tone.receive(frame)
        _ = activity.receive(frame)
        // A tone that the frames cut at both ends is up to two frames longer than its whole ones.
        let isBeep = tone.frequency != nil && tone.duration + AudioFrame.duration >= settings.minimumBeep
        if isBeep {
            hasBeeped = true
        } else if activity.isLoud && tone.frequency == nil && silence > .zero {
            // Speech after the beep and a pause: it was not the one to wait for.
            hasBeeped = false
        }
        silence = activity.isLoud ? .zero : silence + AudioFrame.duration
        if silence >= (hasBeeped ? settings.postBeepSilence : settings.noBeepSilence) { isReady = true }
    }

    public mutating func timeElapsed(at now: Instant) {
        if let deadline, deadline <= now, isReady == nil { isReady = false }
    }
}
