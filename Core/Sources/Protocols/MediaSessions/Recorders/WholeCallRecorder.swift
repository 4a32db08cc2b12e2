import Audio
import Timeline

/// Records both sides of a call, beside everything else that is done with it (call-channel.md §3.5).
public struct WholeCallRecorder: Equatable, Sendable {
    public typealias State = RecorderState
    public typealias Effect = RecorderEffect<Cause>

    /// Why the last recording ended; no digit ends one.
    public enum Cause: Hashable, Sendable, CaseIterable {
        case error
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

    /// How the two sides come into the file.
    public enum Channels: Hashable, Sendable {
        /// Added, in one channel.
        case mixed
        /// What is heard from the party in the left channel, what it hears in the right one; mixed in ADPCM formats.
        case separate
    }

    /// What the recorder is told.
    public enum Event: Sendable {
        case record(RecordingOptions, Channels)
        case stop
        /// Passes over what is said until `resume`; time and silence stand still.
        case pause
        case resume
        case hangUp
        /// The file cannot be written.
        case fail
    }

    private var job = RecordingJob(none: Cause.none)

    public init() {}

    public var state: RecorderState { job.state }
    public var cause: Cause { job.cause }
    /// Whether anything was heard in the last recording; nil before the first one and during one.
    public var audioDetected: Bool? { job.audioDetected }

    public mutating func receive(_ event: Event, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .record(var options, let channels)), (.error, .record(var options, let channels)):
            options.eliminatesDTMF = options.eliminatesDTMF ?? true
            job.begin(options, channels: channels == .separate ? 2 : 1)
        case (.recording, .stop): job.end(.aborted, into: &effects)
        case (.recording, .pause): job.setPaused(true)
        case (.recording, .resume): job.setPaused(false)
        case (.recording, .hangUp): job.end(.hangup, into: &effects)
        case (.recording, .fail), (.idle, .fail), (.error, .fail): job.fail(.error, into: &effects)
        case (.recording, .record): break
        case (.idle, .stop), (.idle, .pause), (.idle, .resume), (.idle, .hangUp): break
        case (.error, .stop), (.error, .pause), (.error, .resume), (.error, .hangUp): break
        }
    }

    /// Records the next 20 ms of either side.
    public mutating func receive(heard: [Int16], sent: [Int16], into effects: inout [Effect]) {
        guard state == .recording else { return }
        switch job.append(heard, sent, into: &effects) {
        case .silence: job.end(.silence, into: &effects)
        case .size: job.end(.size, into: &effects)
        case .timeout: job.end(.timeout, into: &effects)
        case nil: break
        }
    }
}
