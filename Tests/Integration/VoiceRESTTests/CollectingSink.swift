import CallEvents
import EventCollector
import Webhooks

/// Takes events and keeps them; answers as it was told to.
final class CollectingSink: EventSink {
    let collector = EventCollector<CallEvent>()
    private let outcome: CallbackOutcome

    init(answering outcome: CallbackOutcome = .answered(status: 200, body: [])) { self.outcome = outcome }

    func take(_ event: CallEvent, _ route: CallRoute, outcome told: (@Sendable (CallbackOutcome) -> Void)?) {
        collector.report(event)
        told?(outcome)
    }

    func flushed() async {}

    /// Waits for the hangup of a call, and gives all events of it.
    func events(untilHangupOf call: String) async -> [CallEvent] {
        await collector.events { all in all.contains { $0.isHangup(of: call) } }.filter { $0.isOf(call) }
    }

    /// Waits for the first event of a type.
    func first(_ type: CallEventType) async -> CallEvent? {
        await collector.events { all in all.contains { $0.type == type } }.first { $0.type == type }
    }
}

extension CallEvent {
    func isOf(_ call: String) -> Bool { members.contains { $0.name == "callId" && $0.value == .string(call) } }

    func isHangup(of call: String) -> Bool { type == .hangup && isOf(call) }

    /// A member's text; nil where it has none.
    subscript(_ name: String) -> String? {
        guard case .string(let text) = members.first(where: { $0.name == name })?.value else { return nil }
        return text
    }
}
