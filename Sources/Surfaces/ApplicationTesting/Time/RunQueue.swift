import Synchronization

/// Where the runs of a test are executed: on the test's own thread, when it says so, one job after the other.
final class RunQueue: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job)) }

    func enqueue(_ job: UnownedJob) { jobs.withLock { $0.append(job) } }

    /// Executes everything that can go on, and what that makes possible; false where there was nothing.
    func drain() -> Bool {
        TaskCapture.capture(self) {
            var hasRun = false
            while true {
                let ready = jobs.withLock { jobs in
                    defer { jobs.removeAll(keepingCapacity: true) }
                    return jobs
                }
                if ready.isEmpty { return hasRun }
                hasRun = true
                for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
            }
        }
    }
}
