import Foundation
import Synchronization
import Timeline

/// The thread of a writer: it is woken when there is something to write, tries as often as it takes, and is ended within a
/// limit.
final class WriterThread: Sendable {
    private enum Phase { case running, finishing, abandoned }

    private let wake = WakeSemaphore()
    private let finished = WakeSemaphore()
    private let phase = Mutex(Phase.running)

    /// Runs `body` on a thread with this name; it should return when nothing is left to write and `isRunning` is false.
    func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let started = DispatchSemaphore(value: 0)
        let thread = Thread { [finished] in
            // The system learns a name only once the thread runs and its maker knows it.
            started.wait()
            Thread.current.name = name
            body()
            finished.signal()
        }
        thread.start()
        started.signal()
    }

    /// Whether more may come: false once `finish` was called.
    var isRunning: Bool { phase.withLock { $0 == .running } }

    /// Wakes the thread, or lets its next wait end at once.
    func signal() { wake.signal() }

    /// Waits for a signal.
    func wait() { wake.wait() }

    /// Waits for a signal, no longer than `duration`.
    func wait(atMost duration: Duration) {
        _ = wake.wait(atMost: duration)
    }

    /// Lets the thread write what is left, for at most `limit`, and waits for its end.
    func finish(within limit: Duration) {
        phase.withLock { $0 = .finishing }
        wake.signal()
        if !finished.wait(atMost: limit) {
            phase.withLock { $0 = .abandoned }
            wake.signal()
            finished.wait()
        }
    }

    /// Writes, however often it must be tried, with growing pauses within `retry` in between; `attempt` is told how many
    /// have failed before it, `failed` of each failure. False where the thread is to end and it was given up.
    func persist(
        retry: ClosedRange<Duration>, _ attempt: (Int) throws(StoreError) -> Void, failed: (StoreError) -> Void
    ) -> Bool {
        var pause = retry.lowerBound
        var failures = 0
        while true {
            do throws(StoreError) {
                try attempt(failures)
                return true
            } catch {
                failures += 1
                failed(error)
            }
            if phase.withLock({ $0 == .abandoned }) { return false }
            wait(atMost: pause)
            pause = min(pause * 2, retry.upperBound)
        }
    }
}
