import Timeline

/// The order of the events of one call: the one place that sees to it that a call has exactly one hangup, and that
/// nothing but recordings and what became of their texts comes after it.
///
/// It has no deadline; `now` is there because every machine has it.
public struct EventSequence: Equatable, Sendable {
    /// How far the call is.
    public enum State: Equatable, Sendable {
        /// Nothing was told yet. Left with any event.
        case fresh
        /// It came in or is being placed. Left with the answer, the time-out or the hangup.
        case unanswered
        /// Nobody answered in time. Left with the hangup.
        case timedOut
        /// Left with the hangup.
        case answered
        /// The hangup was told. Final.
        case ended
    }

    /// What may happen.
    public enum Event: Equatable, Sendable {
        /// Something is to be told.
        case told(CallEventType)
        /// The call is gone, whatever was told of it.
        case closed
    }

    /// What is to be done.
    public enum Effect: Equatable, Sendable {
        /// Send the event.
        case send
        /// Do not send it: the call's story forbids it.
        case drop
        /// Nobody told how the call ended: send a hangup.
        case supplyHangup
    }

    /// How far the call is.
    public private(set) var state: State = .fresh

    public init() {}

    /// Nothing happens with time.
    public var nextDeadline: Instant? { nil }

    /// Nothing happens with time.
    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {}

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.ended, .told(.recording)), (.ended, .told(.transcription)):
            effects.append(.send)
        case (.ended, .told):
            effects.append(.drop)
        case (.ended, .closed): break
        case (.fresh, .closed), (.unanswered, .closed), (.timedOut, .closed), (.answered, .closed):
            state = .ended
            effects.append(.supplyHangup)
        case (.fresh, .told(.hangup)), (.unanswered, .told(.hangup)), (.timedOut, .told(.hangup)),
            (.answered, .told(.hangup)):
            enter(.ended, &effects)
        case (.fresh, .told(.incomingCall)):
            enter(.unanswered, &effects)
        case (.unanswered, .told(.incomingCall)), (.timedOut, .told(.incomingCall)),
            (.answered, .told(.incomingCall)):
            effects.append(.drop)
        case (.fresh, .told(.answer)), (.unanswered, .told(.answer)):
            enter(.answered, &effects)
        case (.timedOut, .told(.answer)), (.answered, .told(.answer)):
            effects.append(.drop)
        case (.fresh, .told(.timeout)), (.unanswered, .told(.timeout)):
            enter(.timedOut, &effects)
        case (.timedOut, .told(.timeout)), (.answered, .told(.timeout)):
            effects.append(.drop)
        case (.fresh, .told(let type)), (.unanswered, .told(let type)), (.timedOut, .told(let type)),
            (.answered, .told(let type)):
            if state == .fresh { state = .unanswered }
            effects.append(Self.isOfCall(type) ? .send : .drop)
        }
    }

    private mutating func enter(_ state: State, _ effects: inout [Effect]) {
        self.state = state
        effects.append(.send)
    }

    /// Whether a call has such events; what happens to a whole conference is told by the conference.
    private static func isOfCall(_ type: CallEventType) -> Bool {
        switch type {
        case .incomingCall, .answer, .hangup, .timeout, .playback, .speak, .dtmf, .gather, .recording, .transcription,
            .transferComplete, .redirect, .conferenceMember:
            true
        case .conference, .conferencePlayback, .conferenceSpeak: false
        }
    }
}
