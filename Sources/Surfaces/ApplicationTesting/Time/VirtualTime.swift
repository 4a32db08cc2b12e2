import Synchronization

/// The clock of a test's runs: it stands still until the test has nothing else to do, then it jumps.
public final class VirtualTime: Clock {
    /// A moment of virtual time.
    public struct Instant: InstantProtocol {
        /// Since the test began.
        public var elapsed: Duration

        public func advanced(by duration: Duration) -> Instant { Instant(elapsed: elapsed + duration) }
        public func duration(to other: Instant) -> Duration { other.elapsed - elapsed }
        public static func < (left: Instant, right: Instant) -> Bool { left.elapsed < right.elapsed }
    }

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Shared {
        var now = Instant(elapsed: .zero)
        var sleepers: [UInt64: Sleeper] = [:]
        var cancelled: Set<UInt64> = []
        var last: UInt64 = 0
    }

    private let shared = Mutex(Shared())

    public var now: Instant { shared.withLock { $0.now } }
    public var minimumResolution: Duration { .nanoseconds(1) }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = shared.withLock { shared in
            shared.last += 1
            return shared.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = shared.withLock { shared in
                    if shared.cancelled.remove(number) != nil { return true }
                    shared.sleepers[number] = Sleeper(deadline: deadline, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func cancel(_ number: UInt64) {
        let sleeper = shared.withLock { shared in
            let sleeper = shared.sleepers.removeValue(forKey: number)
            if sleeper == nil { shared.cancelled.insert(number) }
            return sleeper
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }

    /// When the next sleeper wants to be woken; nil where nobody sleeps.
    var nextDeadline: Duration? { shared.withLock { $0.sleepers.values.map(\.deadline).min()?.elapsed } }

    /// Moves on, and wakes those whose time has come, in its order.
    func advance(to elapsed: Duration) {
        let due = shared.withLock { shared in
            shared.now = Instant(elapsed: max(elapsed, shared.now.elapsed))
            let now = shared.now
            let due = shared.sleepers.filter { $0.value.deadline <= now }
                .sorted { ($0.value.deadline.elapsed, $0.key) < ($1.value.deadline.elapsed, $1.key) }
            for (number, _) in due { shared.sleepers[number] = nil }
            return due
        }
        for (_, sleeper) in due { sleeper.continuation.resume() }
    }
}
