import SIPMessages
import Timeline

/// What the verbs of an application need, and what they set going (call-channel interface, section 3.1).
extension Channel {
    mutating func perform(
        _ verb: ChannelVerb, _ id: VerbID, _ now: Instant, _ effects: inout [ChannelEffect]
    ) {
        if let refusal = refusal(of: verb) { return effects.append(.completed(id, .refused(refusal))) }
        switch verb {
        case .ring(let withEarlyMedia, let time): ring(withEarlyMedia, time, id, now, &effects)
        case .ringOn(let time): wait(id, for: .rung, until: now + time)
        case .answer:
            effects.append(.answer)
            wait(id, for: .answered, until: nil)
            enter(.answering, &effects)
        case .reject(let cause, let raw): reject(cause, raw, id, now, &effects)
        case .hangUp: hangUp(id, now, &effects)
        case .call(let timeout):
            waiters.append(
                ChannelWaiter(verb: id, need: .answered, deadline: timeout.map { now + $0 }, expiry: .giveUpCall))
            place(id, &effects)
        case .startCall:
            place(id, &effects)
            effects.append(.completed(id, .state(state)))
        case .waitForAnswer(let timeout): completeWhen(.answered, id, timeout.map { now + $0 }, &effects)
        case .waitForIdle(let timeout): completeWhen(.idle, id, timeout.map { now + $0 }, &effects)
        case .connect(let peer): connect(peer, id, &effects)
        case .disconnect: disconnect(id, &effects)
        case .hold:
            effects.append(.hold)
            wait(id, for: .held, until: nil)
            enter(.holding, &effects)
        case .resume:
            effects.append(.resume)
            wait(id, for: .resumed, until: nil)
        case .transfer(let peer, let timeout):
            beginTransfer(id, timeout.map { now + $0 })
            transfer.target = peer.id
            effects.append(.placeTarget(peer.id, id))
            enter(.transferring, &effects)
        case .refer(let timeout): refer(id, replacing: nil, timeout.map { now + $0 }, &effects)
        case .referReplacing(let peer, let timeout):
            refer(id, replacing: peer, timeout.map { now + $0 }, &effects)
        case .answerTransfer(let isAccepted): answerTransfer(isAccepted, id, &effects)
        case .retrieve:
            wait(id, for: .retrieved, until: nil)
            takeBack(&effects)
        case .waitForRetrieval(let timeout): completeWhen(.retrieved, id, timeout.map { now + $0 }, &effects)
        }
    }

    /// Why a player or, without `transmitting`, a recorder or detector may not start now: nil when it may.
    public func mediaRefusal(of verb: StaticString, transmitting: Bool) -> VerbRefusal? {
        let isEarly = transmitting && hasEarlyMedia
        if let refusal = refusal(of: verb, unlessIn: isEarly ? [.answered, .ringIncoming] : [.answered]) {
            return refusal
        }
        return transmitting && (isTransmitting || connectedTo != nil)
            ? VerbRefusal(.error, verb, in: state, .audioTaken) : nil
    }

    // MARK: What a verb needs

    private func refusal(of verb: ChannelVerb) -> VerbRefusal? {
        switch verb {
        case .ring, .answer: return refusal(of: verb.name, unlessIn: [.callIncoming, .ringIncoming])
        case .ringOn: return refusal(of: verb.name, unlessIn: [.ringIncoming])
        case .reject(let cause, let raw):
            if raw == nil && cause.rejectionStatus == nil {
                return VerbRefusal(.error, verb.name, in: state, .unsupportedCause)
            }
            return refusal(
                of: verb.name,
                unlessIn: [
                    .callIncoming, .ringIncoming, .answered, .error, .holding, .onHold, .transferring, .transferred,
                ])
        case .hangUp, .waitForIdle: return nil
        case .call, .startCall:
            if isInbound { return VerbRefusal(.error, verb.name, in: state, .inboundOnly) }
            return state == .idle ? nil : VerbRefusal(.error, verb.name, in: state, .needs([.idle]))
        case .waitForAnswer:
            switch state {
            case .waiting, .callIncoming, .ringIncoming, .error:
                return VerbRefusal(.error, verb.name, in: state, .needs([.callOutgoing, .ringOutgoing, .answering]))
            case .answering, .answered, .callOutgoing, .ringOutgoing, .holding, .onHold, .transferring, .transferred,
                .reconnecting, .idle:
                return nil
            }
        case .connect(let peer):
            return handOverRefusal(of: verb.name) ?? refusal(of: verb.name, joining: peer)
        case .disconnect: return state == .idle ? VerbRefusal(.hangup, verb.name, in: state, .needs([.answered])) : nil
        case .hold, .refer: return refusal(of: verb.name, unlessIn: [.answered])
        case .referReplacing(let peer, _):
            if let refusal = refusal(of: verb.name, unlessIn: [.answered]) { return refusal }
            let isTaken = peer.state == .answered || peer.state == .ringOutgoing
            return isTaken && peer.id != id
                ? nil : VerbRefusal(.error, verb.name, in: state, .otherChannelNeeds(.answered))
        case .answerTransfer:
            if let refusal = refusal(of: verb.name, unlessIn: [.answered, .holding, .onHold, .transferred]) {
                return refusal
            }
            return transfer.isRequested ? nil : VerbRefusal(.error, verb.name, in: state, .noTransferRequested)
        case .resume: return refusal(of: verb.name, unlessIn: [.onHold])
        case .transfer(let peer, _):
            if let refusal = handOverRefusal(of: verb.name) { return refusal }
            return peer.state == .idle && peer.id != id
                ? nil : VerbRefusal(.error, verb.name, in: state, .otherChannelNeeds(.idle))
        case .retrieve: return refusal(of: verb.name, unlessIn: [.transferred])
        case .waitForRetrieval:
            switch state {
            case .transferred, .reconnecting, .answered, .idle: return nil
            case .waiting, .callIncoming, .ringIncoming, .answering, .callOutgoing, .ringOutgoing, .holding, .onHold,
                .transferring, .error:
                return VerbRefusal(.error, verb.name, in: state, .needs([.transferred]))
            }
        }
    }

