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
        /// How often it is looked for old events, and how many are forgotten between two transactions.
        public var sweep: Duration = .seconds(60)
        public var sweepStep = 1000

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
            run(&table, newest: marks.newest, durable)
        }
    }

    /// Takes an event and gives its sequence; nil where too many wait to be written. Never blocks.
    public func append(_ event: StoredEvent) -> Int64? {
        guard let (sequence, isFirst) = spool.append(event) else { return nil }
        if isFirst { thread.signal() }
        return sequence
    }

    /// Takes what came of attempts. Never blocks.
    public func append(_ attempts: [StoredAttempt]) { if spool.append(attempts) { thread.signal() } }

    /// Takes an error; where very many wait to be written it is dropped. Never blocks.
    public func append(_ error: StoredUserError) { if spool.append(error) { thread.signal() } }

    /// Returns when everything that was taken before is durable.
    public func flushed() async {
        await withCheckedContinuation { continuation in
            if spool.append(barrier: { continuation.resume() }) { thread.signal() }
        }
    }

    /// Notes that no event before `sequence` waits to be delivered, which the next start begins from.
    public func settle(before sequence: Int64) { if spool.settle(before: sequence) { thread.signal() } }

    /// The sequence given last.
    public var newest: Int64 { spool.newest }
    /// How many events are not yet durable.
    public var waitingCount: Int { spool.waitingCount }

    /// Writes what is waiting, for at most `limit`, and ends the thread. Nothing may be appended any more.
    public func finish(within limit: Duration) {
        thread.finish(within: limit)
    }

    // MARK: The thread

    private func run(_ table: inout EventTable, newest: Int64, _ durable: ([StoredEvent]) -> Void) {
        var newest = newest
        var written = ContinuousClock.now - settings.interval
        var sweep: Sweep?
        var swept: ContinuousClock.Instant?
        while true {
            if sweep == nil, swept.map({ .now - $0 > settings.sweep }) ?? true {
                sweep = begunSweep(&table, newest: newest)
                swept = .now
            }
            if spool.isEmpty {
                if !thread.isRunning {
                    if spool.close() { return }
                } else if sweep != nil {
                    go(on: &sweep, &table)
                } else {
                    thread.wait(atMost: settings.sweep)
                }
                continue
            }
            let rest = settings.interval - (.now - written)
            if rest > .zero, thread.isRunning {
                thread.wait(atMost: rest)
                continue
            }
            newest = write(to: &table, durable)
            written = .now
            // However much there is to write, what is old is forgotten in between.
            if thread.isRunning { go(on: &sweep, &table) }
        }
    }

    /// Writes what is pending, however often it must be tried; gives the newest sequence that is no longer pending.
    private func write(to table: inout EventTable, _ durable: ([StoredEvent]) -> Void) -> Int64 {
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
        return newest
    }

    /// What is being forgotten: everything before `bound`, and errors before a time.
    private struct Sweep {
        var bound: Int64
        var oldest: Int64
        var count = 0
    }

    /// Finds what is too old or too much up to `newest`, which nothing is pending before; nil where the store cannot be
    /// read.
    private func begunSweep(_ table: inout EventTable, newest: Int64) -> Sweep? {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let oldest = now - settings.retention.nanoseconds / 1_000_000
        do throws(StoreError) {
            let young = try table.firstSequence(since: oldest) ?? newest + 1
            return Sweep(bound: max(young, newest - Int64(settings.mostEvents) + 1), oldest: oldest)
        } catch {
            notify(.failed(error, waiting: spool.waitingCount))
            return nil
        }
    }

    /// Forgets a little, so that nothing waits long; `sweep` becomes nil when it is done.
    private func go(on sweep: inout Sweep?, _ table: inout EventTable) {
        guard var step = sweep else { return }
        do throws(StoreError) {
            let count = try table.forget(before: step.bound, errorsBefore: step.oldest, limit: settings.sweepStep)
            step.count += count
            sweep = step
            guard count < settings.sweepStep else { return }
        } catch {
            notify(.failed(error, waiting: spool.waitingCount))
        }
        sweep = nil
        if step.count > 0 { notify(.forgot(before: step.bound, count: step.count)) }
    }
}
