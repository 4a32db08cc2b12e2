import Accounting
import Logging
import SQLiteStore
import SwitchEngine
import SwitchRuntime
import Synchronization
import Timeline

/// Tells the log what happens to call detail records, and refuses new calls while no more of them can be kept.
final class RecordNoticeLog: Sendable {
    private struct State {
        var isStopping = false
        var refusesCalls = false
    }

    private let logger: Logger
    private let shard: SignallingShard
    private let capacity: Int
    private let state = Mutex(State())

    init(_ logger: Logger, shard: SignallingShard, capacity: Int) {
        self.logger = logger
        self.shard = shard
        self.capacity = capacity
    }

    /// From now on new calls are refused for another reason, and stay refused.
    func stopping() { state.withLock { $0.isStopping = true } }

    /// Logs one notice.
    func receive(_ notice: RecordWriterNotice) {
        switch notice {
        case .failed(let error, let waiting):
            let metadata: Logger.Metadata = ["reason": "\(error)", "waiting": "\(waiting)"]
            logger.error("call detail records cannot be written; they wait in memory", metadata: metadata)
            if waiting > capacity / 10 * 9 { refuseCalls(true) }
        case .recovered(let waiting):
            logger.notice("call detail records can be written again", metadata: ["waiting": "\(waiting)"])
            refuseCalls(false)
        case .refused(let record):
            logger.critical("call detail record not kept: too many wait", metadata: record.logged)
        case .conflict(let record):
            logger.critical("call detail record not stored: its id is taken", metadata: record.logged)
        case .lost(let record):
            logger.critical("call detail record not written before the end", metadata: record.logged)
        }
    }

    private func refuseCalls(_ refuses: Bool) {
        let hasChanged = state.withLock { state in
            guard !state.isStopping, state.refusesCalls != refuses else { return false }
            state.refusesCalls = refuses
            return true
        }
        guard hasChanged else { return }
        shard.post(.draining(refuses))
        logger.error("\(refuses ? "new calls are refused until records can be written" : "new calls are taken again")")
    }
}

extension CallDetailRecord {
    /// Everything needed to bill the call from the log alone.
    fileprivate var logged: Logger.Metadata {
        [
            "id": "\(id)", "call": "\(call)", "account": "\(parties.account)", "customer": "\(parties.customer)",
            "vendor": "\(parties.vendor)", "connection": "\(parties.connection)",
            "cli": "\(String(decoding: parties.callerNumberIn, as: UTF8.self))",
            "cld": "\(String(decoding: parties.calledNumberIn, as: UTF8.self))",
            "setup": "\(UTCTime(milliseconds: times.setupMilliseconds).extended)",
            "duration": "\(duration.inSeconds)", "status": "\(ending.status)", "cause": "\(ending.cause)",
            "ended_by": "\(ending.endedBy.word)",
        ]
    }
}
