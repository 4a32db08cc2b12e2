import Audio
import CallEvents
import Timeline

/// How digits of the far end are gathered.
extension DrivenCall {
    /// Begins a gather, after its prompt where there is one; gives its id. Throws where one is running, the call is not
    /// active, or there is no audio.
    func startGather(_ wanted: DigitGather.Terms, prompt: Prompt?) async throws(RESTError) -> String {
        _ = try activeChannel()
        try refuseSecondGather()
        // Getting the audio may take its time: until it is there, nothing is gathered.
        var audio: AudioClip?
        if let prompt { audio = try await self.audio(of: prompt) }
        _ = try activeChannel()
        try refuseSecondGather()
        var playing: PromptPlay?
        if let prompt, let audio { playing = try begin(prompt, audio) }
        let gathering = DigitGather(id: ResourceID.gather.make(), wanted)
        gather = gathering
        let now = self.now.milliseconds
        show { record in
            record.gathers.append(GatherRecord(id: gathering.id, createdTime: now))
            if record.gathers.count > CallRecord.maximumSteps { record.gathers.removeFirst() }
        }
        guard let playing else {
            promptEnded(gathering.id)
            return gathering.id
        }
        Task {
            await playing.finished()
            self.promptEnded(gathering.id)
        }
        return gathering.id
    }

    private func refuseSecondGather() throws(RESTError) {
        if let running = gather {
            throw RESTError(
                .callDuplicateGather, "The gather \(running.id) is already running on the call \(id)")
        }
    }

    /// Ends the running gather with this id because it was asked for.
    func stopGather(_ gatherID: String) throws(RESTError) {
        guard record.gathers.contains(where: { $0.id == gatherID }) else {
            throw RESTError(.resourceNotFound, "The gather \(gatherID) was not found")
        }
        guard gather?.id == gatherID else {
            throw RESTError(.callInvalidState, "The gather \(gatherID) is completed already")
        }
        endGather(.cancelled)
    }

    private func promptEnded(_ gatherID: String) {
        guard gather?.id == gatherID else { return }
        gather?.promptEnded(at: services.clock.now())
        waitForDigits()
    }

    func gatherHeard(_ digit: Character) {
        guard gather != nil else { return }
        // A digit ends the prompt, as prompts are always bargeable.
        if gather?.nextDeadline == nil { player?.stop() }
        gather?.receive(digit, at: services.clock.now())
        settleGather()
        waitForDigits()
    }

    func endGather(_ reason: GatherEvent.Reason) {
        guard gather != nil else { return }
        if reason == .cancelled, gather?.nextDeadline == nil { player?.stop() }
        gather?.end(reason)
        settleGather()
    }

    private func waitForDigits() {
        gatherTimer?.cancel()
        gatherTimer = nil
        guard let gathering = gather, let deadline = gathering.nextDeadline else { return }
        gatherTimer = Task {
            let wait = deadline - services.clock.now()
            if wait > .zero { try? await self.services.clock.wait(wait) }
            if !Task.isCancelled { self.gatherTimeElapsed(gathering.id) }
        }
    }

    private func gatherTimeElapsed(_ gatherID: String) {
        guard gather?.id == gatherID else { return }
        gather?.timeElapsed(at: services.clock.now())
        settleGather()
        // A timer that comes a little early waits for the rest.
        if gather != nil { waitForDigits() }
    }

    /// Tells a gather that has ended.
    private func settleGather() {
        guard let ended = gather, let reason = ended.reason else { return }
        gather = nil
        gatherTimer?.cancel()
        let now = self.now
        show { record in
            guard let position = record.gathers.firstIndex(where: { $0.id == ended.id }) else { return }
            record.gathers[position].completedTime = now.milliseconds
            record.gathers[position].reason = reason.rawValue
            record.gathers[position].digits = ended.digits
        }
        stream.publish(
            .gather(GatherEvent(named, gather: ended.id, reason, digits: ended.digits, tag: ended.terms.tag ?? tag)),
            at: now)
        step("gather", reason.rawValue)
    }
}
