import Accounting
import MediaSessions
import Routing
import SIPMessages
import Timeline

/// How somebody else takes the place of a party: the call goes on, with its other party, its record and its media port.
extension Call {
    /// How long an application may think about a REFER of its far end.
    static let transferPatience: Duration = .seconds(10)
    /// How long a party that was replaced as it had asked for may take to hang up.
    static let retirement: Duration = .seconds(2)

    private var succession: Succession? {
        get { negotiation.succession }
        set { negotiation.succession = newValue }
    }

    // MARK: REFER

    /// A party asks to be put through to somebody else.
    mutating func transferRequested(
        by side: MediaSide, _ request: TransferRequest, _ now: Instant, _ effects: inout [Effect]
    ) {
        if isPlaced { return tell(side, .answerTransfer(.decline), &effects) }
        guard state == .connected, succession == nil, negotiation.pending == nil, negotiation.deferred == nil,
            application?.isChangingHold != true
        else { return tell(side, .answerTransfer(.requestPending), &effects) }
        succession = Succession(side: side, step: .requested, request: request)
        guard let application else { return effects.append(.routeSuccessor(side, request)) }
        deadlines.succession = now + Self.transferPatience
        effects.append(.channelTransferRequested(application.channel, request))
        tellChannel(.transferRequested(true), &effects)
    }

    /// The application has decided about the REFER.
    mutating func transferAnswered(_ isAccepted: Bool, _ effects: inout [Effect]) {
        guard let asked = succession, asked.step == .requested, let request = asked.request else {
            return tellChannel(.farEndChanged(false), &effects)
        }
        deadlines.succession = nil
        if isAccepted { return effects.append(.routeSuccessor(asked.side, request)) }
        succession = nil
        tell(asked.side, .answerTransfer(.decline), &effects)
    }

    /// Nobody decided about the REFER in time.
    mutating func transferExpired(_ effects: inout [Effect]) {
        guard let asked = succession, asked.step == .requested else { return }
        succession = nil
        tell(asked.side, .answerTransfer(.decline), &effects)
        tellChannel(.transferRequested(false), &effects)
    }

    /// The shard knows ways to the successor.
    mutating func successorRouted(_ candidates: [RouteCandidate], _ now: Instant, _ effects: inout [Effect]) {
        guard let side = succession?.side, succession?.step == .requested else { return }
        succession?.step = .calling
        tell(side, .answerTransfer(.accepted), &effects)
        hunt.turn(to: side, through: candidates)
        nextSuccessor(now, &effects)
    }

    /// The successor may not or cannot be called.
    mutating func successorRefused(_ failure: Failure, _ effects: inout [Effect]) {
        guard let side = succession?.side, succession?.step == .requested else { return }
        succession = nil
        tell(side, .answerTransfer(failure.status), &effects)
        tellChannel(.farEndChanged(false), &effects)
    }

    /// The successor is in another call of the party's, from which he has been taken.
    mutating func successorMoved(_ leg: SlotHandle, _ now: Instant, _ effects: inout [Effect]) {
        liveLegs += 1
        guard let side = succession?.side, succession?.step == .requested else {
            liveLegs -= 1
            abandonedLegs.append(leg)
            return effects.append(.tell(leg, .release(Release(.commanded))))
        }
        succession?.step = .joining
        succession?.leg = leg
        tell(side, .answerTransfer(.accepted), &effects)
        // Between two parties the successor is asked for an offer, because only the other party can answer it.
        effects.append(.tell(leg, .offer(description: applicationOffer())))
    }

    /// A party of this call is to be one of another call, to which the other party of this one has asked for it: the call
    /// ends, and with it the leg of who asked. nil where the call is not between two parties who have agreed.
    public mutating func surrender(
        _ side: MediaSide, at now: Instant, into effects: inout [Effect]
    ) -> SlotHandle? {
        guard state == .connected, application == nil, !isPlaced, succession == nil, negotiation.pending == nil,
            negotiation.deferred == nil, let leg = leg(on: side)
        else { return nil }
        liveLegs -= 1
        if side == .caller { callerLeg = nil } else { calleeLeg = nil }
        effects.append(.releaseConnection(side))
        disconnect(by: side == .caller ? .callee : .caller, "the other party was handed on", now, &effects)
        return leg
    }

    private mutating func nextSuccessor(_ now: Instant, _ effects: inout [Effect]) {
        guard let side = succession?.side else { return }
        hunt.position += 1
        guard let candidate = hunt.current else { return succeedNobody(hunt.best.status, now, &effects) }
        hunt.attemptStarted = now
        // Between two parties the successor is asked for an offer, because only the other party can answer it.
        effects.append(.attempt(candidate, side, description: applicationOffer()))
    }

