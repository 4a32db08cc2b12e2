import GRDB

extension SQLiteStore {
    /// Most requests that are kept after their calls; the oldest make room.
    static let keptCallbacks = 100_000

    /// Keeps a new request, unless `limit` requests wait for their time already; gives its id, nil where it is refused.
    public func insert(_ callback: StoredCallback, waitingLimit limit: Int) throws(StoreError) -> Int? {
        do {
            return try queue.write { database in
                let waiting = "SELECT count(*) FROM callback_requests WHERE stage = 'scheduled'"
                if callback.stage == .scheduled, try Int.fetchOne(database, sql: waiting) ?? 0 >= limit { return nil }
                let columns =
                    "i_account, first, first_shown, second, second_shown, credit_seconds, due_ms, stage, reason, record"
                try database.execute(
                    sql: "INSERT INTO callback_requests (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: callback.values)
                let id = database.lastInsertedRowID
                try database.execute(
                    sql: "DELETE FROM callback_requests WHERE id <= ? AND stage != 'scheduled'",
                    arguments: [id - Int64(Self.keptCallbacks)])
                return Int(id)
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// Writes down how far a request is.
    public func update(_ callback: StoredCallback) throws(StoreError) {
        do {
            try queue.write { database in
                try database.execute(
                    sql: "UPDATE callback_requests SET stage = ?, reason = ?, record = ? WHERE id = ?",
                    arguments: [
                        callback.stage.rawValue, callback.reason, callback.record.map { Int64(bitPattern: $0) },
                        callback.id,
                    ])
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    /// The request with this id; nil where there is none.
    public func callback(_ id: Int) throws(StoreError) -> StoredCallback? {
        try callbacks("WHERE id = ?", [id]).first
    }

    /// The requests that wait for their time, the next one first.
    public func waitingCallbacks() throws(StoreError) -> [StoredCallback] {
        try callbacks("WHERE stage = 'scheduled' ORDER BY due_ms, id", [])
    }

    private func callbacks(
        _ condition: String, _ arguments: StatementArguments
    ) throws(StoreError) -> [StoredCallback] {
        do {
            return try queue.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT * FROM callback_requests \(condition)", arguments: arguments
                ).map(StoredCallback.init(row:))
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }
}
