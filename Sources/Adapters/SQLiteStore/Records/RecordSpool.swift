import Accounting
import Synchronization

/// Records between the shards that hand them over and the thread that writes them; bounded, never blocking.
final class RecordSpool: Sendable {
    private struct State {
        var pending: [CallDetailRecord] = []
        /// Pending ones and those that were taken and are not yet durable.
        var waiting = 0
        var refused = 0
    }

    /// Most records kept.
    let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Keeps records as far as there is room; gives the numbers pending before and after, and those refused.
    func append(_ records: [CallDetailRecord]) -> (before: Int, after: Int, refused: ArraySlice<CallDetailRecord>) {
        state.withLock { state in
            let room = max(0, capacity - state.waiting)
            let before = state.pending.count
            state.pending += records.prefix(room)
            state.waiting += min(room, records.count)
            state.refused += max(0, records.count - room)
            return (before, state.pending.count, records.dropFirst(room))
        }
    }

    /// Takes everything pending; it counts as waiting until `written` is told.
    func takeAll(into batch: inout [CallDetailRecord]) {
        batch.removeAll(keepingCapacity: true)
        state.withLock { swap(&batch, &$0.pending) }
    }

    /// Notes that so many of the taken records are durable.
    func written(_ count: Int) {
        state.withLock { $0.waiting -= count }
    }

    /// How many are pending.
    var pendingCount: Int { state.withLock { $0.pending.count } }
    /// How many are not yet durable, and how many were refused since the start.
    var counts: (waiting: Int, refused: Int) { state.withLock { ($0.waiting, $0.refused) } }
}