    /// A leg has been made for the successor.
    mutating func successorCalled(_ attempt: StartedAttempt, _ now: Instant) {
        liveLegs += 1
        succession?.leg = attempt.leg
        hunt.huntstopCodes = attempt.huntstopCodes
        awaitAnswer(now)
    }

    /// The attempt under way is over without an answer: the next one, or nobody.
    mutating func successorFailed(_ failure: Failure, _ now: Instant, _ effects: inout [Effect]) {
        guard succession?.step == .calling, let candidate = hunt.current else { return }
        let outcome = failure.attemptOutcome
        hunt.endAttempt(RouteAttempt.Outcome(outcome), failure, at: now)
        dismissSuccessor(Release(.commanded, cause: failure.cause, status: failure.status.rawValue), &effects)
        hunt.best.consider(outcome, reason: failure.phrase ?? [], retryAfter: failure.retryAfter)
        guard let codes = hunt.huntstopCodes else { return nextSuccessor(now, &effects) }
        switch FailoverPolicy.verdict(on: outcome, codes: codes, isHuntstop: candidate.isHuntstop) {
        case .continueHunt: nextSuccessor(now, &effects)
        case .stop: succeedNobody(hunt.best.status, now, &effects)
        }
    }

    /// Lets go of the successor's leg, which ends by itself.
    private mutating func dismissSuccessor(_ release: Release, _ effects: inout [Effect]) {
        guard let leg = succession?.leg else { return }
        succession?.leg = nil
        liveLegs -= 1
        abandonedLegs.append(leg)
        effects.append(.tell(leg, .release(release)))
        effects.append(.releaseSuccessor)
    }

    /// Nobody takes the place: all is as before, unless the party has hung up already.
    private mutating func succeedNobody(_ status: StatusCode, _ now: Instant, _ effects: inout [Effect]) {
        guard let given = succession else { return }
        dismissSuccessor(Release(.commanded), &effects)
        succession = nil
        hunt.candidates = []
        if given.step == .joining {
            negotiation.pending = nil
            restoreBeforeOffer(of: given.side, &effects)
        }
        tell(given.side, .tellTransfer(status), &effects)
        tellChannel(.farEndChanged(false), &effects)
        if given.isAlone { disconnect(by: .switch, "nobody took the place of a party", now, &effects) }
    }

    // MARK: Replaces

    /// Somebody invites himself in place of a party.
    mutating func replaced(by newcomer: Replacement, _ now: Instant, _ effects: inout [Effect]) {
        liveLegs += 1
        if state == .arComplete { return pickUp(newcomer, now, &effects) }
        guard state == .connected, succession == nil, negotiation.pending == nil, negotiation.deferred == nil,
            application?.isChangingHold != true
        else { return effects.append(.tell(newcomer.leg, .reject(Failure(.requestPending)))) }
        succession = Succession(side: newcomer.side, step: .joining, leg: newcomer.leg)
        join(newcomer.offer, now, &effects)
    }

    // MARK: Joining

    /// What the successor's leg tells before it is a party.
    mutating func receiveFromSuccessor(
        _ event: LegEvent, _ leg: SlotHandle, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard let given = succession else { return }
        switch event {
        case .trying: hunt.noResponseDeadline = nil
        case .ringing: tell(given.side, .tellTransfer(.ringing), &effects)
        case .connected(let description):
            guard given.step == .calling else { return join(description, now, &effects) }
            hunt.endAttempt(.connected, nil, at: now)
            hunt.candidates = []
            succession?.step = .joining
            join(description, now, &effects)
        case .failed(let failure): successorFailed(failure, now, &effects)
        case .offered(let description):
            // A newcomer's offer that waited for ports; a re-INVITE of one who is not a party yet must wait.
            if given.request == nil && negotiation.pending == nil {
                join(description, now, &effects)
            } else {
                effects.append(.tell(leg, .reject(Failure(.requestPending))))
            }
        case .transferRequested: effects.append(.tell(leg, .answerTransfer(.requestPending)))
        case .information: effects.append(.tell(leg, .answerInformation(.ok)))
        case .released:
            // He has hung up: there is nothing to let go of any more.
            succession?.leg = nil
            effects.append(.releaseSuccessor)
            succeedNobody(.requestTerminated, now, &effects)
        case .updated(let description): if given.step == .joining { join(description, now, &effects) }
        case .updateRefused(let failure): succeedNobody(failure.status, now, &effects)
        case .headers, .refreshDue, .acknowledged, .informationAnswered, .transferProgress, .ended: break
        }
    }

