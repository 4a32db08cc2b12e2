import MediaSessions

extension CallChannel {
    /// Listens who is at the far end of an answered call: a person, an answering machine, a fax machine, or `unknown` when
    /// the time is over. `details.farEnd` has the result, and is nil meanwhile. May be done again later in the call.
    @discardableResult
    public func detectFarEnd(_ detection: LiveSpeakerDetection = .standard()) async throws -> FarEndClassifier.FarEnd {
        try detection.check()
        link.note { $0.farEnd = nil }
        let event = await link.run(
            { .classify($0, detection.start, timeout: detection.timeout) }, stop: .farEndDetector)
        guard case .classified(_, let farEnd) = event else {
            link.note { $0.farEnd = .unknown }
            if case .refused(_, let refusal) = event { throw CallError(refusal, "detectFarEnd") }
            throw CallError.stopping
        }
        link.note { $0.farEnd = farEnd }
        return farEnd
    }

    /// Waits until an answering machine has beeped and is silent, or is silent for long, and whether that came in time; for
    /// calls whose far end is `answerMachine`.
    public func waitForAnswerMachine(
        _ settings: AnswerMachineWait.Settings = AnswerMachineWait.Settings()
    ) async throws -> Bool {
        switch await link.run({ .waitForAnswerMachine($0, settings) }, stop: .farEndDetector) {
        case .answerMachine(_, let isReady): return isReady
        case .refused(_, let refusal): throw CallError(refusal, "waitForAnswerMachine")
        default: throw CallError.stopping
        }
    }

    /// Remembers how the next call is to find out who has answered it.
    func prepare(_ detection: LiveSpeakerDetection?) throws(CallError) {
        try detection?.check()
        guard state == .idle else { return }
        link.note { ($0.farEnd, $0.detection) = (.unknown, detection) }
    }

    /// Finds out who has answered, where that was asked for, once for each call.
    func detectIfWanted() async throws {
        var detection: LiveSpeakerDetection?
        guard state == .answered else { return }
        link.note { detection = $0.detection.take() }
        guard let detection else { return }
        do {
            try await detectFarEnd(detection)
        } catch let error as CallError where error.code == .hangup {
            // The call was answered and is over: its state says so.
        }
    }
}
