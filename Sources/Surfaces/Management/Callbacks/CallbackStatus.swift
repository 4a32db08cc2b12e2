import Accounting
import CallControl

/// How far a callback is, and what came of it.
public struct CallbackStatus: Sendable {
    /// The steps of a callback.
    public enum Step: String, Sendable, CaseIterable {
        /// Waits for its time.
        case scheduled
        case callingFirst = "calling_first"
        case callingSecond = "calling_second"
        /// Both parties talk.
        case connected
        /// Both parties talked.
        case completed
        /// They never did.
        case failed
        /// Called off before anybody was called.
        case cancelled
    }

    public var step: Step
    /// While the callback is not over empty, else the name of the clearing cause, as `NORMAL` or `BUSY`; `CANCELLED`
    /// where it was called off, `REFUSED` where no call was begun.
    public var result: String
    /// What happened, in one sentence; empty while nothing has.
    public var explanation: String
    /// The records of the call, where they were asked for and are written.
    public var records: [CallDetailRecord]

    init(_ step: Step, result: String = "", explanation: String = "", records: [CallDetailRecord] = []) {
        self.step = step
        self.result = result
        self.explanation = explanation
        self.records = records
    }

    /// What came of the call with this record.
    init(_ record: CallDetailRecord) {
        let cause = ClearingCause(rawValue: record.ending.clearingCause)?.name ?? ClearingCause.other.name
        let isCancelled = record.times.answer == nil && record.ending.endedBy == .api
        self.init(
            record.times.answer != nil ? .completed : .failed, result: isCancelled ? "CANCELLED" : cause,
            explanation: record.sentence, records: [record])
    }
}
