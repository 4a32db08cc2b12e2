import Glibc
import Timeline

/// A counting semaphore whose waits end by the clock that nobody sets. Those of Dispatch end by the wall clock: set back by an
/// hour, it would let what waits for a moment wait for an hour.
///
/// Mutex and condition may be used from any thread, as they are made for it; the count is touched under the mutex alone; all
/// three live as long as this object.
public final class WakeSemaphore: Sendable {
    private struct Parts {
        var mutex = pthread_mutex_t()
        var condition = pthread_cond_t()
        var count = 0
    }

    private nonisolated(unsafe) let parts: UnsafeMutablePointer<Parts>

    public init() {
        parts = .allocate(capacity: 1)
        parts.initialize(to: Parts())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_mutex_init(&parts.pointee.mutex, nil)
        pthread_cond_init(&parts.pointee.condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(&parts.pointee.condition)
        pthread_mutex_destroy(&parts.pointee.mutex)
        parts.deinitialize(count: 1)
        parts.deallocate()
    }

    /// Lets one wait end: one that goes on, or the next one.
    public func signal() {
        pthread_mutex_lock(&parts.pointee.mutex)
        parts.pointee.count += 1
        pthread_cond_signal(&parts.pointee.condition)
        pthread_mutex_unlock(&parts.pointee.mutex)
    }

    /// Waits for a signal.
    public func wait() {
        pthread_mutex_lock(&parts.pointee.mutex)
        while parts.pointee.count == 0 { pthread_cond_wait(&parts.pointee.condition, &parts.pointee.mutex) }
        parts.pointee.count -= 1
        pthread_mutex_unlock(&parts.pointee.mutex)
    }

    /// Waits for a signal, no longer than `duration`; whether one came.
    public func wait(atMost duration: Duration) -> Bool {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, rest) = max(0, duration.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        let nanoseconds = end.tv_nsec + Int(rest)
        end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(&parts.pointee.mutex)
        defer { pthread_mutex_unlock(&parts.pointee.mutex) }
        while parts.pointee.count == 0 {
            let result = pthread_cond_timedwait(&parts.pointee.condition, &parts.pointee.mutex, &end)
            guard result == 0 else { return false }
        }
        parts.pointee.count -= 1
        return true
    }
}