    /// Why the far end may not be given to another channel now: early media can be played to, and no more.
    private func handOverRefusal(of verb: StaticString) -> VerbRefusal? {
        refusal(of: verb, unlessIn: [.answered]) ?? mediaRefusal(of: verb, transmitting: true)
    }

    /// IDLE is a hang-up, another wrong state an error; a call that is being ended is as good as gone.
    private func refusal(of verb: StaticString, unlessIn states: [ChannelState]) -> VerbRefusal? {
        if state == .idle { return VerbRefusal(.hangup, verb, in: state, .needs(states)) }
        if isClearing { return VerbRefusal(.hangup, verb, in: state, .clearing) }
        return states.contains(state) ? nil : VerbRefusal(.error, verb, in: state, .needs(states))
    }

    private func refusal(of verb: StaticString, joining peer: ChannelPeer) -> VerbRefusal? {
        if peer.id == id || (peer.state == .answered && peer.isAudioTaken) {
            return VerbRefusal(.error, verb, in: state, .otherAudioTaken)
        }
        return nil
    }

    // MARK: What a verb does

    private mutating func ring(
        _ withEarlyMedia: Bool, _ time: Duration, _ id: VerbID, _ now: Instant, _ effects: inout [ChannelEffect]
    ) {
        effects.append(.ring(withEarlyMedia: withEarlyMedia))
        enter(.ringIncoming, &effects)
        if time > .zero {
            wait(id, for: .rung, until: now + time)
        } else if withEarlyMedia {
            wait(id, for: .signalled, until: nil)
        } else {
            effects.append(.completed(id, .state(state)))
        }
    }

    private mutating func reject(
        _ cause: ClearingCause, _ raw: Int?, _ id: VerbID, _ now: Instant, _ effects: inout [ChannelEffect]
    ) {
        var status = cause.rejectionStatus ?? .decline
        decided = cause
        if let raw {
            guard (400..<700).contains(raw) else {
                decided = nil
                enter(.error, &effects)
                return effects.append(.completed(id, .state(state)))
            }
            status = StatusCode(rawValue: UInt16(raw))
            decided = ClearingCause(status: status)
        }
        isClearing = true
        effects.append(isAnswered ? .release : .reject(status, q850: raw == nil ? cause.rejectionReason : nil))
        wait(id, for: .idle, until: now + Self.clearingPatience)
    }

    private mutating func hangUp(_ id: VerbID, _ now: Instant, _ effects: inout [ChannelEffect]) {
        guard state != .idle, state != .waiting else { return effects.append(.completed(id, .state(state))) }
        if !isClearing {
            isClearing = true
            decided = .normal
            effects.append(.release)
        }
        wait(id, for: .idle, until: now + Self.clearingPatience)
    }

    private mutating func place(_ id: VerbID, _ effects: inout [ChannelEffect]) {
        clearedWith = .normal
        rawCause = nil
        hasFailedInBand = false
        transferCause = .none
        effects.append(.place(id))
        enter(.callOutgoing, &effects)
    }

    /// Completes at once if the state has what the verb waits for.
    private mutating func completeWhen(
        _ need: ChannelWaiter.Need, _ id: VerbID, _ deadline: Instant?, _ effects: inout [ChannelEffect]
    ) {
        wait(id, for: need, until: deadline)
        completeSettled(&effects)
    }

    private mutating func connect(_ peer: ChannelPeer, _ id: VerbID, _ effects: inout [ChannelEffect]) {
        guard peer.state == .answered else { return effects.append(.completed(id, .done(false))) }
        effects.append(.join(peer.id))
        wait(id, for: .joined, until: nil)
    }

    private mutating func disconnect(_ id: VerbID, _ effects: inout [ChannelEffect]) {
        let wasConnected = connectedTo != nil
        if wasConnected {
            connectedTo = nil
            effects += [.part, .changed(state)]
        }
        effects.append(.completed(id, .done(wasConnected)))
    }
}
