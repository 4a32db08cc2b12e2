import Audio
import Timeline

/// Records what a party says (call-channel.md §3.5).
public struct FileRecorder: Equatable, Sendable {
    public typealias State = RecorderState
    public typealias Effect = RecorderEffect<Cause>

    /// Why the last recording ended.
    public enum Cause: Hashable, Sendable, CaseIterable {
        case error
        /// A new digit came.
        case bargeIn
        case silence
        /// The file would have become too large.
        case size
        /// It was stopped.
        case aborted
        case hangup
        case timeout
        /// A recording is being made, or there was none.
        case none
    }

    /// What the recorder is told.
    public enum Event: Sendable {
        case record(RecordingOptions)
        case stop
        /// Passes over what is said until `resume`; time and silence stand still.
        case pause
        case resume
        /// A new digit was heard.
        case digit(UInt8)
        case hangUp
        /// The file cannot be written.
        case fail
    }

    private var job = RecordingJob(none: Cause.none)
    private var bargeIn: BargeIn = .off

    public init() {}

    public var state: RecorderState { job.state }
    public var cause: Cause { job.cause }
    /// Whether anything was heard in the last recording; nil before the first one and during one.
    public var audioDetected: Bool? { job.audioDetected }

    public mutating func receive(_ event: Event, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .record(let options)), (.error, .record(let options)):
            job.begin(options, channels: 1)
            bargeIn = options.bargeIn
        case (.recording, .stop): job.end(.aborted, into: &effects)
        case (.recording, .pause): job.setPaused(true)
        case (.recording, .resume): job.setPaused(false)
        case (.recording, .digit(let digit)): if bargeIn.isEnded(by: digit) { job.end(.bargeIn, into: &effects) }
        case (.recording, .hangUp): job.end(.hangup, into: &effects)
        case (.recording, .fail), (.idle, .fail), (.error, .fail): job.fail(.error, into: &effects)
        case (.recording, .record): break
        case (.idle, .stop), (.idle, .pause), (.idle, .resume), (.idle, .digit), (.idle, .hangUp): break
        case (.error, .stop), (.error, .pause), (.error, .resume), (.error, .digit), (.error, .hangUp): break
        }
    }

    /// Records the next 20 ms of the party.
    public mutating func receive(audio frame: [Int16], into effects: inout [Effect]) {
        guard state == .recording else { return }
        switch job.append(frame, into: &effects) {
        case .silence: job.end(.silence, into: &effects)
        case .size: job.end(.size, into: &effects)
        case .timeout: job.end(.timeout, into: &effects)
        case nil: break
        }
    }
}
