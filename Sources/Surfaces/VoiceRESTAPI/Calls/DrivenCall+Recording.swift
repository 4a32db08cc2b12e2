import CallEvents
import MediaSessions
import Timeline
import VoiceApplications
import Webhooks

/// How a call is recorded: every time it is switched on makes a recording of its own.
extension DrivenCall {
    /// Whether the call is being recorded.
    public var isRecording: Bool { recorder.map { !$0.isStopped } ?? false }

    /// Begins a recording of both parties.
    func startRecording() {
        var plan = RecordingPlan(record.recording)
        if terms.isTranscribed { plan.transcription = RecordingPlan.Transcription() }
        startRecording(plan)
    }

    /// Begins a recording, where one that was stopped has not come to its end yet, right after that; nil where another one
    /// goes on, or no call was answered.
    @discardableResult
    func startRecording(_ plan: RecordingPlan) -> Task<Void, Never>? {
        guard !isRecording, let channel, !isOver, record.activeTime != nil else { return nil }
        let number = record.recordings.count + 1
        let media = "\(id)-\(number).\(plan.format.rawValue)"
        var recording = RecordingRecord(
            id: ResourceID.recording.make(), user: self.terms.user, call: id, media: media,
            startTime: self.now.milliseconds)
        let before = recorder
        let shelf = services.recordings
        let name = shelf.workingName(of: recording)
        let job = RecordingJob(
            id: recording.id,
            Task {
                _ = await before?.outcome.value
                return await plan.record(channel, name)
            })
        recorder = job
        show {
            $0.recordings.append(recording.id)
            $0.recording.isEnabled = true
        }
        services.recordings.note(recording)
        let task = Task {
            let outcome = await job.outcome.value
            self.recorderIsFree(of: job.id, outcome)
            recording.endTime = self.now.milliseconds
            recording.state = .saving
            shelf.note(recording)
            var isComplete = outcome != .failed
            if isComplete { isComplete = await shelf.finish(recording) }
            recording.state = isComplete ? .complete : .error
            shelf.note(recording)
            self.recordingEnded(recording, plan, withCall: outcome != .ended)
        }
        recordingTasks.append(task)
        return task
    }

    /// Ends the recording under way.
    func stopRecording() {
        recorder?.stop()
        show { $0.recording.isEnabled = false }
    }

    /// What a recording wrote is there, whatever is still done to the file; the next one may begin.
    private func recorderIsFree(of recording: String, _ outcome: RecordingPlan.Outcome) {
        guard recorder?.id == recording else { return }
        recorder = nil
        if outcome == .ended { show { $0.recording.isEnabled = false } }
    }

    private func recordingEnded(_ recording: RecordingRecord, _ plan: RecordingPlan, withCall isLast: Bool) {
        let now = self.now
        let event = recording.event(services.addresses(of: terms.user), tag: tag, at: now)
        var told: [(content: CallEventContent, route: CallRoute?)] = [(.recording(event), plan.route)]
        if let transcription = plan.transcription {
            let event = TranscriptionEvent(ResourceID.transcription.make(), of: recording.id)
            told.append((.transcription(event), transcription.route))
        }
        if isLast || isOver {
            waitingEvents += told
        } else {
            for (content, route) in told { stream.publish(content, at: now, to: route) }
        }
    }

    /// Changes what is recorded, and how. Throws where a value cannot change while a recording is under way.
    func change(recording wanted: RecordingChange) throws(RESTError) {
        try refuseAfterEnd(to: "update")
        if isRecording, wanted.isEnabled != false,
            wanted.maximumDuration.map({ $0 != record.recording.maximumDuration }) ?? false
                || wanted.format.map({ $0 != record.recording.format }) ?? false
        {
            throw RESTError(
                .conflictedRecordingValues, "The recording of the call \(id) is under way and cannot be changed")
        }
        show { wanted.apply(to: &$0.recording) }
        guard record.state == .active || record.state == .transferring else { return }
        switch wanted.isEnabled {
        case true?: startRecording()
        case false?: stopRecording()
        case nil: break
        }
    }
}

/// What a request wants changed of a call's recording; nil for no change.
struct RecordingChange: Hashable, Sendable {
    var isEnabled: Bool?
    var format: RecordingTerms.Format?
    var maximumDuration: Int?

    /// Reads `recordingEnabled`, `recordingFileFormat` and `recordingMaxDuration`.
    init(_ object: RequestObject) throws(RESTError) {
        isEnabled = try object.boolean("recordingEnabled")
        format = try object.choice("recordingFileFormat")
        guard let duration = try object.integer("recordingMaxDuration") else { return }
        guard duration > 0 else { throw .invalid("recordingMaxDuration", "greater than 0") }
        guard duration <= RecordingTerms.maximumDuration else {
            throw RESTError(
                .maximumRecordingValue,
                "The property 'recordingMaxDuration' must be at most \(RecordingTerms.maximumDuration)")
        }
        maximumDuration = duration
    }

    var isEmpty: Bool { isEnabled == nil && format == nil && maximumDuration == nil }

    func apply(to terms: inout RecordingTerms) {
        if let format { terms.format = format }
        if let maximumDuration { terms.maximumDuration = maximumDuration }
        if let isEnabled { terms.isEnabled = isEnabled }
    }
}

/// A recording under way.
struct RecordingJob: Sendable {
    /// Id of the recording.
    let id: String
    /// What came of it, when its recorder is free for the next one.
    let outcome: Task<RecordingPlan.Outcome, Never>
    /// Whether it was asked to end.
    private(set) var isStopped = false

    init(id: String, _ outcome: Task<RecordingPlan.Outcome, Never>) {
        self.id = id
        self.outcome = outcome
    }

    /// Ends it; one that has not begun ends as soon as it begins.
    mutating func stop() {
        isStopped = true
        outcome.cancel()
    }
}
