import Accounting
import MediaSessions
import Routing
import SDP
import SIPMessages
import Timeline

/// How a call hunts through its routes.
extension Call {
    /// Passes through authentication, as it has succeeded before the call is told anything.
    public mutating func enterRouting(into effects: inout [Effect]) {
        enter(.waitAuth, &effects)
        enter(.waitRoute, &effects)
    }

    mutating func route(_ candidates: [RouteCandidate], _ now: Instant, _ effects: inout [Effect]) {
        guard state == .waitRoute else { return }
        enter(.arComplete, &effects)
        hunt.candidates = candidates
        let offer = negotiation.callerOffer.flatMap { SDPSummary(scanning: $0) }
        if let offer { takeNote(of: offer, from: .caller) }
        if application != nil {
            negotiation.deferred = .attempt
            openEndpoint(&effects)
        } else if media.mode == .relay {
            negotiation.deferred = .attempt
            openMedia(streams: streamCount(of: offer), &effects)
        } else {
            nextAttempt(now, &effects)
        }
    }

    /// Starts the next attempt, or ends the call with the best answer so far.
    mutating func nextAttempt(_ now: Instant, _ effects: inout [Effect]) {
        if let service = application?.service {
            return effects.append(.enter(service: service, description: applicationOffer()))
        }
        hunt.position += 1
        guard let candidate = hunt.current else { return refuseWithBestAnswer(now, &effects) }
        hunt.attemptStarted = now
        negotiation.earlyAnswer = nil
        parties.connection = candidate.connectionID
        parties.price = candidate.price
        parties.prefix = []
        if hunt.side == .caller {
            return effects.append(.attempt(candidate, .caller, description: firstOffer()))
        }
        media.calleeAddress = nil
        if application != nil {
            return effects.append(.attempt(candidate, .callee, description: applicationOffer()))
        }
        var description = negotiation.callerOffer
        if isPlaced, let description { origination?.callee.told = description }
        if let offer = description, media.mode == .relay {
            guard let relayed = relayed(offer, from: .caller, &effects) else {
                return refuse(Failure(.notAcceptableHere), by: .switch, now, &effects)
            }
            description = relayed
        }
        effects.append(.attempt(candidate, .callee, description: description))
    }

    mutating func attemptBegan(_ attempt: StartedAttempt, _ now: Instant) {
        if negotiation.succession != nil { return successorCalled(attempt, now) }
        liveLegs += 1
        if hunt.side == .caller {
            callerLeg = attempt.leg
            callerCallID = attempt.callID
        } else {
            calleeLeg = attempt.leg
            calleeCallID = attempt.callID
        }
        parties.vendor = attempt.vendor
        parties.callerNumberOut = attempt.callerNumber
        parties.calledNumberOut = attempt.calledNumber
        parties.prefix = attempt.prefix
        hunt.huntstopCodes = attempt.huntstopCodes
        awaitAnswer(now)
    }

    /// Sets the deadlines of the attempt that has been started.
    mutating func awaitAnswer(_ now: Instant) {
        guard let candidate = hunt.current else { return }
        hunt.noResponseDeadline = candidate.timeout1xx.map { now + $0 }
        hunt.noAnswerDeadline = now + min(candidate.timeout2xx ?? deadlines.policy.noAnswer, deadlines.policy.noAnswer)
    }

    /// The attempt under way is over without an answer: the hunt goes on or ends.
    mutating func attemptFailed(_ failure: Failure, _ now: Instant, _ effects: inout [Effect]) {
        if negotiation.succession != nil { return successorFailed(failure, now, &effects) }
        guard state == .arComplete, let candidate = hunt.current else { return }
        let outcome = failure.attemptOutcome
        hunt.endAttempt(RouteAttempt.Outcome(outcome), failure, at: now)
        dropAttempt(Release(.commanded, cause: failure.cause, status: failure.status.rawValue), &effects)
        hunt.best.consider(
            outcome, reason: failure.phrase ?? [], retryAfter: failure.retryAfter, cause: failure.cause)
        guard let codes = hunt.huntstopCodes else { return nextAttempt(now, &effects) }
        switch FailoverPolicy.verdict(on: outcome, codes: codes, isHuntstop: candidate.isHuntstop) {
        case .continueHunt: nextAttempt(now, &effects)
        case .stop: refuseWithBestAnswer(now, &effects)
        }
    }

