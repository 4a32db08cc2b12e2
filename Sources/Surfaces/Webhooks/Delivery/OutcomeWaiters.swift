import SQLiteStore
import Synchronization

/// Those who wait for what comes of an event, by the event's id.
final class OutcomeWaiters: Sendable {
    /// Nil once it was stopped.
    private let waiters = Mutex<[String: @Sendable (CallbackOutcome) -> Void]?>([:])

    /// Calls `outcome` once: when the event is settled, or at the stop.
    func wait(for event: String, _ outcome: @escaping @Sendable (CallbackOutcome) -> Void) {
        let isKept = waiters.withLock { waiters in
            waiters?[event] = outcome
            return waiters != nil
        }
        if !isKept { outcome(Self.stopped) }
    }

    /// Tells everybody who waits, and whoever comes later, that nothing more will come.
    func stop() {
        let left = waiters.withLock { waiters in
            defer { waiters = nil }
            return waiters.map { Array($0.values) } ?? []
        }
        for outcome in left { outcome(Self.stopped) }
    }

    private static let stopped = CallbackOutcome.undeliverable("the switch stopped")

    /// Tells who waits for the event with this id that it was forgotten before it could be sent.
    func forget(_ event: String) {
        guard let outcome = waiters.withLock({ $0?.removeValue(forKey: event) }) else { return }
        outcome(.undeliverable("the event was forgotten, for its age or number, before it could be sent"))
    }

    /// Tells who waits for an event what came of it.
    func settle(_ kept: KeptEvent, _ result: AttemptResult) {
        // Few events are waited for: those without a waiter cost no look at the id.
        let found = waiters.withLock { $0?.isEmpty == false ? $0?.removeValue(forKey: kept.event.id) : nil }
        guard let outcome = found else { return }
        if result.isTaken {
            outcome(.answered(status: result.status ?? 0, body: result.body, isFallback: result.isOfFallback))
        } else {
            outcome(.undeliverable(result.error ?? "unknown"))
        }
    }
}
