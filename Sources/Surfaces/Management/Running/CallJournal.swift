import Accounting
import CallControl
import Logging
import PacketLoop
import SQLiteStore
import SwitchEngine
import SwitchRuntime
import Synchronization
import Timeline

/// Remembers answered calls in the store while they last, so that calls of a process that is killed have records too.
///
/// Calls that end within half a second of their answer never reach the store.
final class CallJournal: Sendable {
    /// Calls in steps of their way into the store and out of it.
    private struct State {
        /// Calls that were answered, with the instant, oldest first.
        var answered: [(call: UInt64, at: Instant)] = []
        /// Calls in the store.
        var kept: Set<UInt64> = []
        /// Calls whose records are durable.
        var ended: [UInt64] = []
        /// What makes a call's number the id of its record, once a record has told.
        var base: UInt64?
    }

    /// How long a call lasts before it is worth remembering, and how often the store is brought up to date.
    static let interval: Duration = .milliseconds(500)
    /// Longest time after which the store is told that the process is alive.
    static let heartbeat: Duration = .seconds(4)

    private let store: SQLiteStore
    private let shard: SignallingShard
    private let logger: Logger
    private let state = Mutex(State())

    /// Begins the journal of a process, and writes records for the calls that an earlier one left behind.
    init(_ store: SQLiteStore, shard: SignallingShard, logger: Logger) throws(StoreError) {
        self.store = store
        self.shard = shard
        self.logger = logger
        let cutOff = try store.beginJournal(at: MonotonicClock.now.milliseconds)
        if !cutOff.isEmpty {
            logger.warning("calls were cut off when the last process ended", metadata: ["count": "\(cutOff.count)"])
        }
    }

    /// Takes steps in the lives of calls.
    func receive(_ events: [CallEvent]) {
        guard events.contains(where: { $0.state == .connected }) else { return }
        let now = MonotonicClock.now
        state.withLock { state in
            for event in events where event.state == .connected { state.answered.append((event.call, now)) }
        }
    }

    /// Learns from records that are on their way to the store.
    func receive(_ records: [CallDetailRecord]) {
        guard let record = records.first else { return }
        state.withLock { $0.base = record.id &- record.call }
    }

    /// Takes the ids of records that are durable.
    func recorded(_ ids: [UInt64]) {
        state.withLock { state in
            guard let base = state.base, !state.kept.isEmpty else { return }
            for id in ids where state.kept.remove(id &- base) != nil { state.ended.append(id &- base) }
        }
    }

    /// Keeps the store up to date until the task is cancelled, then once more.
    func run(node: String) async {
        var lastWrite = MonotonicClock.now
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            await update(node: node, lastWrite: &lastWrite)
        }
    }

    private func update(node: String, lastWrite: inout Instant) async {
        let now = MonotonicClock.now
        let (due, ended, keeps) = state.withLock { state in
            let count = state.answered.prefix { now - $0.at >= Self.interval }.count
            let due = state.answered.prefix(count).map(\.call)
            state.answered.removeFirst(count)
            let ended = state.ended
            state.ended = []
            return (due, ended, !state.kept.isEmpty)
        }
        let isBeatDue = keeps && now - lastWrite >= Self.heartbeat
        guard !due.isEmpty || !ended.isEmpty || isBeatDue else { return }
        let snapshots =
            due.isEmpty
            ? []
            : await shard.query { view in
                due.compactMap { number -> CallInProgress? in
                    guard let call = view.core.snapshot(of: number, at: view.now), call.state == .connected,
                        let parties = view.core.parties(of: number)
                    else { return nil }
                    return CallInProgress(call, parties, node: node)
                }
            }
        let calls = snapshots ?? []
        state.withLock { $0.kept.formUnion(calls.map(\.call)) }
        guard !calls.isEmpty || !ended.isEmpty || isBeatDue else { return }
        do throws(StoreError) {
            try store.journal(adding: calls, removing: ended, seen: now.milliseconds)
            lastWrite = now
        } catch {
            logger.error("calls in progress cannot be remembered", metadata: ["reason": "\(error)"])
            state.withLock { state in
                state.answered.insert(contentsOf: calls.map { ($0.call, now) }, at: 0)
                state.ended += ended
            }
        }
    }
}

extension Instant {
    /// The instant by the wall clock, in milliseconds since 1970-01-01 00:00 UTC.
    var milliseconds: Int64 { WallClock.epochMilliseconds + nanoseconds / 1_000_000 }
}

extension CallInProgress {
    /// What a shard knows of an answered call.
    init(_ call: CallSnapshot, _ parties: CallParties, node: String) {
        self.init(call: call.id, node: node, environment: call.environment, parties: parties)
        callerCallID = call.callID
        origin = call.origin
        setupMilliseconds = call.setupMilliseconds
        answerMilliseconds = call.setupMilliseconds + call.delay.nanoseconds / 1_000_000
    }
}
