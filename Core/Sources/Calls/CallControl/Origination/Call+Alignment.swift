import MediaSessions
import SDP
import SIPDialogs
import SIPMessages
import Timeline

/// How the two parties of a call that the switch placed come to agree: each was asked by itself, so what one of them
/// described may be news to the other, and is offered to it by re-INVITE.
extension Call {
    /// The most re-INVITEs of our own: an exchange each way, and two for parties that think again.
    static let maximumOwnOffers = 4
    /// The most times that a re-INVITE of our own is sent again because it crossed the party's.
    static let maximumGlares = 10

    /// Offers a party what it does not know yet of the other one, if there is anything.
    mutating func align(_ effects: inout [Effect]) {
        guard state == .connected, let known = origination, !known.caller.said.isEmpty, !known.callee.said.isEmpty
        else { return }
        let first = DescriptionTerms(known.caller.said)
        let second = DescriptionTerms(known.callee.said)
        let agree = first.agrees(with: second)
        if !agree || needsNews(of: second, told: known.caller.told) {
            // Of two that disagree the one is told that has not just spoken.
            if known.lastSpeaker == .caller && !agree { return offerOwn(of: .caller, &effects) }
            return offerOwn(of: .callee, &effects)
        }
        if needsNews(of: first, told: known.callee.told) { return offerOwn(of: .caller, &effects) }
        origination?.caller = PartyDescriptions()
        origination?.callee = PartyDescriptions()
    }

    /// Whether a party has to be told where the other one's media go: where they do not pass the switch.
    private func needsNews(of terms: DescriptionTerms, told: [UInt8]) -> Bool {
        media.mode == .direct && !terms.hasSamePlaces(as: DescriptionTerms(told))
    }

    /// Offers what `side` described to the other party.
    private mutating func offerOwn(of side: MediaSide, _ effects: inout [Effect]) {
        guard var known = origination, known.ownOffers < Self.maximumOwnOffers else { return }
        let description = side == .caller ? known.caller.said : known.callee.said
        guard let passed = carried(description, from: side, &effects) else { return }
        known.ownOffers += 1
        origination = known
        negotiation.pending = side
        negotiation.isOwn = true
        tell(side.other, .offer(description: passed), &effects)
    }

    /// A party has answered a re-INVITE of our own.
    mutating func ownOfferAnswered(by side: MediaSide, _ description: [UInt8]?, _ effects: inout [Effect]) {
        negotiation.isOwn = false
        guard let description, var known = origination else { return }
        _ = SDPSummary(scanning: description).map { summary in
            if media.mode == .relay {
                direct(to: summary, from: side, &effects)
            } else {
                takeNote(of: summary, from: side)
            }
        }
        if side == .caller {
            known.caller = PartyDescriptions(said: description, told: known.callee.said)
        } else {
            known.callee = PartyDescriptions(said: description, told: known.caller.said)
        }
        known.lastSpeaker = side
        origination = known
        superviseMedia(&effects)
        align(&effects)
    }

    /// A party has refused a re-INVITE of our own: it is tried again where that may help.
    mutating func ownOfferRefused(_ failure: Failure, _ now: Instant, _ effects: inout [Effect]) {
        negotiation.isOwn = false
        guard var known = origination else { return }
        known.ownOffers -= 1
        known.glares += 1
        let isPassing = failure.status == .requestPending || failure.retryAfter != nil
        let wait = GlareRetry.delay(ownsCallID: true, using: &known.dice)
        origination = known
        if isPassing && known.glares <= Self.maximumGlares {
            deadlines.alignment = now + wait
        } else if media.mode == .direct {
            disconnect(by: .switch, "a party refused the media of the other one", now, &effects)
        }
    }

    /// The time has come for a re-INVITE of our own that was refused before.
    mutating func resumeAlignment(_ now: Instant, _ effects: inout [Effect]) {
        guard negotiation.pending == nil, negotiation.deferred == nil else {
            // The exchange under way makes ours unnecessary, or fails.
            deadlines.alignment = now + .seconds(1)
            return
        }
        align(&effects)
    }

    /// The parties have agreed between themselves, so nothing of what they said before is news to them.
    mutating func endAlignment() {
        guard isPlaced else { return }
        deadlines.alignment = nil
        origination?.caller = PartyDescriptions()
        origination?.callee = PartyDescriptions()
    }
}
