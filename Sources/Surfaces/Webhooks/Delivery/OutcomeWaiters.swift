import SQLiteStore
import Synchronization

/// Those who wait for what comes of an event, by the event's id.
final class OutcomeWaiters: Sendable {
    private let waiters = Mutex<[String: @Sendable (CallbackOutcome) -> Void]>([:])

    func wait(for event: String, _ outcome: @escaping @Sendable (CallbackOutcome) -> Void) {
        waiters.withLock { $0[event] = outcome }
    }

    /// Tells who waits for `event` what came of it.
    func settle(_ event: StoredEvent, _ result: AttemptResult) {
        guard let outcome = waiters.withLock({ $0.isEmpty ? nil : $0.removeValue(forKey: event.id) }) else { return }
        if result.isTaken {
            outcome(.answered(status: result.status ?? 0, body: result.body))
        } else {
            outcome(.undeliverable(result.error ?? "unknown"))
        }
    }
}
