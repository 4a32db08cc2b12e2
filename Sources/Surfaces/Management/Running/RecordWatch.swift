import Accounting
import Synchronization

/// Tells when the record of a call is durable, for those who must not speak of the call's end before.
public final class RecordWatch: Sendable {
    private struct State {
        /// What makes a call's number the id of its record, once a record has told.
        var base: UInt64?
        /// Calls whose records became durable last, in order and by number.
        var order: [UInt64] = []
        var durable: Set<UInt64> = []
        var waiting: [UInt64: [CheckedContinuation<Void, Never>]] = [:]
    }

    /// Most calls that are remembered.
    private static let capacity = 16_384
    /// Longest wait for a record.
    private static let patience: Duration = .seconds(30)

    private let state = Mutex(State())

    init() {}

    /// Learns from records that are on their way to the store.
    func receive(_ records: [CallDetailRecord]) {
        guard let record = records.first else { return }
        state.withLock { $0.base = record.id &- record.call }
    }

    /// Takes the ids of records that are durable.
    func recorded(_ ids: [UInt64]) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard let base = state.base else { return [] }
            var waiting: [CheckedContinuation<Void, Never>] = []
            for id in ids {
                let call = id &- base
                if let asked = state.waiting.removeValue(forKey: call) { waiting += asked }
                state.order.append(call)
                state.durable.insert(call)
            }
            if state.order.count > 2 * Self.capacity {
                let old = state.order.prefix(state.order.count - Self.capacity)
                state.durable.subtract(old)
                state.order.removeFirst(old.count)
            }
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until the record of a call with this number is durable, at most half a minute.
    public func durable(_ call: UInt64) async {
        let alarm = Task { [weak self] in
            try await Task.sleep(for: Self.patience)
            self?.give(up: call)
        }
        await withCheckedContinuation { continuation in
            let isDurable = state.withLock { state in
                if !state.durable.contains(call) { state.waiting[call, default: []].append(continuation) }
                return state.durable.contains(call)
            }
            if isDurable { continuation.resume() }
        }
        alarm.cancel()
    }

    private func give(up call: UInt64) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: call) } ?? []
        for continuation in waiting { continuation.resume() }
    }
}
