import SIPMessages
import Timeline

/// A request of a scripted party and its repetitions: T1 doubling over an unreliable network (RFC 3261 §17.1).
struct SentRequest: Sendable {
    let method: Method
    let branch: [UInt8]
    let number: UInt32
    let bytes: [UInt8]
    var interval: Duration = .milliseconds(500)
    var nextSend: Instant?
    /// When it is given up; nil once an INVITE has a provisional answer.
    var giveUp: Instant?
    var hasProvisional = false
    var final: StatusCode?
    /// The ACK of an INVITE that has a final answer.
    var acknowledgement: [UInt8]?
    /// Whether the INVITE carried an offer.
    var hasOffer = true

    init(_ method: Method, branch: [UInt8], number: UInt32, bytes: [UInt8], isReliable: Bool, at now: Instant) {
        self.method = method
        self.branch = branch
        self.number = number
        self.bytes = bytes
        nextSend = isReliable ? nil : now + interval
        giveUp = now + .seconds(32)
    }

    var isPending: Bool { final == nil && giveUp != .distantFuture }

    /// Repeats the request if it is time to.
    mutating func isDue(at now: Instant) -> Bool {
        guard let instant = nextSend, instant <= now else { return false }
        interval = method == .invite ? interval * 2 : min(interval * 2, .seconds(4))
        nextSend = now + interval
        return true
    }

    /// Takes note of an answer; it is the first final one if the result is true.
    mutating func answered(_ status: StatusCode) -> Bool {
        guard final == nil else { return false }
        if status.isProvisional {
            hasProvisional = true
            if method == .invite {
                nextSend = nil
                giveUp = nil
            }
            return false
        }
        final = status
        nextSend = nil
        giveUp = nil
        return true
    }

    /// Stops without an answer.
    mutating func abandon() {
        nextSend = nil
        giveUp = .distantFuture
    }

    var nextDeadline: Instant? {
        guard let giveUp, giveUp != .distantFuture else { return nextSend }
        return nextSend.map { min($0, giveUp) } ?? giveUp
    }
}
