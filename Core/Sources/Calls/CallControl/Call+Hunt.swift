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
        if media.mode == .relay {
            negotiation.deferred = .attempt
            openMedia(streams: streamCount(of: offer), &effects)
        } else {
            nextAttempt(now, &effects)
        }
    }

    /// Starts the next attempt, or ends the call with the best answer so far.
    mutating func nextAttempt(_ now: Instant, _ effects: inout [Effect]) {
        hunt.position += 1
        guard let candidate = hunt.current else { return refuseWithBestAnswer(now, &effects) }
        hunt.attemptStarted = now
        negotiation.earlyAnswer = nil
        parties.connection = candidate.connectionID
        media.calleeAddress = nil
        var description = negotiation.callerOffer
        if let offer = description, media.mode == .relay {
            guard let relayed = relayed(offer, from: .caller, &effects) else {
                return refuse(Failure(.notAcceptableHere), by: .switch, now, &effects)
            }
            description = relayed
        }
        effects.append(.attempt(candidate, description: description))
    }

    mutating func attemptBegan(_ attempt: StartedAttempt, _ now: Instant) {
        liveLegs += 1
        calleeLeg = attempt.leg
        calleeCallID = attempt.callID
        parties.vendor = attempt.vendor
        parties.callerNumberOut = attempt.callerNumber
        parties.calledNumberOut = attempt.calledNumber
        hunt.huntstopCodes = attempt.huntstopCodes
        guard let candidate = hunt.current else { return }
        hunt.noResponseDeadline = candidate.timeout1xx.map { now + $0 }
        hunt.noAnswerDeadline = now + min(candidate.timeout2xx ?? deadlines.policy.noAnswer, deadlines.policy.noAnswer)
    }

    /// The attempt under way is over without an answer: the hunt goes on or ends.
    mutating func attemptFailed(_ failure: Failure, _ now: Instant, _ effects: inout [Effect]) {
        guard state == .arComplete, let candidate = hunt.current else { return }
        let outcome = failure.attemptOutcome
        hunt.endAttempt(RouteAttempt.Outcome(outcome), failure, at: now)
        if let leg = calleeLeg {
            liveLegs -= 1
            abandonedLegs.append(leg)
        }
        abandonCallee(Release(.commanded), &effects)
        hunt.best.consider(outcome, reason: failure.phrase ?? [], retryAfter: failure.retryAfter)
        guard let codes = hunt.huntstopCodes else { return nextAttempt(now, &effects) }
        switch FailoverPolicy.verdict(on: outcome, codes: codes, isHuntstop: candidate.isHuntstop) {
        case .continueHunt: nextAttempt(now, &effects)
        case .stop: refuseWithBestAnswer(now, &effects)
        }
    }

    /// Nobody will answer: the caller hears the best that was said.
    private mutating func refuseWithBestAnswer(_ now: Instant, _ effects: inout [Effect]) {
        let best = hunt.best
        let isCallees = hunt.attempts.contains { $0.outcome == .answered && $0.status == best.status.rawValue }
        let failure = Failure(
            best.status, phrase: best.reason.isEmpty ? nil : best.reason, retryAfter: best.retryAfter)
        refuse(failure, by: isCallees ? .callee : .switch, now, &effects)
    }

    /// Lets go of the callee leg of an attempt; the leg ends by itself.
    mutating func abandonCallee(_ release: Release, _ effects: inout [Effect]) {
        if let leg = calleeLeg {
            calleeLeg = nil
            effects.append(.tell(leg, .release(release)))
            effects.append(.releaseConnection)
        }
    }

    /// Ends an unanswered call from our side: the caller gets the final answer.
    mutating func refuse(_ failure: Failure, by endedBy: EndedBy, _ now: Instant, _ effects: inout [Effect]) {
        guard ending == nil else { return }
        end(by: endedBy, failure.status, cause: failure.cause, at: now)
        effects.append(.tell(callerLeg, .reject(failure)))
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
