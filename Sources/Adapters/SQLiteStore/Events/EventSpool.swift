import Synchronization

/// What waits to be written, between those who hand it over and the journal's thread; bounded, never blocking.
final class EventSpool: Sendable {
    private struct State {
        var pending = EventTable.Batch()
        var newest: Int64
        var settled: Int64
        /// Events that are not yet durable.
        var waiting = 0
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
            guard state.waiting < capacity else { return nil }
            let isFirst = state.pending.isEmpty
            state.newest += 1
            state.waiting += 1
            event.sequence = state.newest
            state.pending.events.append(event)
            return (state.newest, isFirst)
        }
    }

    /// Keeps what came of an attempt; whether nothing was pending.
    func append(_ attempt: StoredAttempt) -> Bool {
        state.withLock { state in
            defer { state.pending.attempts.append(attempt) }
            return state.pending.isEmpty
        }
    }

    /// Keeps an error, unless too many wait; whether nothing was pending.
    func append(_ error: StoredUserError) -> Bool {
        state.withLock { state in
            guard state.pending.errors.count < 10_000 else { return false }
            defer { state.pending.errors.append(error) }
            return state.pending.isEmpty
        }
    }

    /// Keeps a question that is answered when everything before it is durable; whether nothing was pending.
    func append(barrier: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            defer { state.pending.barriers.append(barrier) }
            return state.pending.isEmpty
        }
    }

    /// Notes that no event before `sequence` waits to be delivered.
    func settle(before sequence: Int64) { state.withLock { $0.settled = sequence } }

    /// Takes everything pending, with the marks that belong to it.
    func takeAll() -> (batch: EventTable.Batch, settled: Int64, newest: Int64) {
        state.withLock { state in
            var batch = EventTable.Batch()
            swap(&batch, &state.pending)
            return (batch, state.settled, state.newest)
        }
    }

    /// Notes that so many of the events taken are durable.
    func written(_ count: Int) { state.withLock { $0.waiting -= count } }

    var isEmpty: Bool { state.withLock { $0.pending.isEmpty } }
    var newest: Int64 { state.withLock { $0.newest } }
    /// Events that are not yet durable.
    var waitingCount: Int { state.withLock { $0.waiting } }
}
