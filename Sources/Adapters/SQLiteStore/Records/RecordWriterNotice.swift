import Accounting

/// Something an operator must know about the writing of call detail records.
public enum RecordWriterNotice: Sendable {
    /// The store could not be written; so many records wait in memory.
    case failed(StoreError, waiting: Int)
    /// The store could be written again after failures.
    case recovered(waiting: Int)
    /// The spool is full: this record is not kept, and the log is the only place where it stands.
    case refused(CallDetailRecord)
    /// A record with an id that another call has: it is not stored, and the log is the only place where it stands.
    case conflict(CallDetailRecord)
    /// The process ends, and this record could not be written.
    case lost(CallDetailRecord)
}
