import Accounting
import MediaSessions

extension Call {
    /// The record of an ended call; nil while it goes on.
    public func record(id: UInt64, node: String, environment: Int) -> CallDetailRecord? {
        guard let ending else { return nil }
        var record = CallDetailRecord(id: id, call: self.id, parties: parties, times: times, ending: ending)
        record.node = node
        record.environment = environment
        record.origin = origin
        record.callerCallID = callerCallID
        record.calleeCallID = calleeCallID
        record.attempts = hunt.attempts
        record.callerMedia = statistics.map { CallMediaRecord($0.caller) }
        record.calleeMedia = statistics.map { CallMediaRecord($0.callee) }
        return record
    }
}

extension CallMediaRecord {
    init(_ statistics: MediaStatistics) {
        self.init(
            packets: statistics.packets, bytes: statistics.bytes, lost: statistics.lost, rejected: statistics.rejected,
            jitter: statistics.jitter)
    }
}