    /// Lets go of the leg of the attempt under way; nothing waits for its end.
    mutating func dropAttempt(_ release: Release, _ effects: inout [Effect]) {
        if let leg = leg(on: hunt.side) {
            liveLegs -= 1
            abandonedLegs.append(leg)
        }
        abandon(hunt.side, release, &effects)
    }

    /// Nobody will answer: the caller hears the best that was said.
    private mutating func refuseWithBestAnswer(_ now: Instant, _ effects: inout [Effect]) {
        let best = hunt.best
        var failure = Failure(
            best.status, phrase: best.reason.isEmpty ? nil : best.reason, retryAfter: best.retryAfter)
        failure.cause = best.cause
        // An application is no caller from whom something is hidden.
        if application != nil, let status = best.peerStatus { failure.status = status }
        let party: CallParty = hunt.side == .caller ? .caller : .callee
        let isTheirs = hunt.attempts.contains {
            $0.party == party && $0.outcome == .answered && $0.status == failure.status.rawValue
        }
        refuse(failure, by: !isTheirs ? .switch : hunt.side == .caller ? .caller : .callee, now, &effects)
    }

    /// Lets go of a leg that we have opened; the leg ends by itself.
    mutating func abandon(_ side: MediaSide, _ release: Release, _ effects: inout [Effect]) {
        guard let leg = leg(on: side) else { return tellPeer(side, .release(release), &effects) }
        if side == .caller { callerLeg = nil } else { calleeLeg = nil }
        effects.append(.tell(leg, .release(release)))
        effects.append(.releaseConnection(side))
    }

    /// Ends an unanswered call from our side: the caller gets the final answer.
    mutating func refuse(_ failure: Failure, by endedBy: EndedBy, _ now: Instant, _ effects: inout [Effect]) {
        guard ending == nil else { return }
        end(by: endedBy, failure.status, cause: failure.cause, at: now)
        if isPlaced {
            let cause = failure.cause ?? Q850.cause(of: failure.status)
            abandon(.caller, Release(.commanded, cause: cause, status: failure.status.rawValue), &effects)
        } else {
            tell(.caller, .reject(failure), &effects)
        }
        tearDown(now, &effects)
    }
}

/// The attempt that a shard has started for a call.
public struct StartedAttempt: Sendable {
    public var leg: SlotHandle
    public var callID: [UInt8]
    public var vendor: Int
    /// The numbers as they were sent.
    public var callerNumber: [UInt8]
    public var calledNumber: [UInt8]
    /// The prefix of the route.
    public var prefix: [UInt8] = []
    /// The answers of this connection that end the hunt.
    public var huntstopCodes: HuntstopCodes

    public init(
        leg: SlotHandle, callID: [UInt8], connection: ConnectionEntry, callerNumber: [UInt8], calledNumber: [UInt8]
    ) {
        self.leg = leg
        self.callID = callID
        vendor = connection.vendor
        huntstopCodes = connection.huntstopCodes
        self.callerNumber = callerNumber
        self.calledNumber = calledNumber
    }
}

extension Failure {
    /// What the failure of an INVITE means to the hunt.
    var attemptOutcome: AttemptOutcome {
        switch origin {
        case .answered: .answered(status)
        case .noResponse: .noReply
        case .noAnswer: .noAnswer
        case .unreachable: .unreachable
        case .local: .overCapacity
        }
    }
}

extension RouteAttempt.Outcome {
    init(_ outcome: AttemptOutcome) {
        switch outcome {
        case .answered: self = .answered
        case .noReply: self = .noReply
        case .noAnswer: self = .noAnswer
        case .unreachable: self = .unreachable
        case .overCapacity: self = .overCapacity
        }
    }
}
