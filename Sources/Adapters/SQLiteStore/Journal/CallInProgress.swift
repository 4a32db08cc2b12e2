import Accounting
import GRDB
import Timeline

/// An answered call as the store remembers it while it lasts, so that it has a record even if the process is killed.
public struct CallInProgress: Equatable, Sendable {
    /// Number of the call.
    public var call: UInt64
    /// Name of the node.
    public var node: String
    /// Number of the environment.
    public var environment: Int
    /// How the call began.
    public var origin = CallOrigin.inbound
    /// Call-ID of the caller's leg.
    public var callerCallID: [UInt8]
    /// Who called whom.
    public var parties: CallParties
    /// Milliseconds since 1970-01-01 00:00 UTC at which the call came in.
    public var setupMilliseconds: Int64
    /// The same for its answer.
    public var answerMilliseconds: Int64

    public init(call: UInt64, node: String, environment: Int, parties: CallParties) {
        self.call = call
        self.node = node
        self.environment = environment
        self.parties = parties
        callerCallID = []
        setupMilliseconds = 0
        answerMilliseconds = 0
    }

    /// The record of a call that was cut off when it had last been seen at `end`.
    func record(id: UInt64, end: Int64) -> CallDetailRecord {
        var times = CallTimes(setup: .zero, setupMilliseconds: setupMilliseconds)
        times.answer = .zero + .milliseconds(answerMilliseconds - setupMilliseconds)
        times.end = .zero + .milliseconds(max(end, answerMilliseconds) - setupMilliseconds)
        var ending = CallEnding(by: .switch, status: 200, cause: 41)
        ending.detail = Array("cut off: the switch was stopped without warning".utf8)
        var record = CallDetailRecord(id: id, call: call, parties: parties, times: times, ending: ending)
        record.node = node
        record.environment = environment
        record.callerCallID = callerCallID
        record.origin = origin
        return record
    }
}

extension CallInProgress {
    init(row: Row) {
        var parties = CallParties()
        parties.callerNumberIn = Array((row["cli"] as String).utf8)
        parties.calledNumberIn = Array((row["cld"] as String).utf8)
        parties.account = row["i_account"]
        parties.customer = row["i_customer"]
        parties.vendor = row["i_vendor"]
        parties.connection = row["i_connection"]
        parties.readTerms(row)
        self.init(
            call: UInt64(bitPattern: row["call"] as Int64), node: row["node"], environment: row["i_environment"],
            parties: parties)
        callerCallID = Array((row["caller_call_id"] as String).utf8)
        setupMilliseconds = row["setup_ms"]
        answerMilliseconds = row["answer_ms"]
        origin = CallOrigin(word: row["origin"]) ?? .inbound
    }
}
