import MediaSessions
import SIPMessages
import Timeline

/// How somebody answers in place of a callee that only rings (RFC 3891 §3).
extension Call {
    /// Somebody invites himself in place of a party that rings: the attempt under way is given up, and he is the callee.
    mutating func pickUp(_ newcomer: Replacement, _ now: Instant, _ effects: inout [Effect]) {
        guard newcomer.side == hunt.side, !isPlaced, negotiation.deferred == nil, hunt.current != nil else {
            return effects.append(.tell(newcomer.leg, .reject(Failure(.decline))))
        }
        if application != nil {
            guard let answer = ownAnswer(to: newcomer.offer, &effects) else {
                return effects.append(.tell(newcomer.leg, .reject(Failure(.notAcceptableHere))))
            }
            takePlace(of: newcomer, answering: answer, now, &effects)
            return answered(now, &effects)
        }
        guard let (toCaller, toNewcomer) = meet(newcomer.offer, &effects) else {
            return effects.append(.tell(newcomer.leg, .reject(Failure(.notAcceptableHere))))
        }
        takePlace(of: newcomer, answering: toNewcomer, now, &effects)
        // Without an offer of his own he answers the caller's in his ACK.
        if let toCaller { connect(answering: toCaller, now, &effects) }
    }

    /// What the caller and a newcomer hear of each other, both of whom have offered, or only the caller; nil where they
    /// have nothing in common, or the caller waits for an offer.
    private mutating func meet(
        _ newcomers: [UInt8]?, _ effects: inout [Effect]
    ) -> (toCaller: [UInt8]?, toNewcomer: [UInt8])? {
        guard let offer = negotiation.callerOffer else { return nil }
        guard let newcomers else { return carried(offer, from: .caller, &effects).map { (nil, $0) } }
        guard let toCaller = MutualAnswer.answer(offer, with: newcomers),
            let toNewcomer = MutualAnswer.answer(newcomers, with: offer),
            let passed = carried(toCaller, from: .callee, &effects),
            let returned = carried(toNewcomer, from: .caller, &effects)
        else { return nil }
        return (passed, returned)
    }

    private mutating func takePlace(
        of newcomer: Replacement, answering description: [UInt8], _ now: Instant, _ effects: inout [Effect]
    ) {
        hunt.endAttempt(.abandoned, nil, at: now)
        hunt.candidates = []
        negotiation.earlyAnswer = nil
        dropAttempt(Release(.commanded, status: StatusCode.ok.rawValue), &effects)
        calleeLeg = newcomer.leg
        tell(.callee, .answer(description: description), &effects)
    }

    /// A newcomer who made no offer of his own has answered the caller's, in his ACK.
    mutating func pickedUp(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        guard let answer = description.flatMap({ carried($0, from: .callee, &effects) }) else {
            abandon(.callee, Release(.commanded), &effects)
            return refuse(Failure(.notAcceptableHere), by: .switch, now, &effects)
        }
        connect(answering: answer, now, &effects)
    }

    private mutating func connect(answering description: [UInt8], _ now: Instant, _ effects: inout [Effect]) {
        beginConversation(now, &effects)
        tell(.caller, .answer(description: description), &effects)
        superviseMedia(&effects)
    }
}
