import Glibc
import MediaSessions
import Synchronization

/// Hands a shard's events to the main thread, which waits for each.
final class EventQueue: Sendable {
    private let events = Mutex<[MediaEvent]>([])

    /// Adds a batch; called on the shard's thread.
    func put(_ batch: [MediaEvent]) { events.withLock { $0 += batch } }

    /// Waits for the next event.
    func next() -> MediaEvent {
        while true {
            if let event = events.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return event }
            usleep(50)
        }
    }
}
