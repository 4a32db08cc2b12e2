import Accounting
import MediaSessions
import SDP
import SIPMessages
import Timeline

/// How a call passes events from one leg to the other.
extension Call {
    mutating func receive(
        _ event: LegEvent, from side: MediaSide, _ now: Instant, _ effects: inout [Effect]
    ) {
        switch event {
        case .trying: if side == hunt.side { hunt.noResponseDeadline = nil }
        case .ringing(let status, let description): ringing(side, status, description, now, &effects)
        case .connected(let description): connected(side, description, now, &effects)
        case .failed(let failure):
            if side == .caller { callerLeg = nil } else { calleeLeg = nil }
            effects.append(.releaseConnection(side))
            attemptFailed(failure, now, &effects)
        case .acknowledged(let description): acknowledged(by: side, description, now, &effects)
        case .offered(let description): offered(by: side, description, now, &effects)
        case .updated(let description): updated(by: side, description, now, &effects)
        case .updateRefused(let failure): updateRefused(by: side, failure, now, &effects)
        case .information(let type, let body): inform(from: side, type, body, &effects)
        case .informationAnswered(let status):
            if hasParty { effects.append(.media(.party(media.session, .infoAnswered(isAccepted: status.isSuccess)))) }
            tell(side.other, .answerInformation(status), &effects)
        case .refreshDue: refreshSession(of: side, &effects)
        case .headers(let headers):
            if let channel { effects.append(.channelHeaders(channel, headers)) }
        case .transferProgress(let progress): tellChannel(.referred(progress), &effects)
        case .transferRequested(let request): transferRequested(by: side, request, now, &effects)
        case .released(let release): released(by: side, release, now, &effects)
        case .ended: break
        }
    }

    // MARK: Set-up

    private mutating func ringing(
        _ side: MediaSide, _ status: StatusCode, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard state == .arComplete else { return }
        if isPlaced { return placedPartyRings(side, description, now, &effects) }
        if application != nil { return applicationsPartyRings(description, now, &effects) }
        if times.ringing == nil { times.ringing = now }
        var passed = description
        if let description {
            negotiation.earlyAnswer = description
            passed = carried(description, from: .callee, &effects)
        }
        tell(.caller, .ring(status, description: passed), &effects)
    }

    private mutating func connected(
        _ side: MediaSide, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard state == .arComplete, let leg = leg(on: side) else { return }
        if side == .caller { return firstPartyAnswered(description, now, &effects) }
        if application != nil { return applicationsPartyAnswered(description, now, &effects) }
        let description = description ?? negotiation.earlyAnswer
        guard ensurePorts(for: description, leg, .connected(description: description), &effects) else { return }
        let isDelayed = negotiation.callerOffer == nil
        hunt.endAttempt(.connected, nil, at: now)
        hunt.candidates = []
        negotiation.earlyAnswer = nil
        beginConversation(now, &effects)
        if isPlaced { return secondPartyAnswered(description, now, &effects) }
        let passed = description.flatMap { carried($0, from: .callee, &effects) }
        tell(.caller, .answer(description: passed), &effects)
        if isDelayed && description == nil { effects.append(.tell(leg, .acknowledge(description: nil))) }
        superviseMedia(&effects)
    }

    /// Both parties have answered: the meter and the deadline of the credit time start.
    mutating func beginConversation(_ now: Instant, _ effects: inout [Effect]) {
        times.answer = now
        negotiation.callerOffer = nil
        enter(.connected, &effects)
        if let limit = deadlines.policy.maxCreditTime { deadlines.credit = now + limit }
    }

    // MARK: Renegotiation

    private mutating func offered(
        by side: MediaSide, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        if state == .arComplete && isPlaced && side == .caller {
            return answerWaitingParty(description, now, &effects)
        }
        if application != nil { return answerForApplication(description, &effects) }
        guard state == .connected, negotiation.pending == nil, negotiation.deferred == nil else {
            return tell(side, .reject(Failure(.requestPending)), &effects)
        }
        guard let leg = leg(on: side), ensurePorts(for: description, leg, .offered(description: description), &effects)
        else { return }
        negotiation.pending = side
        rememberBeforeOffer(of: side)
        guard let description else { return tell(side.other, .offer(description: nil), &effects) }
        guard let passed = carried(description, from: side, &effects) else {
            negotiation.pending = nil
            return tell(side, .reject(Failure(.notAcceptableHere)), &effects)
        }
        tell(side.other, .offer(description: passed), &effects)
    }

