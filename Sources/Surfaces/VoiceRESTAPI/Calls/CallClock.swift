import PacketLoop
import Timeline
import Webhooks

/// The time that driven calls live in: the machine's, or a virtual one.
struct CallClock: Sendable {
    var now: @Sendable () -> Instant
    /// The wall clock, which may be set at any moment.
    var wall: @Sendable () -> UTCTime = { .now }
    /// Waits. Throws `CancellationError`.
    var wait: @Sendable (Duration) async throws -> Void

    static let machine = CallClock(now: { MonotonicClock.now }, wait: { try await Task.sleep(for: $0) })
}
