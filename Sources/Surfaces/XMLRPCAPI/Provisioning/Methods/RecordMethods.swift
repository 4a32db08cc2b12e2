import Accounting
import Management
import SQLiteStore
import Timeline
import XMLRPCValues

extension ProvisioningMethodMaker {
    /// Call detail records (§4.9).
    var records: [XMLRPCMethod] { [accountRecords, customerRecords] }

    private static let filters = """
        Optional: start_date, end_date (the last hour by default), cli, cld, type (non_zero_and_errors, non_zero, all, \
        complete, incomplete, errors), offset, limit. Result: cdrs.
        """

    private var accountRecords: XMLRPCMethod {
        method("getAccountCDRs", "Records of calls. Optional: i_account, i_cdr. \(Self.filters)") {
            [ledger] arguments, scope in
            var query = try Self.query(arguments, id: "i_cdr")
            query.account = try arguments.integer("i_account")
            let records = try await ledger.records(query, in: scope)
            return [Self.list("cdrs", records.map(Self.members))]
        }
    }

    private var customerRecords: XMLRPCMethod {
        method(
            "getCustomerCDRs",
            "Records of calls of a customer and those below it. Optional: i_customer, i_cdrs_customer. \(Self.filters)",
            owner: "i_wholesaler"
        ) { [ledger] arguments, scope in
            let query = try Self.query(arguments, id: "i_cdrs_customer")
            let customer = try arguments.integer("i_customer") ?? scope.customer
            let records = try await ledger.records(query, ofCustomer: customer, in: scope)
            let rows = records.map { record -> [XMLRPCStruct.Member] in
                var row: [XMLRPCStruct.Member] = [
                    .init("i_cdrs_customer", .string("\(record.id)")), .init("i_customer", .int(customer)),
                ]
                row += Self.members(of: record)
                return row
            }
            return [Self.list("cdrs", rows)]
        }
    }

    private static let outcomes: [String: RecordQuery.Outcome] = [
        "non_zero_and_errors": .durationOrError, "non_zero": .answeredWithDuration, "all": .any, "complete": .answered,
        "incomplete": .unanswered, "errors": .unanswered,
    ]

    private static func query(_ arguments: XMLRPCArguments, id: String) throws -> RecordQuery {
        var query = RecordQuery()
        let page = try arguments.page()
        query.offset = page.offset
        query.limit = page.limit
        query.cli = try arguments.string("cli")
        query.cld = try arguments.string("cld")
        let type = try arguments.string("type") ?? "non_zero_and_errors"
        guard let outcome = outcomes[type] else {
            throw XMLRPCFault.wrongType("type", "one of \(outcomes.keys.sorted().joined(separator: ", "))")
        }
        query.outcome = outcome
        let start = try arguments.date("start_date")
        let end = try arguments.date("end_date")
        if let text = try arguments.string(id) {
            guard let number = UInt64(text) else { throw XMLRPCFault.wrongReference(id) }
            query.record = number
            if start == nil && end == nil { return query }
        }
        let now = ProvisioningLedger.wallClock
        let last = end ?? now
        let first = start ?? last - 3_600_000
        guard first <= last else { throw XMLRPCFault.wrongType("start_date", "a time before end_date") }
        query.setup = first...last
        return query
    }

    /// A call detail record as the interface shows it (active-calls-xmlrpc.md §4.9).
    static func members(of record: CallDetailRecord) -> [XMLRPCStruct.Member] {
        let times = record.times
        let start = times.setupMilliseconds
        let seconds = { (duration: Duration) -> Double in Double(duration.nanoseconds) / 1_000_000_000 }
        let duration = seconds(record.duration)
        let parties = record.parties
        let caller = parties.callerNumberOut.isEmpty ? parties.callerNumberIn : parties.callerNumberOut
        let called = parties.calledNumberOut.isEmpty ? parties.calledNumberIn : parties.calledNumberOut
        let text = { (bytes: [UInt8]) -> XMLRPCValue in XMLRPCValue.string(String(decoding: bytes, as: UTF8.self)) }
        let date = { (milliseconds: Int64) -> XMLRPCValue in
            XMLRPCValue.string(UTCTime(milliseconds: milliseconds).long)
        }
        let answer = times.answer.map { times.milliseconds(of: $0) }
        let members: [XMLRPCStruct.Member] = [
            .init("i_cdr", .string("\(record.id)")), .init("i_call", .string("\(record.call)")),
            .init("i_account", .int(parties.account)), .init("i_customer", .int(parties.customer)),
            .init("i_environment", .int(record.environment)), .init("call_id", text(record.callerCallID)),
            .init("cli", text(caller)), .init("cld", text(called)), .init("cli_in", text(parties.callerNumberIn)),
            .init("cld_in", text(parties.calledNumberIn)), .init("setup_time", date(start)),
            .init("connect_time", answer.map(date) ?? .null),
            .init("disconnect_time", date(times.milliseconds(of: times.end))), .init("duration", .double(duration)),
            .init("billed_duration", .int(Int(record.billedSeconds))), .init("plan_duration", .int(0)),
            .init("delay", .double(seconds((times.answer ?? times.end) - times.setup))),
            .init("pdd1xx", .double(times.ringing.map { seconds($0 - times.setup) } ?? 0)),
        ]
        let price = XMLRPCValue.double(parties.price.inUnits)
        let money: [XMLRPCStruct.Member] = [
            .init("cost", .double(record.cost.inUnits)), .init("connect_fee", .double(0)),
            .init("accessibility_cost", .double(0)),
            .init("post_call_surcharge", .double(0)), .init("price_1", price), .init("price_n", price),
            .init("interval_1", .int(1)), .init("interval_n", .int(1)), .init("free_seconds", .int(0)),
            .init("grace_period", .int(0)), .init("prefix", text(parties.prefix)), .init("country", .string("")),
            .init("area_name", .string("")),
        ]
        let ending: [XMLRPCStruct.Member] = [
            .init("description", text(record.ending.detail)),
            .init("result", .int(times.answer == nil ? Int(record.ending.status) : 0)),
            .init("release_source", .string(releaseSource(record.ending.endedBy))), .init("protocol", .string("SIP")),
            .init("remote_ip", .string(parties.source.map { "\($0)" } ?? "")),
            .init("user_agent", text(parties.userAgent)), .init("p_asserted_id", .string("")),
            .init("remote_party_id", .string("")), .init("i_vendor", .int(parties.vendor)),
            .init("i_connection", .int(parties.connection)), .init("origin", .string("\(record.origin.word)")),
        ]
        return members + money + ending
    }

    /// 2 for the caller, 4 for the callee, 8 for everybody else.
    private static func releaseSource(_ endedBy: EndedBy) -> String {
        switch endedBy {
        case .caller: "2"
        case .callee: "4"
        case .switch, .api, .application: "8"
        }
    }
}

extension Money {
    /// The amount in units of the currency, as XML-RPC carries amounts.
    fileprivate var inUnits: Double { Double(millionths) / 1_000_000 }
}
