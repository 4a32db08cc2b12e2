import Accounting
import GRDB

/// Which call detail records are asked for.
public struct RecordQuery: Sendable {
    /// How a call must have ended.
    public enum Outcome: Sendable {
        case any
        /// Answered.
        case answered
        /// Answered, and longer than nothing.
        case answeredWithDuration
        /// Not answered.
        case unanswered
        /// Answered with a duration, or refused with an error.
        case durationOrError
    }

    /// Calls of this account.
    public var account: Int?
    /// Calls of these customers; nil for all.
    public var customers: Set<Int>?
    /// Id of one record.
    public var record: UInt64?
    /// Earliest and latest set-up, in milliseconds since 1970-01-01 00:00 UTC.
    public var setup: ClosedRange<Int64>?
    /// The caller's number, as it came in or as it went out.
    public var cli: String?
    /// The dialled number as it went out.
    public var cld: String?
    public var outcome = Outcome.any
    /// Only records with a higher id, for reading page after page.
    public var after: UInt64?
    /// Whether those with the highest ids come first.
    public var isNewestFirst = false
    public var offset = 0
    public var limit: Int?

    public init() {}
}

/// Reads call detail records on a connection that only reads, so that the writer never waits.
public final class RecordReader: Sendable {
    private let connection: ReadingConnection

    /// A reader of `store`; a store in memory is one connection for all.
    public init(_ store: SQLiteStore) { connection = ReadingConnection(store) }

    /// A reader of the store that some process has made at `place`, which is a file.
    public init(at place: StorePlace) { connection = ReadingConnection(at: place) }

    /// How much later a record's set-up may be than that of a record with a higher id.
    private static let disorder: Int64 = 120_000

    /// The records that fit, in the order of their ids unless the query says otherwise, without their attempts.
    public func records(_ query: RecordQuery) throws(StoreError) -> [CallDetailRecord] {
        try connection.read { database in
            var conditions: [SQL] = []
            if let id = query.record { conditions.append("id = \(Int64(bitPattern: id))") }
            if let last = query.after { conditions.append("id > \(Int64(bitPattern: last))") }
            if let range = query.setup {
                conditions.append("setup_ms BETWEEN \(range.lowerBound) AND \(range.upperBound)")
                if let first = try Self.first(after: range.lowerBound, database) {
                    conditions.append("id >= \(first)")
                }
            }
            if let account = query.account { conditions.append("i_account = \(account)") }
            if let customers = query.customers { conditions.append("i_customer IN \(customers.sorted())") }
            if let cli = query.cli { conditions.append("(cli_in = \(cli) OR cli_out = \(cli))") }
            if let cld = query.cld { conditions.append("cld_out = \(cld)") }
            conditions += Self.conditions(of: query.outcome)
            let filter: SQL = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
            let order: SQL = query.isNewestFirst ? "id DESC" : "id"
            let request: SQLRequest<Row> = """
                SELECT * FROM call_detail_records WHERE \(filter) ORDER BY \(order)
                LIMIT \(query.limit ?? -1) OFFSET \(query.offset)
                """
            return try request.fetchAll(database).map(CallDetailRecord.init(row:))
        }
    }

    private static func conditions(of outcome: RecordQuery.Outcome) -> [SQL] {
        switch outcome {
        case .any: []
        case .answered: ["answer_ms IS NOT NULL"]
        case .answeredWithDuration: ["answer_ms IS NOT NULL", "duration_ms > 0"]
        case .unanswered: ["answer_ms IS NULL"]
        case .durationOrError: ["(duration_ms > 0 OR answer_ms IS NULL)"]
        }
    }

    /// An id below which no record was set up after `start`; found by halving, for ids grow with time.
    private static func first(after start: Int64, _ database: Database) throws -> Int64? {
        guard var low = try Int64.fetchOne(database, sql: "SELECT min(id) FROM call_detail_records"),
            var high = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call_detail_records")
        else { return nil }
        let probe = try database.cachedStatement(
            sql: "SELECT id, setup_ms FROM call_detail_records WHERE id >= ? ORDER BY id LIMIT 1")
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(probe, arguments: [middle]) else { break }
            if row["setup_ms"] < start - disorder {
                low = (row["id"] as Int64) + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
