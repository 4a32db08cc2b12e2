import Accounting
import Timeline

/// Writes call detail records durably on a thread of its own, in batches, one transaction each.
///
/// While the store cannot be written, records wait in memory and the writer tries again; nothing waits for it.
public final class CallDetailRecordWriter: Sendable {
    /// How records are gathered.
    public struct Settings: Sendable {
        /// Most records of one transaction.
        public var batch = 500
        /// Longest time a record waits for others to join it.
        public var interval: Duration = .milliseconds(50)
        /// Most records that wait in memory.
        public var capacity = 200_000
        /// Shortest and longest wait before a failed transaction is tried again.
        public var retry: ClosedRange<Duration> = .milliseconds(100)...Duration.seconds(1)

        public init() {}
    }

    private let settings: Settings
    private let spool: RecordSpool
    private let thread = WriterThread()
    private let notify: @Sendable (RecordWriterNotice) -> Void

    /// Starts the thread. `recorded` is told the ids of records once they are durable, `notify` what went wrong; both
    /// are called on the writer's thread, and `notify` also on the caller's of `append`.
    public init(
        _ store: SQLiteStore, settings: Settings = Settings(),
        recorded: @escaping @Sendable ([UInt64]) -> Void,
        notify: @escaping @Sendable (RecordWriterNotice) -> Void
    ) {
        self.settings = settings
        self.notify = notify
        spool = RecordSpool(capacity: settings.capacity)
        thread.start("records") { [self] in
            var table = RecordTable(store)
            run(&table, recorded)
        }
    }

    /// Hands records over; false where the spool is full, so that some of them are only logged. Never blocks.
    @discardableResult
    public func append(_ records: [CallDetailRecord]) -> Bool {
        let (before, after, refused) = spool.append(records)
        if before == 0 && after > 0 || before < settings.batch && after >= settings.batch { thread.signal() }
        for record in refused { notify(.refused(record)) }
        return refused.isEmpty
    }

    /// How many records wait to be written, and how many were refused since the start.
    public var counts: (waiting: Int, refused: Int) { spool.counts }

    /// Writes what is waiting, for at most `limit`, and ends the thread. Records that could not be written are told to
    /// `notify`. Nothing may be appended any more.
    public func finish(within limit: Duration) {
        thread.finish(within: limit)
    }

    private func run(_ table: inout RecordTable, _ recorded: ([UInt64]) -> Void) {
        var taken: [CallDetailRecord] = []
        while true {
            if spool.pendingCount == 0 {
                if !thread.isRunning { return }
                thread.wait()
            }
            if thread.isRunning && (1..<settings.batch).contains(spool.pendingCount) {
                thread.wait(atMost: settings.interval)
            }
            spool.takeAll(into: &taken)
            for start in stride(from: 0, to: taken.count, by: settings.batch) {
                write(taken[start..<min(start + settings.batch, taken.count)], to: &table, recorded)
            }
        }
    }

    /// Writes one batch, however often it must be tried.
    private func write(
        _ batch: ArraySlice<CallDetailRecord>, to table: inout RecordTable, _ recorded: ([UInt64]) -> Void
    ) {
        let isWritten = thread.persist(retry: settings.retry) { (failures) throws(StoreError) in
            let conflicts = try table.write(batch, isRepeated: failures > 0)
            spool.written(batch.count)
            if failures > 0 { notify(.recovered(waiting: spool.counts.waiting)) }
            for record in conflicts { notify(.conflict(record)) }
            recorded(batch.map(\.id))
        } failed: {
            notify(.failed($0, waiting: spool.counts.waiting))
        }
        if !isWritten {
            for record in batch { notify(.lost(record)) }
            spool.written(batch.count)
        }
    }
}
