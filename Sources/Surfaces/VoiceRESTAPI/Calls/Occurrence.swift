import Synchronization

/// Something that happens once, and those who wait for it.
final class Occurrence: Sendable {
    private struct State {
        var hasHappened = false
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    /// It has happened: whoever waits goes on.
    func happened() {
        let waiting = state.withLock { state in
            state.hasHappened = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when it has happened, after `limit`, or where the task is cancelled.
    func wait(atMost limit: Duration) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let isAhead = state.withLock { state in
            if !state.hasHappened { state.waiting.append(continuation) }
            return !state.hasHappened
        }
        guard isAhead else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
