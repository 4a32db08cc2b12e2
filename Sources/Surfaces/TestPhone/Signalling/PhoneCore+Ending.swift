import SIPMessages
import SIPTransactions
import Timeline

/// What ends calls: our own wish, the clock, BYE and CANCEL.
extension PhoneCore {
    mutating func hangUp(_ id: PhoneCallID, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id] else { return }
        legs[id]?.deadlines.hangUp = nil
        switch leg.state {
        case .preparing: end(id, by: .local, at: now, into: &outputs)
        case .inviting:
            legs[id]?.state = .cancelling
            legs[id]?.deadlines = PhoneLeg.Deadlines()
            guard let invite = leg.outgoing?.invite else { return }
            drive(at: now, into: &outputs) { $0.cancel(invite, at: now, into: &$1) }
        case .ringing: refuse(id, .temporarilyUnavailable, by: .local, at: now, into: &outputs)
        case .answered:
            // BYE must wait for the ACK (RFC 3261 §15); the deadline comes back with it.
            legs[id]?.deadlines.hangUp = .distantFuture
        case .established: sendBye(id, by: .local, at: now, into: &outputs)
        case .cancelling, .ending: break
        }
    }

    mutating func mediaFinished(_ id: PhoneCallID, at now: Instant) {
        guard let leg = legs[id] else { return }
        let hangsUp = leg.outgoing?.request.hangsUpWhenDone ?? leg.incoming?.policy.hangsUpWhenDone ?? false
        if hangsUp { legs[id]?.deadlines.hangUp = now + Self.lingering }
    }

    /// Answers the INVITE of a ringing call with a failure and ends it.
    mutating func refuse(
        _ id: PhoneCallID, _ status: StatusCode, by party: CallReport.Party, at now: Instant,
        into outputs: inout [Output]
    ) {
        guard let leg = legs[id], let incoming = leg.incoming else { return }
        let response = PhoneMessage.response(
            to: incoming.invitation, status, from: leg.dialog.flow, dialog: leg.dialog)
        legs[id]?.report.status = status
        legs[id]?.report.reason = "\(status.reasonPhrase)"
        respond(incoming.transaction, status, response, at: now, into: &outputs)
        end(id, by: party, at: now, into: &outputs)
    }

    mutating func sendBye(
        _ id: PhoneCallID, by party: CallReport.Party,
        authorization: (name: HeaderName, credentials: DigestCredentials)? = nil, at now: Instant,
        into outputs: inout [Output]
    ) {
        legs[id]?.dialog.localSequence += 1
        legs[id]?.deadlines = PhoneLeg.Deadlines()
        guard let leg = legs[id] else { return }
        if leg.state != .ending {
            legs[id]?.state = .ending
            legs[id]?.report.endedBy = party
            legs[id]?.report.duration = leg.times.answered.map { now - $0 } ?? .zero
        }
        let request = PhoneMessage.Request(
            method: .bye, sequence: leg.dialog.localSequence, authorization: authorization)
        _ = send(
            request, leg.dialog, over: leg.dialog.nextFlow, user: Self.user(.bye, id.rawValue), at: now, into: &outputs)
    }

    mutating func byeAnswered(
        _ id: PhoneCallID, _ response: SIPMessage, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], leg.state == .ending else { return }
        let retry = authorization(
            for: response, leg.outgoing?.request.credentials, attempts: leg.dialog.localSequence > 9 ? 2 : 0,
            method: .bye, uri: leg.dialog.requestPath.uri)
        if let retry {
            sendBye(id, by: .local, authorization: retry, at: now, into: &outputs)
        } else {
            end(id, by: nil, at: now, into: &outputs)
        }
    }

    mutating func legTimeElapsed(_ id: PhoneCallID, at now: Instant, into outputs: inout [Output]) {
        guard let deadlines = legs[id]?.deadlines, let next = deadlines.next, next <= now else { return }
        if let due = deadlines.answer, due <= now { answer(id, at: now, into: &outputs) }
        if let due = deadlines.giveUp, due <= now {
            legs[id]?.deadlines.giveUp = nil
            hangUp(id, at: now, into: &outputs)
        }
        if let due = deadlines.acknowledgement, due <= now {
            // RFC 3261 §13.3.1.4: no ACK in 64·T1, the session is ended with BYE.
            legs[id]?.report.status = .requestTimeout
            legs[id]?.report.reason = "no ACK"
            sendBye(id, by: .network, at: now, into: &outputs)
            return
        }
        if let due = deadlines.repetition, due <= now { repeatAnswer(id, at: now, into: &outputs) }
        if let due = deadlines.hangUp, due <= now { hangUp(id, at: now, into: &outputs) }
    }
}
