import Accounting
import MediaSessions
import SIPMessages
import Timeline

/// How a call ends: once, for one reason, with one record.
extension Call {
    /// A peer, or the network, ended a leg: the other one is ended too.
    mutating func released(by side: MediaSide, _ release: Release, _ now: Instant, _ effects: inout [Effect]) {
        guard ending == nil, !leavesToSuccessor(side, release, &effects) else { return }
        let endedBy: EndedBy = side == .caller ? .caller : .callee
        let status = releasedStatus(by: side)
        switch release.kind {
        case .bye: end(by: endedBy, status, cause: release.cause, at: now)
        case .cancel: end(by: .caller, .requestTerminated, cause: release.cause, at: now)
        case .noAcknowledgement:
            end(by: .switch, status, cause: nil, "the answer was never acknowledged (no ACK)", at: now)
        case .lost: end(by: .switch, status, cause: nil, "the peer no longer knew the dialog", at: now)
        case .commanded: end(by: .switch, status, cause: release.cause, at: now)
        }
        var passed = Release(.commanded, cause: release.cause, status: release.status)
        // A CANCEL always says why; a BYE repeats what it was told.
        if passed.cause == nil && passed.status == nil && times.answer == nil { passed.cause = ending?.cause }
        if side == .caller {
            if hunt.current != nil && times.answer == nil { hunt.endAttempt(.abandoned, nil, at: now) }
            abandon(.callee, passed, &effects)
            if isPlaced { effects.append(.releaseConnection(.caller)) }
        } else {
            calleeLeg = nil
            effects.append(.releaseConnection(.callee))
            if isPlaced {
                abandon(.caller, passed, &effects)
            } else if times.answer == nil {
                tell(.caller, .reject(Failure(status, cause: passed.cause)), &effects)
            } else {
                tell(.caller, .release(passed), &effects)
            }
        }
        tearDown(now, &effects)
    }

    /// What a call ends with whose answered leg on this side ends: one that was never connected has not succeeded. A party
    /// that was called first and hangs up has called the call off; of a callee who picked up and left, the waiting caller
    /// hears what the record says.
    private func releasedStatus(by side: MediaSide) -> StatusCode {
        guard times.answer == nil else { return .ok }
        return isPlaced || side == .caller ? .requestTerminated : .temporarilyUnavailable
    }

    /// Ends the call from outside: an operator, an application, a limit or the draining switch. `unanswered` is what
    /// becomes of a call that was not answered yet.
    mutating func disconnect(
        by endedBy: EndedBy, _ detail: StaticString, unanswered: Failure = Failure(.temporarilyUnavailable),
        _ now: Instant, _ effects: inout [Effect]
    ) {
        guard ending == nil else { return }
        let isAnswered = times.answer != nil
        end(
            by: endedBy, isAnswered ? .ok : unanswered.status, cause: isAnswered ? nil : unanswered.cause, detail,
            at: now)
        if hunt.current != nil && !isAnswered { hunt.endAttempt(.abandoned, nil, at: now) }
        let release = Release(.commanded, cause: Q850.normalClearing)
        abandon(.callee, release, &effects)
        if isPlaced {
            abandon(.caller, release, &effects)
        } else {
            tell(.caller, isAnswered ? .release(release) : .reject(unanswered), &effects)
        }
        tearDown(now, &effects)
    }

    /// What becomes of an unanswered call that somebody ends from outside. A switch that stops cannot serve it, and its
    /// caller may try another one; who ends an application's call early calls it off in the application's place.
    func unansweredStatus(of endedBy: EndedBy) -> StatusCode {
        switch endedBy {
        case .switch: .serviceUnavailable
        case .api where application != nil: .requestTerminated
        case .api, .application, .caller, .callee: .temporarilyUnavailable
        }
    }

    /// Writes the one ending down.
    mutating func end(
        by endedBy: EndedBy, _ status: StatusCode, cause: UInt8?, _ detail: StaticString = "", at now: Instant
    ) {
        guard ending == nil else { return }
        let hangup: HangupCause
        if let cause, let told = HangupCause(q850: cause) {
            hangup = told
        } else {
            hangup = times.answer == nil ? HangupCause(unanswered: status) : .normalClearing
        }
        var ending = CallEnding(
            by: endedBy, status: status.rawValue, cause: cause ?? Q850.cause(of: status),
            clearingCause: ClearingCause(status: status, told: cause).rawValue, hangupCause: hangup.rawValue)
        detail.withUTF8Buffer { ending.detail = [UInt8]($0) }
        self.ending = ending
        times.end = now
    }

    /// Frees what an ended call no longer needs and waits for its legs.
    mutating func tearDown(_ now: Instant, _ effects: inout [Effect]) {
        enter(.disconnecting, &effects)
        hunt.candidates = []
        hunt.noResponseDeadline = nil
        hunt.noAnswerDeadline = nil
        deadlines.credit = nil
        deadlines.alignment = nil
        endSuccession(&effects)
        negotiation = CallNegotiation()
        effects.append(.releaseAdmission)
        endPartysJobs(&effects)
        if media.isOpen {
            media.isClosing = true
            deadlines.mediaClosing = now + deadlines.policy.mediaClosing
            effects.append(.media(.close(media.session)))
        }
        concludeIfQuiet(now, &effects)
    }

    mutating func legEnded(_ leg: SlotHandle, _ now: Instant, _ effects: inout [Effect]) {
        if let abandoned = abandonedLegs.firstIndex(of: leg) {
            abandonedLegs.remove(at: abandoned)
            return
        }
        liveLegs -= 1
        if leg == calleeLeg { calleeLeg = nil }
        if ending == nil && leg == callerLeg {
            // A caller leg never ends without a reason that was reported first.
            end(by: .switch, .serverInternalError, cause: nil, at: now)
            if isPlaced { effects.append(.releaseConnection(.caller)) }
            abandon(.callee, Release(.commanded), &effects)
            tearDown(now, &effects)
        }
        concludeIfQuiet(now, &effects)
    }

    /// Once the relay has reported, the record goes to the store: the session is over with the request that ends it,
    /// whether that is ever answered or not (RFC 3261 §15.1.1). Once both legs have ended, too, the call is dead.
    mutating func concludeIfQuiet(_ now: Instant, _ effects: inout [Effect]) {
        guard state == .disconnecting, !media.isClosing else { return }
        deadlines.mediaClosing = nil
        let isQuiet = liveLegs == 0
        if isQuiet {
            deadlines.forget = (now + deadlines.policy.linger).nextClearance
            enter(.dead, &effects)
        }
        if !isConcluded { conclude(&effects) }
    }

    /// Writes the record, and tells the application that its call is over.
    private mutating func conclude(_ effects: inout [Effect]) {
        isConcluded = true
        effects.append(.record)
        if let ending {
            let status = StatusCode(rawValue: ending.status)
            let cause = ClearingCause(rawValue: ending.clearingCause) ?? .other
            tellChannel(.cleared(cause, raw: status.isSuccess ? nil : status), &effects)
        }
    }

    /// A dead call is forgotten when its record is durable and late messages have had their time.
    mutating func forgetIfDone(_ effects: inout [Effect]) {
        if state == .dead && deadlines.isRecorded && deadlines.hasLingered { effects.append(.forget) }
    }
}
