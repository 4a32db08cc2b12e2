import MediaSessions
import SDP
import SIPMessages
import Timeline

/// How the switch places a call: the first party is hunted for and answers, then the second.
///
/// Where media passes the switch, the first party is offered our own ports, and what it answers is offered to the
/// second. Where it does not, the flow is flow III of RFC 3725 with an offer in the second INVITE: the first party is
/// asked for an offer, its 2xx is acknowledged at once with an answer that keeps its media still, so that no transaction
/// of it waits for the second party; its offer goes to the second one, and what that answers comes back to the first by
/// re-INVITE.
extension Call {
    /// Whether the switch opened the first leg.
    var isPlaced: Bool {
        if case .placed = source { true } else { false }
    }

    var origination: Origination? {
        get { if case .placed(let origination) = source { origination } else { nil } }
        set { if let newValue { source = .placed(newValue) } }
    }

    /// What the INVITE to the first party offers; nil asks it for an offer.
    mutating func firstOffer() -> [UInt8]? {
        guard media.mode == .relay, let codecs = origination?.codecs, let port = media.callerPorts.first else {
            return nil
        }
        let body = OwnDescription.offer(codecs, port: port, address: media.caller.advertised)
        return signedForFirst(body)
    }

    mutating func signedForFirst(_ description: [UInt8]) -> [UInt8] { signed(description, for: .caller) }

    /// A description for a party, with our o= line: all that it hears in the dialog is one session, whoever described it
    /// (RFC 3264 §8).
    mutating func signed(_ description: [UInt8], for side: MediaSide) -> [UInt8] {
        RelayedDescription.renamed(description, origin: media.origin(of: description, to: side))
    }

    /// A party that we call rings. The first one's early media have nowhere to go; what the second one's network
    /// plays is heard by the first.
    mutating func placedPartyRings(
        _ side: MediaSide, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard side == hunt.side else { return }
        if side == .callee && times.ringing == nil { times.ringing = now }
        guard media.mode == .relay, let description else { return }
        negotiation.earlyAnswer = description
        if side == .callee, let summary = SDPSummary(scanning: description) {
            direct(to: summary, from: .callee, &effects)
        }
    }

    /// The first party has answered: the second is hunted for.
    mutating func firstPartyAnswered(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        guard hunt.side == .caller, let candidates = origination?.secondCandidates else { return }
        hunt.endAttempt(.connected, nil, at: now)
        let description = description ?? negotiation.earlyAnswer
        negotiation.earlyAnswer = nil
        origination?.secondCandidates = []
        hunt.turn(to: .callee, through: candidates)
        guard let description, let summary = SDPSummary(scanning: description),
            summary.streams.contains(where: { !$0.isRefused })
        else {
            return refuse(Failure(.notAcceptableHere), by: .switch, now, &effects)
        }
        if media.mode == .direct {
            takeNote(of: summary, from: .caller)
            guard let still = OwnDescription.still(answering: description, address: media.caller.advertised) else {
                return refuse(Failure(.notAcceptableHere), by: .switch, now, &effects)
            }
            origination?.caller.told = still
            tell(.caller, .acknowledge(description: signedForFirst(still)), &effects)
        }
        adoptFirst(description)
        nextAttempt(now, &effects)
    }

    /// What the first party says of itself is what the second is offered from now on.
    private mutating func adoptFirst(_ description: [UInt8]) {
        negotiation.callerOffer = description
        origination?.caller.said = description
    }

    /// The second party has answered: both are connected, and learn of each other what they do not know yet.
    mutating func secondPartyAnswered(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        guard let description, let summary = SDPSummary(scanning: description) else {
            if media.mode == .direct {
                disconnect(by: .switch, "the second party described no media", now, &effects)
            }
            return superviseMedia(&effects)
        }
        if media.mode == .relay {
            direct(to: summary, from: .callee, &effects)
        } else {
            takeNote(of: summary, from: .callee)
        }
        origination?.callee.said = description
        superviseMedia(&effects)
        align(&effects)
    }

    /// The first party renegotiates while the second is being called: the switch answers by itself.
    mutating func answerWaitingParty(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        guard hunt.side == .callee, negotiation.deferred == nil, let codecs = origination?.codecs, let description,
            let summary = SDPSummary(scanning: description)
        else { return tell(.caller, .reject(Failure(.requestPending)), &effects) }
        let address = media.caller.advertised
        let own =
            media.mode == .direct
            ? OwnDescription.still(answering: description, address: address)
            : media.callerPorts.first.flatMap {
                OwnDescription.answer(description, codecs, port: $0, address: address)
            }
        guard let answer = own else { return tell(.caller, .reject(Failure(.notAcceptableHere)), &effects) }
        if media.mode == .relay {
            direct(to: summary, from: .caller, &effects)
        } else {
            takeNote(of: summary, from: .caller)
            origination?.caller.told = answer
        }
        adoptFirst(description)
        tell(.caller, .answer(description: signedForFirst(answer)), &effects)
    }
}
