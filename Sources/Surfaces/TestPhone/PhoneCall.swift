import PacketLoop
import SIPMessages
import Synchronization

/// A call of a test phone, seen from outside: its events, its end, and the wish to hang up. Usable from every task.
public final class PhoneCall: Sendable {
    private struct State {
        var events: [PhoneEvent] = []
        var report: CallReport?
        var listeners: [AsyncStream<PhoneEvent>.Continuation] = []
        var waiters: [CheckedContinuation<CallReport, Never>] = []
    }

    let id: PhoneCallID
    private let inbox: Inbox<PhoneCommand>
    private let state = Mutex(State())

    init(_ id: PhoneCallID, inbox: Inbox<PhoneCommand>) {
        self.id = id
        self.inbox = inbox
    }

    /// How the call went; waits for its end.
    public var report: CallReport {
        get async {
            await withCheckedContinuation { waiter in
                let report = state.withLock { state in
                    if state.report == nil { state.waiters.append(waiter) }
                    return state.report
                }
                if let report { waiter.resume(returning: report) }
            }
        }
    }

    /// Everything that has happened and will happen, from the call's beginning on; ends after `.ended`.
    public var events: AsyncStream<PhoneEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: PhoneEvent.self)
        state.withLock { state in
            for event in state.events { continuation.yield(event) }
            if state.report == nil { state.listeners.append(continuation) } else { continuation.finish() }
        }
        return stream
    }

    /// Waits until `event` has happened; false where the call ended without it.
    @discardableResult
    public func reaches(_ event: PhoneEvent) async -> Bool {
        for await happened in events where happened == event { return true }
        return false
    }

    /// Hangs up an answered call, gives up one that was placed, refuses one that rings. Returns at once.
    public func hangUp() { inbox.post(.hangUp(id)) }

    func post(_ event: PhoneEvent) {
        state.withLock { state in
            state.events.append(event)
            for listener in state.listeners { listener.yield(event) }
        }
    }

    func finish(_ report: CallReport) {
        post(.ended)
        let waiters = state.withLock { state in
            state.report = report
            for listener in state.listeners { listener.finish() }
            state.listeners = []
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: report) }
    }

    /// The report of a call that the phone's own end cut short.
    var unfinishedReport: CallReport {
        CallReport(direction: id.isIncoming ? .incoming : .outgoing, callID: "", from: "", to: "")
    }
}
