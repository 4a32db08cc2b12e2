import Audio
import Timeline

/// Plays recordings to a party: a list of clips, once or again and again (call-channel.md §3.4).
public struct FilePlayer: Equatable, Sendable {
    /// What the player does; `error` is left by the next job.
    public enum State: Hashable, Sendable { case playing, idle, error }

    /// Why the last job ended.
    public enum Cause: Hashable, Sendable, CaseIterable {
        case error
        case normal
        /// A new digit came.
        case bargeIn
        /// It was stopped.
        case aborted
        case hangup
        case timeout
        /// A job is in progress, or there was none.
        case none
    }

    /// What to play.
    public struct Job: Equatable, Sendable {
        /// The clips, in order.
        public var clips: [AudioClip]
        /// How often the list is played; nil until it is stopped.
        public var repetitions: Int?
        public var bargeIn: BargeIn
        /// Decibels louder than recorded; negative for softer.
        public var volume: Double
        /// The longest it may take; nil without limit.
        public var timeout: Duration?

        public init(
            _ clips: [AudioClip], repetitions: Int? = 1, bargeIn: BargeIn = .off, volume: Double = 0,
            timeout: Duration? = nil
        ) {
            self.clips = clips
            self.repetitions = repetitions
            self.bargeIn = bargeIn
            self.volume = volume
            self.timeout = timeout
        }
    }

    /// What the player is told.
    public enum Event: Sendable {
        case play(Job)
        case stop
        /// A new digit was heard.
        case digit(UInt8)
        case hangUp
        /// What should be played cannot be got.
        case fail
    }

    /// What the session must do.
    public enum Effect: Hashable, Sendable {
        case finished(Cause)
    }

    public private(set) var state: State = .idle
    public private(set) var cause: Cause = .none
    private var job = Job([])
    private var gain: Float = 1
    private var clip = 0
    private var position = 0
    private var round = 0
    private var deadline: Instant?

    public init() {}

    /// When `timeElapsed` must be called next; nil without a limit.
    public var nextDeadline: Instant? { deadline }

    /// How far the job has come in the present clip.
    public var progress: (clip: Int, position: SampleCount) { (clip, SampleCount(position)) }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .play(let job)), (.error, .play(let job)): begin(job, at: now, into: &effects)
        case (.playing, .stop): end(.aborted, into: &effects)
        case (.playing, .digit(let digit)): if job.bargeIn.isEnded(by: digit) { end(.bargeIn, into: &effects) }
        case (.playing, .hangUp): end(.hangup, into: &effects)
        case (.playing, .fail), (.idle, .fail), (.error, .fail): end(.error, into: &effects)
        case (.playing, .play), (.idle, .stop), (.idle, .digit), (.idle, .hangUp): break
        case (.error, .stop), (.error, .digit), (.error, .hangUp): break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if let deadline, deadline <= now { end(.timeout, into: &effects) }
    }

    /// Whether the present job has another sample; ends the job where it has none.
    public mutating func prepare(into effects: inout [Effect]) -> Bool {
        guard state == .playing else { return false }
        while position >= job.clips[clip].sampleCount.value {
            position = 0
            clip += 1
            guard clip == job.clips.count else { continue }
            clip = 0
            round += 1
            if let repetitions = job.repetitions, round >= repetitions {
                end(.normal, into: &effects)
                return false
            }
        }
        return true
    }

    /// Whether codes can be sent as they are; otherwise samples must be changed first.
    public var isUnscaled: Bool { gain == 1 }

    /// Overwrites `frame` with the next samples, and silence where they end. Only after `prepare`.
    public mutating func fill(_ frame: inout [Int16]) {
        var place = 0
        while place < frame.count, advanceWithinFrame(place) {
            let count = job.clips[clip].copySamples(at: position, into: &frame, at: place)
            position += count
            place += count
        }
        if gain != 1 {
            for index in 0..<place {
                frame[index] = Int16(max(-32768, min((Float(frame[index]) * gain).rounded(), 32767)))
            }
        }
        for index in place..<frame.count { frame[index] = 0 }
    }

    /// Appends 160 codes, silence where the samples end. Only after `prepare`, and where `isUnscaled`.
    public mutating func append(_ codec: G711Codec, to bytes: inout [UInt8]) {
        var place = 0
        while place < AudioFrame.sampleCount, advanceWithinFrame(place) {
            let wanted = AudioFrame.sampleCount - place
            let count = job.clips[clip].appendCodes(codec, at: position, count: wanted, to: &bytes)
            position += count
            place += count
        }
        for _ in place..<AudioFrame.sampleCount { bytes.append(codec.silence) }
    }

    /// Moves on from a clip that is over; false at the end of the job, which `prepare` finds again at the next frame.
    private mutating func advanceWithinFrame(_ place: Int) -> Bool {
        while position >= job.clips[clip].sampleCount.value {
            let isLast = clip == job.clips.count - 1
            if isLast, let repetitions = job.repetitions, round + 1 >= repetitions { return false }
            position = 0
            clip = isLast ? 0 : clip + 1
            if isLast { round += 1 }
        }
        return true
    }

    private mutating func begin(_ job: Job, at now: Instant, into effects: inout [Effect]) {
        self.job = job
        gain = job.volume == 0 ? 1 : Float(ElementaryFunctions.powerOfTen(job.volume / 20))
        (clip, position, round) = (0, 0, 0)
        deadline = job.timeout.map { now + $0 }
        cause = .none
        state = .playing
        let length = job.clips.reduce(0) { $0 + $1.sampleCount.value }
        if length == 0 || (job.repetitions ?? 1) <= 0 { end(.normal, into: &effects) }
    }

    private mutating func end(_ cause: Cause, into effects: inout [Effect]) {
        self.cause = cause
        state = cause == .error ? .error : .idle
        deadline = nil
        job.clips = []
        effects.append(.finished(cause))
    }
}
