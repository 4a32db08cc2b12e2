/// One playback to a call, from its start to its end.
final class PromptPlay: Sendable {
    let isSpoken: Bool
    private let task: Task<Void, Never>

    /// `work` plays; it is cancelled to end the playback early.
    init(isSpoken: Bool, _ work: @escaping @Sendable () async -> Void) {
        self.isSpoken = isSpoken
        task = Task { await work() }
    }

    /// Ends it, whether it plays already or waits for another to end.
    func stop() { task.cancel() }

    /// Ends it and returns when it is over and its end has been told.
    func finishedSoon() async {
        stop()
        await task.value
    }

    /// Returns when it is over and its end has been told.
    func finished() async { await task.value }
}
