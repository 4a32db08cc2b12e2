import GRDB

/// Places in the sequence of events that the next start begins from.
public struct EventMarks: Equatable, Sendable {
    /// No event before this one waits to be delivered.
    public var settled: Int64
    /// The newest sequence that was given.
    public var newest: Int64
    /// The newest one when the process before this one started: the calls of that process are behind it.
    public var started: Int64
}

extension SQLiteStore {
    /// The marks.
    public func eventMarks() throws(StoreError) -> EventMarks {
        do {
            return try queue.read(Self.eventMarks)
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Notes that a process has started: what comes behind the newest sequence is its own.
    public func beginEvents() throws(StoreError) {
        do {
            try queue.write { database in
                let newest = try Self.eventMarks(database).newest
                try database.execute(
                    sql: "UPDATE event_marks SET started = ?, newest = ?", arguments: [newest, newest])
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    private static func eventMarks(_ database: Database) throws -> EventMarks {
        let newest = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
        guard let row = try Row.fetchOne(database, sql: "SELECT settled, newest, started FROM event_marks") else {
            return EventMarks(settled: 0, newest: newest, started: 0)
        }
        return EventMarks(settled: row["settled"], newest: max(newest, row["newest"]), started: row["started"])
    }
}
