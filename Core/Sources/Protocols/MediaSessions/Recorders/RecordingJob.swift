import Audio

/// What a recorder does; `error` is left by the next job.
public enum RecorderState: Hashable, Sendable, BitwiseCopyable { case recording, idle, error }

/// What the session must do for a recorder whose jobs end with a `Cause`.
public enum RecorderEffect<Cause: Hashable & Sendable>: Hashable, Sendable {
    /// Write these bytes at this offset of the file.
    case write([UInt8], offset: Int)
    /// The file is complete, and this long.
    case finished(Cause, duration: Duration)
}

/// One recorder's present and last job: the recording, and what is known of it when it is over.
struct RecordingJob<Cause: Hashable & Sendable>: Equatable, Sendable {
    private(set) var state: RecorderState = .idle
    private(set) var cause: Cause
    private(set) var audioDetected: Bool?
    private let none: Cause
    private var recording = OnDemand<Recording>()
    private var writes: [WAVERecording.Write] = []

    /// No job yet; `none` is the cause while there is nothing to tell.
    init(none: Cause) {
        self.none = none
        cause = none
    }

    mutating func begin(_ options: RecordingOptions, channels: Int) {
        recording.value = Recording(options, channels: channels)
        audioDetected = nil
        cause = none
        state = .recording
    }

    mutating func setPaused(_ isPaused: Bool) { recording.value?.isPaused = isPaused }

    /// Records 20 ms of one side; what ends the recording, if anything does.
    mutating func append(_ frame: [Int16], into effects: inout [RecorderEffect<Cause>]) -> Recording.Ending? {
        let ending = recording.value?.append(frame, into: &writes)
        report(into: &effects)
        return ending
    }

    /// Records 20 ms of both sides; what ends the recording, if anything does.
    mutating func append(
        _ frame: [Int16], _ other: [Int16], into effects: inout [RecorderEffect<Cause>]
    ) -> Recording.Ending? {
        let ending = recording.value?.append(frame, other, into: &writes)
        report(into: &effects)
        return ending
    }

    /// Completes the file, and ends the job.
    mutating func end(_ cause: Cause, into effects: inout [RecorderEffect<Cause>]) {
        recording.value?.finish(into: &writes)
        report(into: &effects)
        conclude(cause, .idle, into: &effects)
    }

    /// Ends the job without its file, which cannot be written.
    mutating func fail(_ cause: Cause, into effects: inout [RecorderEffect<Cause>]) {
        conclude(cause, .error, into: &effects)
    }

    private mutating func conclude(
        _ cause: Cause, _ state: RecorderState, into effects: inout [RecorderEffect<Cause>]
    ) {
        audioDetected = recording.value?.hasAudio ?? false
        effects.append(.finished(cause, duration: recording.value?.duration ?? .zero))
        recording.value = nil
        self.cause = cause
        self.state = state
    }

    private mutating func report(into effects: inout [RecorderEffect<Cause>]) {
        for write in writes { effects.append(.write(write.bytes, offset: write.offset)) }
        writes.removeAll(keepingCapacity: true)
    }
}