    /// The successor has described its media, or wants our description: an application answers for itself, a party is
    /// asked by re-INVITE.
    private mutating func join(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        guard let given = succession, let leg = given.leg else { return }
        if application != nil { return joinApplication(description, leg, now, &effects) }
        let isCalled = given.request != nil
        if isCalled && description == nil { return succeedNobody(.notAcceptableHere, now, &effects) }
        let event = isCalled ? LegEvent.connected(description: description) : .offered(description: description)
        guard ensurePorts(for: description, leg, event, &effects) else { return }
        rememberBeforeOffer(of: given.side)
        negotiation.pending = given.side
        guard let description else { return tell(given.side.other, .offer(description: nil), &effects) }
        guard let passed = carried(description, from: given.side, &effects) else {
            return joiningRefused(Failure(.notAcceptableHere), now, &effects)
        }
        tell(given.side.other, .offer(description: passed), &effects)
    }

    private mutating func joinApplication(
        _ description: [UInt8]?, _ leg: SlotHandle, _ now: Instant, _ effects: inout [Effect]
    ) {
        if succession?.request != nil {
            guard let description, agree(on: description, &effects) != nil else {
                return succeedNobody(.notAcceptableHere, now, &effects)
            }
        } else {
            guard let answer = ownAnswer(to: description, &effects) else {
                return joiningRefused(Failure(.notAcceptableHere), now, &effects)
            }
            effects.append(.tell(leg, .answer(description: answer)))
        }
        succeed(now, &effects)
        superviseParty(&effects)
        tellChannel(.farEndChanged(true), &effects)
    }

    /// The other party has answered what the successor had offered.
    mutating func otherPartyAnswered(
        by side: MediaSide, _ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard let given = succession, let leg = given.leg else { return }
        if let other = self.leg(on: side),
            !ensurePorts(for: description, other, .updated(description: description), &effects)
        {
            return
        }
        negotiation.pending = nil
        media.beforeOffer = nil
        let passed = description.flatMap { carried($0, from: side, &effects) }
        let isCalled = given.request != nil
        effects.append(.tell(leg, isCalled ? .acknowledge(description: passed) : .answer(description: passed)))
        if description == nil { tell(side, .acknowledge(description: nil), &effects) }
        succeed(now, &effects)
        superviseMedia(&effects)
    }

    /// The other party will have nothing of the successor, or its offer is nothing.
    mutating func joiningRefused(_ failure: Failure, _ now: Instant, _ effects: inout [Effect]) {
        guard let given = succession, let leg = given.leg else { return }
        if given.request != nil { return succeedNobody(failure.status, now, &effects) }
        succession = nil
        negotiation.pending = nil
        restoreBeforeOffer(of: given.side, &effects)
        effects.append(.tell(leg, .reject(failure)))
    }

    /// The successor is the party from now on. A party that asked for it hears so and may hang up itself; one that was
    /// replaced is hung up (RFC 3891 §3).
    private mutating func succeed(_ now: Instant, _ effects: inout [Effect]) {
        guard let given = succession, let leg = given.leg else { return }
        let old = self.leg(on: given.side)
        succession = nil
        if let old {
            liveLegs -= 1
            abandonedLegs.append(old)
            if given.request != nil {
                effects.append(.tell(old, .tellTransfer(.ok)))
                retire(RetiredParty(leg: old, deadline: now + Self.retirement), &effects)
            } else {
                effects.append(.tell(old, .release(Release(.commanded, cause: Q850.normalClearing))))
            }
        }
        if given.side == .caller { callerLeg = leg } else { calleeLeg = leg }
        effects.append(.adoptSuccessor(given.side))
    }

    private mutating func retire(_ party: RetiredParty, _ effects: inout [Effect]) {
        releaseRetired(&effects)
        deadlines.retired = party
    }

    /// Hangs up on a party that was replaced and did not hang up itself.
    mutating func releaseRetired(_ effects: inout [Effect]) {
        guard let retired = deadlines.retired else { return }
        deadlines.retired = nil
        effects.append(.tell(retired.leg, .release(Release(.commanded, cause: Q850.normalClearing))))
    }

    // MARK: Endings

    /// Whether the party that hangs up had asked to be replaced: then the call goes on without it.
    mutating func leavesToSuccessor(_ side: MediaSide, _ release: Release, _ effects: inout [Effect]) -> Bool {
        guard let given = succession, given.side == side, given.request != nil, given.step != .requested,
            release.kind == .bye, !given.isAlone
        else { return false }
        succession?.isAlone = true
        if side == .caller { callerLeg = nil } else { calleeLeg = nil }
        effects.append(.releaseConnection(side))
        return true
    }

    /// The call ends: whoever was to become a party is let go.
    mutating func endSuccession(_ effects: inout [Effect]) {
        releaseRetired(&effects)
        deadlines.succession = nil
        dismissSuccessor(Release(.commanded, cause: Q850.normalClearing), &effects)
        succession = nil
    }
}

extension Call {
    /// Whose leg this is; nil where it is no party's any more.
    public func side(of leg: SlotHandle) -> MediaSide? {
        leg == callerLeg ? .caller : leg == calleeLeg ? .callee : nil
    }
}
