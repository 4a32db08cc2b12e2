import Audio
import Timeline

/// Records both sides of a call, beside everything else that is done with it (call-channel.md §3.5).
public struct WholeCallRecorder: Equatable, Sendable {
    /// What the recorder does; `error` is left by the next job.
    public enum State: Hashable, Sendable { case recording, idle, error }

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

    /// What the session must do.
    public enum Effect: Hashable, Sendable {
        /// Write these bytes at this offset of the file.
        case write([UInt8], offset: Int)
        /// The file is complete, and this long.
        case finished(Cause, duration: Duration)
    }

    public private(set) var state: State = .idle
    public private(set) var cause: Cause = .none
    /// Whether anything was heard in the last recording; nil before the first one and during one.
    public private(set) var audioDetected: Bool?
    private var recording: Recording?
    private var writes: [WAVERecording.Write] = []

    public init() {}

    public mutating func receive(_ event: Event, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .record(let options, let channels)), (.error, .record(let options, let channels)):
            recording = Recording(options, channels: channels == .separate ? 2 : 1)
            audioDetected = nil
            cause = .none
            state = .recording
        case (.recording, .stop): end(.aborted, into: &effects)
        case (.recording, .pause): recording?.isPaused = true
        case (.recording, .resume): recording?.isPaused = false
        case (.recording, .hangUp): end(.hangup, into: &effects)
        case (.recording, .fail), (.idle, .fail), (.error, .fail): end(.error, into: &effects)
        case (.recording, .record): break
        case (.idle, .stop), (.idle, .pause), (.idle, .resume), (.idle, .hangUp): break
        case (.error, .stop), (.error, .pause), (.error, .resume), (.error, .hangUp): break
        }
    }

    /// Records the next 20 ms of either side.
    public mutating func receive(heard: [Int16], sent: [Int16], into effects: inout [Effect]) {
        guard state == .recording else { return }
        let ending = recording?.append(heard, sent, into: &writes)
        report(into: &effects)
        switch ending {
        case .silence: end(.silence, into: &effects)
        case .size: end(.size, into: &effects)
        case .timeout: end(.timeout, into: &effects)
        case nil: break
        }
    }

    private mutating func end(_ cause: Cause, into effects: inout [Effect]) {
        audioDetected = recording?.hasAudio ?? false
        let duration = recording?.duration ?? .zero
        recording?.finish(into: &writes)
        recording = nil
        if cause == .error { writes.removeAll() }
        report(into: &effects)
        self.cause = cause
        state = cause == .error ? .error : .idle
        effects.append(.finished(cause, duration: duration))
    }

    private mutating func report(into effects: inout [Effect]) {
        for write in writes { effects.append(.write(write.bytes, offset: write.offset)) }
        writes.removeAll(keepingCapacity: true)
    }
}
