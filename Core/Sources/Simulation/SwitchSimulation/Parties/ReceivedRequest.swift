import SIPMessages
import Timeline

/// A request that a scripted party has received, and the answer that it repeats when asked again (RFC 3261 §17.2).
struct ReceivedRequest: Sendable {
    let message: SIPMessage
    let branch: [UInt8]
    var response: [UInt8]?
    var status: StatusCode?
    /// When the final answer to an INVITE is repeated, because no ACK has come.
    var nextSend: Instant?
    var giveUp: Instant?
    var interval: Duration = .milliseconds(500)
    var isAcknowledged = false
    /// Whether the final answer carried our offer, so that the ACK carries the answer.
    var carriesOffer = false

    /// Whether it came over a stream, so that only a 2xx is repeated.
    private let isReliable: Bool

    init(_ message: SIPMessage, branch: [UInt8], isReliable: Bool) {
        self.message = message
        self.isReliable = isReliable
        self.branch = branch
    }

    var method: Method { message.method }
    var number: UInt32 { message.cSeq.number }
    var isAnswered: Bool { status?.isFinal ?? false }
    /// An INVITE without a final answer.
    var isPendingInvitation: Bool { method == .invite && !isAnswered }

    mutating func answered(_ status: StatusCode, _ response: [UInt8], at now: Instant) {
        self.status = status
        self.response = response
        guard method == .invite && status.isFinal else { return }
        nextSend = isReliable && !status.isSuccess ? nil : now + interval
        giveUp = now + .seconds(32)
    }

    mutating func acknowledged() {
        isAcknowledged = true
        nextSend = nil
        giveUp = nil
    }

    /// Whether the final answer is to be repeated now.
    mutating func isDue(at now: Instant) -> Bool {
        guard let instant = nextSend, instant <= now else { return false }
        interval = min(interval * 2, .seconds(4))
        nextSend = now + interval
        return true
    }

    var nextDeadline: Instant? {
        guard let giveUp else { return nextSend }
        return nextSend.map { min($0, giveUp) } ?? giveUp
    }
}
