import Accounting
import GRDB

extension SQLiteStore {
    /// Remembers calls that were answered, forgets calls whose records are durable, and notes that the process was
    /// alive at `seen`, in milliseconds since 1970; all in one transaction.
    public func journal(adding calls: [CallInProgress], removing ended: [UInt64], seen: Int64) throws(StoreError) {
        do {
            try queue.write { database in
                if !calls.isEmpty || !ended.isEmpty {
                    var writing = try JournalWriting(on: database)
                    for call in calls { try writing.add(call) }
                    for call in ended { try writing.remove(call) }
                }
                try database.execute(sql: "UPDATE run SET seen_ms = ?", arguments: [seen])
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Writes the records of calls that an earlier process left behind, and begins the journal of a process that starts
    /// at `start`, in milliseconds since 1970. Gives the records written; calling it again writes none.
    public func beginJournal(at start: Int64) throws(StoreError) -> [CallDetailRecord] {
        do {
            return try queue.write { database in
                let records = try Self.cutOff(in: database)
                var insertion = try RecordInsertion(on: database)
                let written = try records.filter { try insertion.insert($0) }
                try database.execute(sql: "DELETE FROM calls_in_progress")
                try database.execute(
                    sql: "INSERT OR REPLACE INTO run (id, started_ms, seen_ms) VALUES (1, ?, ?)",
                    arguments: [start, start])
                return written
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// How many calls the store remembers as being in progress.
    public func callsInProgress() throws(StoreError) -> Int {
        do {
            return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM calls_in_progress") ?? 0 }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The records of the calls left behind; a call whose record is there already gets the same id, and so none.
    private static func cutOff(in database: Database) throws -> [CallDetailRecord] {
        guard let run = try Row.fetchOne(database, sql: "SELECT started_ms, seen_ms FROM run") else { return [] }
        let start: Int64 = run["started_ms"]
        let newest = "SELECT id - call FROM call_detail_records ORDER BY id DESC LIMIT 1"
        let base = try Int64.fetchOne(database, sql: newest) ?? 0
        // Ids begin with the milliseconds at which their process started (42 bits before 22). Where the newest record
        // is of an earlier process, this one wrote none, and ids of its own cannot collide.
        let first = base >> 22 >= start ? base : start << 22
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM calls_in_progress ORDER BY call")
        return rows.map { row in
            let call = CallInProgress(row: row)
            return call.record(id: UInt64(bitPattern: first) &+ call.call, end: run["seen_ms"])
        }
    }
}
