import Accounting
import Addresses
import GRDB
import Timeline

extension SQLiteStore {
    /// The newest records, newest first, at most `limit`.
    public func newestRecords(limit: Int) throws(StoreError) -> [CallDetailRecord] {
        try records(sql: "SELECT * FROM call_detail_records ORDER BY id DESC LIMIT ?", [limit])
    }

    /// The records of a call, in the order of their ids.
    public func records(ofCall call: UInt64) throws(StoreError) -> [CallDetailRecord] {
        try records(
            sql: "SELECT * FROM call_detail_records WHERE call = ? ORDER BY id", [Int64(bitPattern: call)])
    }

    /// The record with this id; nil where there is none.
    public func record(_ id: UInt64) throws(StoreError) -> CallDetailRecord? {
        try records(sql: "SELECT * FROM call_detail_records WHERE id = ?", [Int64(bitPattern: id)]).first
    }

    /// How many records there are.
    public func recordCount() throws(StoreError) -> Int {
        do {
            return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM call_detail_records") ?? 0 }
        } catch {
            throw StoreError("\(place)", error)
        }
    }

    private func records(sql: String, _ arguments: StatementArguments) throws(StoreError) -> [CallDetailRecord] {
        do {
            return try queue.read { database in
                try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                    var record = CallDetailRecord(row: row)
                    let attempts = "SELECT * FROM route_attempts WHERE record = ? ORDER BY position"
                    record.attempts = try Row.fetchAll(database, sql: attempts, arguments: [row["id"] as Int64])
                        .map(RouteAttempt.init(row:))
                    return record
                }
            }
        } catch {
            throw StoreError("\(place)", error)
        }
    }
}

extension Row {
    /// The bytes of a column's text.
    fileprivate func bytes(_ column: String) -> [UInt8] { Array((self[column] as String).utf8) }
}

extension CallDetailRecord {
    /// The record of a row, without its attempts. Its instants count from the set-up, in whole milliseconds.
    init(row: Row) {
        let setup: Int64 = row["setup_ms"]
        func instant(_ column: String) -> Instant? {
            (row[column] as Int64?).map { .zero + .milliseconds($0 - setup) }
        }
        var times = CallTimes(setup: .zero, setupMilliseconds: setup)
        times.ringing = instant("ringing_ms")
        times.answer = instant("answer_ms")
        times.end = instant("end_ms") ?? .zero
        let id = UInt64(bitPattern: row["id"] as Int64)
        let call = UInt64(bitPattern: row["call"] as Int64)
        self.init(id: id, call: call, parties: CallParties(row: row), times: times, ending: CallEnding(row: row))
        node = row["node"]
        environment = row["i_environment"]
        origin = CallOrigin(word: row["origin"]) ?? .inbound
        callerCallID = row.bytes("caller_call_id")
        calleeCallID = row.bytes("callee_call_id")
        callerMedia = CallMediaRecord(row: row, side: "caller")
        calleeMedia = CallMediaRecord(row: row, side: "callee")
    }
}

extension CallParties {
    fileprivate init(row: Row) {
        self.init()
        callerNumberIn = row.bytes("cli_in")
        calledNumberIn = row.bytes("cld_in")
        callerNumberOut = row.bytes("cli_out")
        calledNumberOut = row.bytes("cld_out")
        account = row["i_account"]
        customer = row["i_customer"]
        vendor = row["i_vendor"]
        connection = row["i_connection"]
        readTerms(row)
    }

    /// Where the caller called from, with what, and by which route at which price.
    mutating func readTerms(_ row: Row) {
        source = IPAddress(row["remote_ip"] as String)
        userAgent = row.bytes("user_agent")
        prefix = row.bytes("prefix")
        price = Money(millionths: row["price_millionths"])
    }
}

extension CallEnding {
    fileprivate init(row: Row) {
        self.init(
            by: EndedBy(word: row["ended_by"]) ?? .switch, status: row["status"], cause: row["cause"],
            clearingCause: row["clearing_cause"], hangupCause: row["hangup_cause"])
        detail = row.bytes("detail")
    }
}

extension CallMediaRecord {
    fileprivate init?(row: Row, side: String) {
        guard let packets = row["\(side)_packets"] as Int64? else { return nil }
        self.init(
            packets: UInt64(clamping: packets), bytes: UInt64(clamping: row["\(side)_bytes"] as Int64),
            lost: row["\(side)_lost"], rejected: UInt64(clamping: row["\(side)_rejected"] as Int64),
            jitter: .microseconds(row["\(side)_jitter_us"] as Int64))
    }
}

extension RouteAttempt {
    fileprivate init(row: Row) {
        let word: String = row["outcome"]
        self.init(
            CallParty(word: row["party"]) ?? .callee, connection: row["connection"],
            outcome: Outcome.allCases.first { "\($0.word)" == word } ?? .abandoned, status: row["status"],
            delay: .milliseconds(row["delay_ms"] as Int64), reason: row.bytes("reason"))
    }
}
