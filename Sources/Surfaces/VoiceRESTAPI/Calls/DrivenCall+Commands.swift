import CallControl
import VoiceApplications

/// What the application may want of the state of a call.
enum CallCommand: String, Hashable, Sendable, CaseIterable { case active, rejected, completed, transferring, started }

/// What the application commands: to answer, refuse and end the call.
extension DrivenCall {
    /// The channel, while the call is active.
    func activeChannel() throws(RESTError) -> CallChannel {
        guard let channel, record.state == .active, !isOver else { throw invalidState("use") }
        return channel
    }

    func invalidState(_ verb: String) -> RESTError {
        // Between its end and its record a call still shows how it was.
        let state = isOver && !record.state.isFinal ? .completed : record.state
        return RESTError(.callInvalidState, "Unable to \(verb) call \(id). Invalid call state \(state.rawValue)")
    }

    private var updateConflict: RESTError {
        RESTError(.callUpdateConflict, "The call \(id) was answered by another request at the same time")
    }

    /// Does what one request wants of the call's state and of its recording: both, or where either cannot be, neither.
    func change(state command: CallCommand?, recording: RecordingChange) async throws(RESTError) {
        switch command {
        case .active: _ = try unansweredChannel(to: "answer")
        case .rejected: _ = try unansweredChannel(to: "reject")
        case .completed: try refuseAfterEnd(to: "hang up")
        case .transferring, .started, nil: break
        }
        if !recording.isEmpty { try change(recording: recording) }
        switch command {
        case .active: try await answer()
        case .rejected: try reject()
        case .completed: try hangUp()
        case .transferring, .started, nil: break
        }
    }

    /// The channel of an incoming call that nobody has taken, and that no request is taking.
    private func unansweredChannel(to verb: String) throws(RESTError) -> CallChannel {
        try refuseAfterLastCommand()
        guard record.state == .started, terms.direction == .incoming, !isOver, let channel else {
            throw invalidState(verb)
        }
        guard !isAnswering, !isTaken else { throw updateConflict }
        return channel
    }

    /// Takes an incoming call that nobody has taken.
    public func answer() async throws(RESTError) {
        let channel = try unansweredChannel(to: "answer")
        isAnswering = true
        defer { isAnswering = false }
        do {
            _ = try await channel.answer()
            isTaken = true
        } catch {
            throw invalidState("answer")
        }
    }

    /// Refuses an incoming call that nobody has taken; with `busy`, as busy.
    public func reject(busy: Bool = false) throws(RESTError) {
        let channel = try unansweredChannel(to: "reject")
        lastCommand = .rejected
        Task { _ = try? await channel.reject(cause: busy ? .busy : .rejected) }
    }

    /// Refuses an incoming call that nobody has taken with the status that stands for a cause; ends any other.
    func refuse(for cause: HangupCause) {
        guard let channel = try? unansweredChannel(to: "refuse") else { return release() }
        Task { _ = try? await channel.reject(rawCause: Int(cause.rejectionStatus.rawValue)) }
    }

    /// Ends the call, whatever its state; returns before it is gone. Throws where it is over, or was ended before.
    public func hangUp() throws(RESTError) {
        try refuseAfterEnd(to: "hang up")
        lastCommand = .completed
        release()
    }

    /// Nothing can be changed any more where the call is over, or the application has ended it.
    func refuseAfterEnd(to verb: String) throws(RESTError) {
        try refuseAfterLastCommand()
        guard !isOver, !record.state.isFinal else { throw invalidState(verb) }
    }

    /// The application has ended the call: nothing can be changed any more, though it may take a moment until it is over.
    func refuseAfterLastCommand() throws(RESTError) {
        guard let lastCommand else { return }
        throw RESTError(
            .callInvalidState,
            "Unable to update call \(id). The state cannot change after having been set to \(lastCommand.rawValue)")
    }
}
