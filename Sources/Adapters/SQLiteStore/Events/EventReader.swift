import GRDB

/// Reads events, attempts and errors on a connection that only reads.
public final class EventReader: Sendable {
    /// An attempt and the event that it was made for.
    public struct Delivery: Sendable {
        public var attempt: StoredAttempt
        public var event: StoredEvent
    }

    /// Which attempts are asked for.
    public struct DeliveryQuery: Sendable {
        /// Of this call or conference.
        public var subject: String?
        /// Of this event.
        public var event: String?
        /// With this outcome.
        public var outcome: StoredAttempt.Outcome?
        public var offset = 0
        public var limit = 25

        public init() {}
    }

    private let connection: ReadingConnection

    /// A reader of `store`; a store in memory is one connection for all.
    public init(_ store: SQLiteStore) { connection = ReadingConnection(store) }

    /// The user's events behind `sequence`, at most `limit`, the oldest first.
    public func events(
        of user: String, after sequence: Int64, upTo last: Int64 = .max, limit: Int
    ) throws(StoreError) -> [StoredEvent] {
        try events(
            """
            INDEXED BY events_by_user WHERE sequence > ? AND sequence <= ? AND user = ? ORDER BY sequence LIMIT ?
            """, [sequence, last, user, limit])
    }

    /// The events of a call or conference of the user, in their order.
    public func events(of user: String, subject: String) throws(StoreError) -> [StoredEvent] {
        try events("INDEXED BY events_by_subject WHERE subject = ? AND user = ? ORDER BY sequence", [subject, user])
    }

    /// The user's event with this id; nil where there is none. Looks at the events of `subject` where it is given, else
    /// at all of the user.
    public func event(_ id: String, of user: String, subject: String? = nil) throws(StoreError) -> StoredEvent? {
        if let subject { return try events(of: user, subject: subject).first { $0.id == id } }
        return try events("INDEXED BY events_by_user WHERE id = ? AND user = ?", [id, user]).first
    }

    /// The event with this sequence; nil where it was forgotten.
    public func event(_ sequence: Int64) throws(StoreError) -> StoredEvent? {
        try events("WHERE sequence = ?", [sequence]).first
    }

    /// Events that wait to be delivered from `sequence` on, at most `limit` in their order, without their bodies; and how
    /// many attempts were made for each.
    public func undelivered(
        from sequence: Int64, limit: Int
    ) throws(StoreError) -> [(event: StoredEvent, attempts: Int)] {
        try connection.read { database in
            let attempts = "event_attempts AS a WHERE a.id BETWEEN e.sequence << 8 AND (e.sequence << 8) + 255"
            let sql = """
                SELECT sequence, e.id AS id, user, subject, type, time_ms, url, fallback_url, is_get, timeout_ms,
                    '' AS body, NULL AS query, (SELECT count(*) FROM \(attempts)) AS attempts
                FROM events AS e
                WHERE sequence >= ? AND url IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM \(attempts) AND a.outcome > 0)
                ORDER BY sequence LIMIT ?
                """
            return try Row.fetchAll(database, sql: sql, arguments: [sequence, limit]).map { row in
                (StoredEvent(row: row), row["attempts"])
            }
        }
    }

    /// Events behind `sequence` that name both parties of a call of which no hangup was told, in their order.
    public func cutOff(after sequence: Int64) throws(StoreError) -> [StoredEvent] {
        try events(
            """
            AS e WHERE sequence > ? AND type IN ('incomingcall', 'answer', 'timeout') AND NOT EXISTS (
                SELECT 1 FROM events AS h WHERE h.subject = e.subject AND h.type = 'hangup') ORDER BY sequence
            """, [sequence])
    }

    /// How many attempts were made of each event, in the order in which they are named.
    public func attemptCounts(of sequences: [Int64]) throws(StoreError) -> [Int] {
        try connection.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT count(*) FROM event_attempts WHERE id BETWEEN ? AND ?")
            return try sequences.map { try Int.fetchOne(statement, arguments: [$0 << 8, $0 << 8 + 255]) ?? 0 }
        }
    }

    /// The user's attempts that fit, the newest first.
    public func deliveries(of user: String, _ query: DeliveryQuery) throws(StoreError) -> [Delivery] {
        try connection.read { database in
            var conditions: [SQL] = ["e.user = \(user)"]
            if let subject = query.subject { conditions.append("e.subject = \(subject)") }
            if let event = query.event { conditions.append("e.id = \(event)") }
            if let outcome = query.outcome { conditions.append("a.outcome = \(outcome.rawValue)") }
            let filter = conditions.joined(separator: " AND ")
            // Events are looked at from the newest on, so that nothing is sorted and no more is read than is asked for.
            let index: SQL = query.subject == nil ? "events_by_user" : "events_by_subject"
            let request: SQLRequest<Row> = """
                SELECT a.id AS attempt_id, a.is_fallback, a.started_ms, a.duration_us, a.status, a.error, a.outcome,
                    a.is_replay, e.*
                FROM events AS e INDEXED BY \(index)
                CROSS JOIN event_attempts AS a ON a.id BETWEEN e.sequence << 8 AND (e.sequence << 8) + 255
                WHERE \(filter)
                ORDER BY e.sequence DESC, a.id DESC LIMIT \(query.limit) OFFSET \(query.offset)
                """
            return try request.fetchAll(database).map { row in
                Delivery(attempt: StoredAttempt(row: row), event: StoredEvent(row: row))
            }
        }
    }

    /// The user's errors, the newest first.
    public func errors(of user: String, offset: Int, limit: Int) throws(StoreError) -> [StoredUserError] {
        try connection.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM user_errors WHERE user = ? ORDER BY id DESC LIMIT ? OFFSET ?",
                arguments: [user, limit, offset]
            ).map(StoredUserError.init(row:))
        }
    }

    /// The user's error with this id; nil where there is none.
    public func error(_ id: Int64, of user: String) throws(StoreError) -> StoredUserError? {
        try connection.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM user_errors WHERE id = ? AND user = ?", arguments: [id, user]
            ).map(StoredUserError.init(row:))
        }
    }

    private func events(_ condition: String, _ arguments: StatementArguments) throws(StoreError) -> [StoredEvent] {
        try connection.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM events \(condition)", arguments: arguments)
                .map(StoredEvent.init(row:))
        }
    }
}
