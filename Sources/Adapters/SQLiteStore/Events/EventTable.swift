import GRDB

/// The tables of events on a connection of their own, opened again where it broke or the file is gone.
struct EventTable: ~Copyable {
    /// What one transaction writes.
    struct Batch {
        var events: [StoredEvent] = []
        var attempts: [StoredAttempt] = []
        var errors: [StoredUserError] = []
        /// What is called when the rest is durable.
        var barriers: [@Sendable () -> Void] = []

        var isEmpty: Bool { events.isEmpty && attempts.isEmpty && errors.isEmpty && barriers.isEmpty }
    }

    /// Most errors of all users that are kept.
    private static let mostErrors = 100_000

    private let place: StorePlace
    private var connection: WritingConnection
    private var insertion: EventInsertion?

    /// The tables of `store`; a store in memory is one connection for all.
    init(_ store: SQLiteStore) {
        place = store.place
        connection = WritingConnection(store)
    }

    /// Writes a batch in one durable transaction, with the marks that belong to it.
    mutating func write(_ batch: borrowing Batch, settled: Int64, newest: Int64) throws(StoreError) {
        do {
            try openQueue().writeWithoutTransaction { database in
                // Whatever goes wrong, not even the connection's next user finds a transaction open.
                defer { if database.isInsideTransaction { try? database.rollback() } }
                var insertion = try insertion.take() ?? EventInsertion(on: database)
                try insertion.begin()
                for event in batch.events { try insertion.insert(event) }
                for attempt in batch.attempts { try insertion.insert(attempt) }
                for error in batch.errors { try insertion.insert(error) }
                try insertion.mark(settled: settled, newest: newest)
                try insertion.commit()
                self.insertion = consume insertion
            }
        } catch {
            insertion = nil
            connection.close()
            throw StoreError("\(place)", error)
        }
    }

    /// Forgets at most `limit` of the events before `sequence`, their attempts, and errors before `time` in milliseconds
    /// since 1970; gives how many events were forgotten.
    mutating func forget(before sequence: Int64, errorsBefore time: Int64, limit: Int) throws(StoreError) -> Int {
        do {
            return try openQueue().write { database in
                try database.execute(
                    sql: """
                        DELETE FROM events WHERE sequence IN (
                            SELECT sequence FROM events WHERE sequence < ? ORDER BY sequence LIMIT ?)
                        """, arguments: [sequence, limit])
                let count = database.changesCount
                let oldest = try Int64.fetchOne(database, sql: "SELECT min(sequence) FROM events") ?? sequence
                try database.execute(
                    sql: "DELETE FROM event_attempts WHERE id < ?", arguments: [min(oldest, sequence) << 8])
                try database.execute(
                    sql: """
                        DELETE FROM user_errors WHERE id IN (
                            SELECT id FROM user_errors WHERE id < max(
                                ifnull(
                                    (SELECT id FROM user_errors WHERE time_ms >= ? ORDER BY id LIMIT 1),
                                    9223372036854775807),
                                (SELECT max(id) FROM user_errors) - ? + 1)
                            ORDER BY id LIMIT ?)
                        """, arguments: [time, Self.mostErrors, limit])
                return count
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The first sequence whose event is of `time` or later; events are in the order of their times, nearly.
    mutating func firstSequence(since time: Int64) throws(StoreError) -> Int64? {
        do {
            return try openQueue().read { database in
                // Looks at those that are to be forgotten, from the oldest; they are few at a time.
                try Int64.fetchOne(
                    database, sql: "SELECT sequence FROM events WHERE time_ms >= ? ORDER BY sequence LIMIT 1",
                    arguments: [time])
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The connection; what was prepared on an earlier one is dropped with it.
    private mutating func openQueue() throws(StoreError) -> DatabaseQueue {
        do {
            return try connection.queue()
        } catch {
            insertion = nil
            connection.close()
            throw error
        }
    }
}