    private mutating func updated(
        by side: MediaSide, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        if application != nil { return holdSettled(description, isAccepted: true, &effects) }
        if negotiation.succession?.step == .joining { return otherPartyAnswered(by: side, description, now, &effects) }
        guard state == .connected, negotiation.pending == side.other else { return }
        if let leg = leg(on: side), !ensurePorts(for: description, leg, .updated(description: description), &effects) {
            return
        }
        negotiation.pending = nil
        if negotiation.isRefresh { return refreshed(by: side, description, &effects) }
        if negotiation.isOwn { return ownOfferAnswered(by: side, description, &effects) }
        media.beforeOffer = nil
        endAlignment()
        let passed = description.flatMap { carried($0, from: side, &effects) }
        tell(side.other, .answer(description: passed), &effects)
        if description == nil { tell(side, .acknowledge(description: nil), &effects) }
        superviseMedia(&effects)
    }

    private mutating func updateRefused(
        by side: MediaSide, _ failure: Failure, _ now: Instant, _ effects: inout [Effect]
    ) {
        if application != nil { return holdSettled(nil, isAccepted: false, &effects) }
        if negotiation.succession?.step == .joining { return joiningRefused(failure, now, &effects) }
        guard negotiation.pending == side.other else { return }
        negotiation.pending = nil
        if negotiation.isRefresh { return negotiation.isRefresh = false }
        if negotiation.isOwn { return ownOfferRefused(failure, now, &effects) }
        restoreBeforeOffer(of: side.other, &effects)
        tell(side.other, .reject(failure), &effects)
    }

    /// The session with a party has to be refreshed: it hears again what it has heard last. While another exchange is
    /// under way that has to wait, or is the refresh.
    private mutating func refreshSession(of side: MediaSide, _ effects: inout [Effect]) {
        if application != nil { return refreshApplicationsSession(&effects) }
        guard state == .connected, negotiation.pending == nil, negotiation.deferred == nil,
            negotiation.succession == nil
        else { return }
        negotiation.pending = side.other
        negotiation.isRefresh = true
        tell(side, .refresh, &effects)
    }

    private mutating func refreshed(by side: MediaSide, _ description: [UInt8]?, _ effects: inout [Effect]) {
        negotiation.isRefresh = false
        guard let summary = description.flatMap({ SDPSummary(scanning: $0) }) else { return }
        if media.mode == .relay { direct(to: summary, from: side, &effects) } else { takeNote(of: summary, from: side) }
        superviseMedia(&effects)
    }

    /// The answer to an offer that the other leg made in its 2xx.
    private mutating func acknowledged(
        by side: MediaSide, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        if application != nil { return applicationsOfferAnswered(description, now, &effects) }
        if state == .arComplete && side == .callee { return pickedUp(description, now, &effects) }
        guard state == .connected else { return }
        let passed = description.flatMap { carried($0, from: side, &effects) }
        tell(side.other, .acknowledge(description: passed), &effects)
        superviseMedia(&effects)
    }

    private mutating func inform(
        from side: MediaSide, _ type: [UInt8], _ body: [UInt8], _ effects: inout [Effect]
    ) {
        if application != nil {
            hear(type, body, &effects)
        } else if state == .connected {
            tell(side.other, .inform(contentType: type, body: body), &effects)
        } else {
            tell(side, .answerInformation(isPlaced ? .ok : .callDoesNotExist), &effects)
        }
    }

    // MARK: Help

    func leg(on side: MediaSide) -> SlotHandle? { side == .caller ? callerLeg : calleeLeg }

    func tell(_ side: MediaSide, _ command: LegCommand, _ effects: inout [Effect]) {
        guard let leg = leg(on: side) else { return tellPeer(side, command, &effects) }
        effects.append(.tell(leg, command))
    }
}
