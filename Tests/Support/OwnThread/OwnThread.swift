import Dispatch
import Testing

/// Gives each test of a suite a thread of its own.
///
/// Tasks share as many threads as the machine has cores. A test that blocks one, because it waits for a program or a
/// socket, holds up all other tests, and with them everything that they expect to happen in time.
public struct OwnThread: TestTrait, SuiteTrait, TestScoping {
    /// Whether the tests of a suite, not the suite, have the threads.
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor()) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    /// Each test may block its thread: it is its own.
    public static var ownThread: Self { OwnThread() }
}

/// Runs tasks on a thread beside those that all tasks share.
private final class ThreadExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "test")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
