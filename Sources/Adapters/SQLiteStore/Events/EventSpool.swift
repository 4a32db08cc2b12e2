import Synchronization

/// What waits to be written, between those who hand it over and the journal's thread; bounded, never blocking.
final class EventSpool: Sendable {
    private struct State {
        var pending = EventTable.Batch()
        var newest: Int64
        var settled: Int64
        /// Events that are not yet durable.
        var waiting = 0
        /// Whether `settled` has changed since it was taken.
        var isMarkPending = false
        /// Whether nobody takes anything any more.
        var isClosed = false

        var isEmpty: Bool { pending.isEmpty && !isMarkPending }

        /// Lets `change` add something; whether nothing was pending before. Nothing is added once it is closed.
        mutating func add(_ change: (inout EventTable.Batch) -> Void) -> Bool {
            guard !isClosed else { return false }
            let isFirst = isEmpty
            change(&pending)
            return isFirst
        }
    }

    private let capacity: Int
    private let state: Mutex<State>

    /// Gives sequences from `newest` + 1 on.
    init(capacity: Int, newest: Int64, settled: Int64) {
        self.capacity = capacity
        state = Mutex(State(newest: newest, settled: settled))
    }

    /// Keeps an event and gives its sequence; nil where there is no room. `isFirst` where nothing was pending.
    func append(_ event: consuming StoredEvent) -> (sequence: Int64, isFirst: Bool)? {
        var event = event
        return state.withLock { state in
            guard state.waiting < capacity, !state.isClosed else { return nil }
            state.newest += 1
            state.waiting += 1
            event.sequence = state.newest
            return (state.newest, state.add { $0.events.append(event) })
        }
    }

    /// Keeps what came of attempts; whether nothing was pending.
    func append(_ attempts: [StoredAttempt]) -> Bool {
        state.withLock { state in state.add { $0.attempts.append(contentsOf: attempts) } }
    }

    /// Keeps an error, unless too many wait; whether nothing was pending.
    func append(_ error: StoredUserError) -> Bool {
        state.withLock { state in
            guard state.pending.errors.count < 10_000 else { return false }
            return state.add { $0.errors.append(error) }
        }
    }

    /// Keeps a question that is answered when everything before it is durable, which is at once when the spool is closed;
    /// whether nothing was pending.
    func append(barrier: @escaping @Sendable () -> Void) -> Bool {
        let (isFirst, isClosed) = state.withLock { state in
            (state.add { $0.barriers.append(barrier) }, state.isClosed)
        }
        if isClosed { barrier() }
        return isFirst
    }

    /// Notes that no event before `sequence` waits to be delivered; whether nothing was pending. The mark never falls.
    func settle(before sequence: Int64) -> Bool {
        state.withLock { state in
            guard sequence > state.settled, !state.isClosed else { return false }
            let isFirst = state.isEmpty
            state.settled = sequence
            state.isMarkPending = true
            return isFirst
        }
    }

    /// Takes nothing any more; false, without an effect, where something is still pending.
    func close() -> Bool {
        state.withLock { state in
            if state.isEmpty { state.isClosed = true }
            return state.isClosed
        }
    }

    /// Takes everything pending, with the marks that belong to it.
    func takeAll() -> (batch: EventTable.Batch, settled: Int64, newest: Int64) {
        state.withLock { state in
            var batch = EventTable.Batch()
            swap(&batch, &state.pending)
            state.isMarkPending = false
            return (batch, state.settled, state.newest)
        }
    }

    /// Notes that so many of the events taken are durable.
    func written(_ count: Int) { state.withLock { $0.waiting -= count } }

    var isEmpty: Bool { state.withLock { $0.isEmpty } }
    var newest: Int64 { state.withLock { $0.newest } }
    /// Events that are not yet durable.
    var waitingCount: Int { state.withLock { $0.waiting } }
}
