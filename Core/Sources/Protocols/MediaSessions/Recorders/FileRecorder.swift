import Audio
import Timeline

/// Records what a party says (call-channel.md §3.5).
public struct FileRecorder: Equatable, Sendable {
    /// What the recorder does; `error` is left by the next job.
    public enum State: Hashable, Sendable { case recording, idle, error }

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
    private var bargeIn: BargeIn = .off
    private var writes: [WAVERecording.Write] = []

    public init() {}

    public mutating func receive(_ event: Event, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .record(let options)), (.error, .record(let options)):
            recording = Recording(options, channels: 1)
            bargeIn = options.bargeIn
            audioDetected = nil
            cause = .none
            state = .recording
        case (.recording, .stop): end(.aborted, into: &effects)
        case (.recording, .pause): recording?.isPaused = true
        case (.recording, .resume): recording?.isPaused = false
        case (.recording, .digit(let digit)): if bargeIn.isEnded(by: digit) { end(.bargeIn, into: &effects) }
        case (.recording, .hangUp): end(.hangup, into: &effects)
        case (.recording, .fail), (.idle, .fail), (.error, .fail): end(.error, into: &effects)
        case (.recording, .record): break
        case (.idle, .stop), (.idle, .pause), (.idle, .resume), (.idle, .digit), (.idle, .hangUp): break
        case (.error, .stop), (.error, .pause), (.error, .resume), (.error, .digit), (.error, .hangUp): break
        }
    }

    /// Records the next 20 ms of the party.
    public mutating func receive(audio frame: [Int16], into effects: inout [Effect]) {
        guard state == .recording else { return }
        let ending = recording?.append(frame, into: &writes)
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
