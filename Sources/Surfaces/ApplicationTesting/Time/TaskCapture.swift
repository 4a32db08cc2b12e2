import Glibc

/// Lets every task that begins on the thread of a test's runs be executed by their queue: also one that is no child of a
/// run, as `Task { … }` in an application, and the jobs of actors. Without it those would run beside the test, whose virtual
/// time would not wait for them.
///
/// The concurrency runtime offers what it is about to put on its global executor to a hook. The hook takes jobs that come
/// from a thread which lets virtual time pass at that moment, and leaves all others where they belong.
enum TaskCapture {
    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    /// The queue that the thread executes, by thread.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Whether the hook is in its place; false where the runtime has none.
    static let isInstalled: Bool = {
        guard let symbol = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook") else { return false }
        let place = symbol.assumingMemoryBound(to: Hook?.self)
        place.pointee = { job, original in
            if let queue = pthread_getspecific(TaskCapture.key) {
                Unmanaged<RunQueue>.fromOpaque(queue).takeUnretainedValue().enqueue(job)
            } else {
                original(job)
            }
        }
        return true
    }()

    /// Executes `body`; tasks that begin in it go to `queue`.
    static func capture<Result>(_ queue: RunQueue, _ body: () -> Result) -> Result {
        guard isInstalled else { return body() }
        let outer = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(queue).toOpaque())
        defer { pthread_setspecific(key, outer) }
        return body()
    }
}
