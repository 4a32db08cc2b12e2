import CallEvents
import Synchronization
import Timeline

/// The events of one call or one conference: the door through which whatever drives it tells what happens to it.
///
/// Events are delivered in the order in which they are told here, each after the one before it was taken or given up.
/// The story of the subject is guarded: a call has exactly one hangup and nothing but recordings after it, a conference
/// is created and completed once. An event that breaks it is not sent. Safe to use from every thread; one subject has
/// one stream.
public final class EventStream: Sendable {
    fileprivate enum Story {
        case call(EventSequence)
        case conference(ConferenceSequence)
    }

    private struct State {
        var story: Story
        var route: CallRoute
    }

    private let sink: any EventSink
    private let state: Mutex<State>

    /// The stream of a call.
    public init(call route: CallRoute, sink: any EventSink) {
        self.sink = sink
        state = Mutex(State(story: .call(EventSequence()), route: route))
    }

    /// The stream of a call of which an earlier process told events of these types.
    public init(resuming route: CallRoute, told types: [CallEventType], sink: any EventSink) {
        var sequence = EventSequence()
        var effects: [EventSequence.Effect] = []
        for type in types { sequence.receive(.told(type), at: .zero, into: &effects) }
        self.sink = sink
        state = Mutex(State(story: .call(sequence), route: route))
    }

    /// The stream of a conference.
    public init(conference route: CallRoute, sink: any EventSink) {
        self.sink = sink
        state = Mutex(State(story: .conference(ConferenceSequence()), route: route))
    }

    /// Where events go from now on, unless they are given a route of their own.
    public var route: CallRoute {
        get { state.withLock { $0.route } }
        set { state.withLock { $0.route = newValue } }
    }

    /// Tells an event and returns at once; nil where the story of the subject forbids it. `outcome` is called when the
    /// delivery of an event that was sent has ended.
    @discardableResult
    public func publish(
        _ content: CallEventContent, at time: UTCTime, to route: CallRoute? = nil,
        outcome: (@Sendable (CallbackOutcome) -> Void)? = nil
    ) -> CallEvent? {
        // Taken inside the lock, so that the order of the story is the order of the queue.
        state.withLock { state in
            guard state.story.admits(content) else { return nil }
            let event = CallEvent(content, at: time)
            sink.take(event, route ?? state.route, outcome: outcome)
            return event
        }
    }

    /// Tells an event and waits for what comes of it: for the answer to a GET, and where something depends on whether
    /// anybody could be reached. Gives `refused` at once where the task that waits is cancelled.
    public func deliver(
        _ content: CallEventContent, at time: UTCTime, to route: CallRoute? = nil
    ) async -> CallbackOutcome {
        let (outcomes, continuation) = AsyncStream.makeStream(of: CallbackOutcome.self)
        let event = publish(content, at: time, to: route) {
            continuation.yield($0)
            continuation.finish()
        }
        if event == nil { continuation.finish() }
        for await outcome in outcomes { return outcome }
        return .refused
    }

    /// Tells the hangup that `hangup` makes, where none was told before: to be called once for every call, whatever
    /// ended it.
    public func close(at time: UTCTime, _ hangup: () -> HangupEvent) {
        state.withLock { state in
            guard case .call(var sequence) = state.story else { return }
            var effects: [EventSequence.Effect] = []
            sequence.receive(.closed, at: .zero, into: &effects)
            guard effects == [.supplyHangup] else { return }
            state.story = .call(sequence)
            sink.take(CallEvent(.hangup(hangup()), at: time), state.route, outcome: nil)
        }
    }
}

extension EventStream.Story {
    fileprivate mutating func admits(_ content: CallEventContent) -> Bool {
        switch self {
        case .call(var sequence):
            var effects: [EventSequence.Effect] = []
            sequence.receive(.told(content.type), at: .zero, into: &effects)
            self = .call(sequence)
            return effects == [.send]
        case .conference(var sequence):
            let isAdmitted = sequence.admits(content)
            self = .conference(sequence)
            return isAdmitted
        }
    }
}
