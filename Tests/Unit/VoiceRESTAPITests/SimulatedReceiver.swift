import CallEvents
import Synchronization
import Timeline
import Webhooks

@testable import VoiceRESTAPI

/// Takes the events of simulated calls, and answers each after a while of virtual time as it was told to.
final class SimulatedReceiver: EventSink {
    private struct State {
        var told: [String: [CallEventContent]] = [:]
        var times: [String: [Int64]] = [:]
        var dice: IdentifierSource
        var unanswered = 0
    }

    private let state: Mutex<State>
    private let clock: CallClock

    init(seed: UInt64, clock: CallClock) {
        state = Mutex(State(dice: IdentifierSource(seed: seed)))
        self.clock = clock
    }

    func take(_ event: CallEvent, _ route: CallRoute, outcome told: (@Sendable (CallbackOutcome) -> Void)?) {
        let (delay, outcome) = state.withLock { state in
            state.told[route.subject, default: []].append(event.content)
            state.times[route.subject, default: []].append(event.time.milliseconds)
            state.unanswered += 1
            let delay = Duration.milliseconds(Int(state.dice.next() % 3000))
            let outcome: CallbackOutcome =
                state.dice.next() % 4 == 0 ? .undeliverable("nobody is there") : .answered(status: 200, body: [])
            return (delay, outcome)
        }
        Task { [clock] in
            try? await clock.wait(delay)
            self.state.withLock { $0.unanswered -= 1 }
            told?(outcome)
        }
    }

    func flushed() async {}

    /// What was told of a call, in its order.
    func told(of call: String) -> [CallEventType] { contents(of: call).map(\.type) }

    /// Whether no event of a subject was older than the one before it.
    func isOrdered(_ subject: String) -> Bool {
        let times = state.withLock { $0.times[subject] ?? [] }
        return times == times.sorted()
    }

    /// The same with all that the events say.
    func contents(of subject: String) -> [CallEventContent] { state.withLock { $0.told[subject] ?? [] } }

    /// Deliveries whose outcome was not told yet.
    var unanswered: Int { state.withLock { $0.unanswered } }
}
