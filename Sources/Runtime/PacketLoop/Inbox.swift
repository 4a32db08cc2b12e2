import Synchronization

/// Messages for one loop from other threads, in order of posting; a batch costs one lock and one wake-up.
///
/// Any number of inboxes of different types may share one signal: the loop's client takes from each when woken.
public final class Inbox<Message: Sendable>: Sendable {
    private let signal: LoopSignal
    private let messages = Mutex<[Message]>([])

    /// An inbox whose posts wake the loop that `signal` belongs to.
    public init(waking signal: LoopSignal) { self.signal = signal }

    /// Adds one message; wakes the loop unless messages are already waiting.
    public func post(_ message: Message) {
        let isFirst = messages.withLock { waiting in
            waiting.append(message)
            return waiting.count == 1
        }
        if isFirst { signal.wake() }
    }

    /// Adds messages in their order; wakes the loop unless messages are already waiting.
    public func post(contentsOf batch: [Message]) {
        guard !batch.isEmpty else { return }
        let isFirst = messages.withLock { waiting in
            defer { waiting.append(contentsOf: batch) }
            return waiting.isEmpty
        }
        if isFirst { signal.wake() }
    }

    /// Exchanges `batch`, which must be empty, for the waiting messages, so that both arrays keep their storage.
    public func take(into batch: inout [Message]) {
        precondition(batch.isEmpty)
        messages.withLock { swap(&$0, &batch) }
    }

    /// How many messages wait.
    public var count: Int { messages.withLock { $0.count } }
}
