import Foundation
import GRDB
import Timeline

/// Makes events, attempts to deliver them, and errors durable, in batches on a thread of its own, and forgets old ones.
///
/// What is written next waits a little where something was written just before, so that many calls share one
/// transaction. While the store cannot be written, everything waits in memory and the journal tries again.
public final class EventJournal: Sendable {
    /// How events are gathered and kept.
    public struct Settings: Sendable {
        /// Shortest time from one transaction to the next.
        public var interval: Duration = .milliseconds(20)
        /// Most events that wait in memory to be written.
        public var capacity = 100_000
        /// Shortest and longest wait before a failed transaction is tried again.
        public var retry: ClosedRange<Duration> = .milliseconds(100)...Duration.seconds(1)
        /// How long events are kept, and how many at most.
        public var retention: Duration = .seconds(7 * 86_400)
        public var mostEvents = 1_000_000
        /// How often it is looked for old events.
        public var sweep: Duration = .seconds(60)

        public init() {}
    }

    /// Something an operator must know.
    public enum Notice: Sendable {
        /// The store could not be written; so many events wait in memory.
        case failed(StoreError, waiting: Int)
        /// The store could be written again after failures.
        case recovered
        /// The process ends, and so many events could not be written.
        case lost(Int)
        /// Events up to this sequence were forgotten for their age or number.
        case forgot(before: Int64, count: Int)
    }

    private let settings: Settings
    private let spool: EventSpool
    private let thread = WriterThread()
    private let notify: @Sendable (Notice) -> Void

    /// Starts the thread. `durable` is told the events of each transaction, in their order, and `notify` what went wrong;
    /// both on the journal's thread.
    public init(
        _ store: SQLiteStore, settings: Settings = Settings(),
        durable: @escaping @Sendable ([StoredEvent]) -> Void, notify: @escaping @Sendable (Notice) -> Void
    ) throws(StoreError) {
        self.settings = settings
        self.notify = notify
        let marks = try store.eventMarks()
        spool = EventSpool(capacity: settings.capacity, newest: marks.newest, settled: marks.settled)
        thread.start("events") { [self] in
            var table = EventTable(store)
            run(&table, durable)
        }
    }

    /// Takes an event and gives its sequence; nil where too many wait to be written. Never blocks.
    public func append(_ event: StoredEvent) -> Int64? {
        guard let (sequence, isFirst) = spool.append(event) else { return nil }
        if isFirst { thread.signal() }
        return sequence
    }

    /// Takes what came of an attempt. Never blocks.
    public func append(_ attempt: StoredAttempt) { if spool.append(attempt) { thread.signal() } }

    /// Takes an error; where very many wait to be written it is dropped. Never blocks.
    public func append(_ error: StoredUserError) { if spool.append(error) { thread.signal() } }

    /// Returns when everything that was taken before is durable.
    public func flushed() async {
        await withCheckedContinuation { continuation in
            if spool.append(barrier: { continuation.resume() }) { thread.signal() }
        }
    }

    /// Notes that no event before `sequence` waits to be delivered, which the next start begins from.
    public func settle(before sequence: Int64) { spool.settle(before: sequence) }

    /// The sequence given last.
    public var newest: Int64 { spool.newest }
    /// How many events are not yet durable.
    public var waitingCount: Int { spool.waitingCount }

    /// Writes what is waiting, for at most `limit`, and ends the thread. Nothing may be appended any more.
    public func finish(within limit: Duration) {
        thread.finish(within: limit)
    }

    // MARK: The thread

    private func run(_ table: inout EventTable, _ durable: ([StoredEvent]) -> Void) {
        var written = ContinuousClock.now - settings.interval
        var swept: ContinuousClock.Instant?
        while true {
            if spool.isEmpty {
                if !thread.isRunning { return }
                if swept.map({ .now - $0 > settings.sweep }) ?? true {
                    sweep(&table)
                    swept = .now
                }
                if spool.isEmpty { thread.wait(atMost: settings.sweep) }
                continue
            }
            let rest = settings.interval - (.now - written)
            if rest > .zero, thread.isRunning {
                thread.wait(atMost: rest)
                continue
            }
            write(to: &table, durable)
            written = .now
        }
    }

    /// Writes what is pending, however often it must be tried.
    private func write(to table: inout EventTable, _ durable: ([StoredEvent]) -> Void) {
        let (batch, settled, newest) = spool.takeAll()
        let isWritten = thread.persist(retry: settings.retry) { (failures) throws(StoreError) in
            try table.write(batch, settled: settled, newest: newest)
            spool.written(batch.events.count)
            if failures > 0 { notify(.recovered) }
            if !batch.events.isEmpty { durable(batch.events) }
        } failed: {
            notify(.failed($0, waiting: spool.waitingCount))
        }
        if !isWritten {
            notify(.lost(batch.events.count))
            spool.written(batch.events.count)
        }
        for barrier in batch.barriers { barrier() }
    }

    /// Forgets what is too old or too much, a little at a time so that nothing waits long.
    private func sweep(_ table: inout EventTable) {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let oldest = now - settings.retention.nanoseconds / 1_000_000
        var total = 0
        var bound: Int64 = 0
        do throws(StoreError) {
            let young = try table.firstSequence(since: oldest) ?? spool.newest + 1
            bound = max(young, spool.newest - Int64(settings.mostEvents) + 1)
            while spool.isEmpty, thread.isRunning {
                let count = try table.forget(before: bound, errorsBefore: oldest, limit: 1000)
                total += count
                if count < 1000 { break }
            }
        } catch {
            notify(.failed(error, waiting: spool.waitingCount))
        }
        if total > 0 { notify(.forgot(before: bound, count: total)) }
    }
}
