import Addresses
import SIPMessages
import Timeline

/// Judges the answers to what the parties ask.
struct TransactionCheck: Sendable {
    private struct Key: Hashable, Sendable {
        var peer: Endpoint
        var branch: [UInt8]
        var method: Method
    }

    private struct Answer: Sendable {
        var call: Int?
        var status: StatusCode?
        var bytes: [UInt8] = []
        var arrivedInStep: Int
        var hasAnyAnswer = false
        /// Whether the request would open a call, and the switch drains.
        var comesTooLate = false
    }

    private var answers: [Key: Answer] = [:]
    /// The INVITE that arrived in this step for the first time.
    private var fresh: Key?

    /// A request has been delivered to the switch.
    mutating func delivered(_ message: SIPMessage, from peer: Endpoint, _ call: Int?, _ context: inout CheckContext) {
        guard message.isRequest, message.method != .ack, let branch = message.via.branch,
            context.isPhone(peer) || context.isVendor(peer)
        else { return }
        let key = Key(peer: peer, branch: message.copy(branch), method: message.method)
        guard answers[key] == nil else { return }
        answers[key] = Answer(call: call, arrivedInStep: context.step)
        answers[key]?.comesTooLate = context.isDraining && message.method == .invite && message.to.tag == nil
        if message.method == .invite { fresh = key }
    }

    /// The switch has sent a response.
    mutating func sent(_ message: SIPMessage, to peer: Endpoint, _ context: inout CheckContext) {
        guard let status = message.status, let branch = message.via.branch else { return }
        let key = Key(peer: peer, branch: message.copy(branch), method: message.method)
        guard var answer = answers[key] else { return }
        answer.hasAnyAnswer = true
        if answer.comesTooLate && status != .serviceUnavailable && context.plan.hostileMessages == 0 {
            context.violate(
                .drainingTakesNoCalls, "while draining a new call got \(status.rawValue)", call: answer.call)
        }
        // What belongs to no dialog is refused without keeping anything, so its repetition may find a dialog.
        if answer.status == .callDoesNotExist { answer.status = nil }
        if let earlier = answer.status {
            if status.isProvisional || status != earlier {
                context.violate(
                    .oneFinalAnswer, "\(status.rawValue) was sent after \(earlier.rawValue)", call: answer.call)
            } else if message.bytes != answer.bytes && status != .unauthorized {
                context.violate(.oneFinalAnswer, "a repeated \(status.rawValue) differs", call: answer.call)
            }
        } else if status.isFinal {
            answer.status = status
            answer.bytes = message.bytes
        }
        answers[key] = answer
    }

    /// The switch has crashed: what it owed answers to, nobody will answer.
    mutating func restarted() {
        answers = [:]
        fresh = nil
    }

    /// Everything that the switch sent in this step has been seen.
    mutating func stepEnded(_ context: inout CheckContext) {
        guard let key = fresh else { return }
        fresh = nil
        // A stranger who repeats an overheard INVITE before its sender does gets the answers.
        if context.plan.hostileMessages > 0 { return }
        if let answer = answers[key], !answer.hasAnyAnswer {
            context.violate(.promptFirstAnswer, "an INVITE was not answered at once", call: answer.call)
        }
    }

    /// The world has ended: nothing may wait for an answer.
    func worldEnded(_ context: inout CheckContext) {
        // A stranger who replays a request gets the answer that its sender waits for.
        if context.plan.network.reportsUnreachable || context.plan.hostileMessages > 0 { return }
        for (key, answer) in answers where answer.status == nil {
            context.violate(
                .oneFinalAnswer, "a request \(key.method.token) was never finally answered", call: answer.call)
        }
    }
}
