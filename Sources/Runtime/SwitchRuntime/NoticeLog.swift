import Logging
import PacketLoop
import SwitchEngine
import Timeline

/// Writes a shard's notices to the log, at most so many a second: whoever sends us rubbish must not fill our disk.
struct NoticeLog: Sendable {
    private static let maximumPerSecond = 20

    private let logger: Logger
    private var windowStart = Instant.zero
    private var countInWindow = 0
    private var suppressed = 0

    init(_ logger: Logger) { self.logger = logger }

    /// Logs one notice, or counts it as suppressed.
    mutating func log(_ notice: SwitchNotice) {
        let now = MonotonicClock.now
        if now - windowStart >= .seconds(1) {
            if suppressed > 0 { logger.notice("notices suppressed", metadata: ["count": "\(suppressed)"]) }
            windowStart = now
            countInWindow = 0
            suppressed = 0
        }
        guard countInWindow < Self.maximumPerSecond else {
            suppressed += 1
            return
        }
        countInWindow += 1
        write(notice)
    }

    private func write(_ notice: SwitchNotice) {
        switch notice {
        case .malformedMessage(let status, let offset):
            logger.info(
                "malformed message", metadata: ["status": "\(status.rawValue)", "offset": "\(offset)"])
        case .authenticationFailed(let flow):
            logger.notice("authentication failed", metadata: ["source": "\(flow.remote)"])
        case .limitReached(let limit):
            logger.notice("limit reached", metadata: ["limit": "\(limit.sentence)"])
        }
    }
}
