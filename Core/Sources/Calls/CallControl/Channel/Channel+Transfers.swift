import SIPDialogs
import SIPMessages
import Timeline

/// How a channel's far end is handed to somebody else, and taken back.
extension Channel {
    mutating func beginTransfer(_ id: VerbID, _ deadline: Instant?) {
        transferCause = .none
        transfer = ChannelTransfer(isRequested: transfer.isRequested)
        waiters.append(
            ChannelWaiter(verb: id, need: .transferred, deadline: deadline, expiry: .giveUpTransfer))
    }

    mutating func receive(_ event: TransferTargetEvent, _ effects: inout [ChannelEffect]) {
        if case .cleared = event, transfer.consulted != nil { return transfer.isConsultedGone = true }
        guard let target = transfer.target else { return }
        switch event {
        case .ringing: if state == .transferring { effects.append(.ringback(true)) }
        case .answered:
            guard state == .transferring, !transfer.isTargetAnswered else { return }
            transfer.isTargetAnswered = true
            effects.append(.ringback(false))
            effects.append(.join(target))
        case .cleared(let cause):
            transfer.target = nil
            if state == .transferring {
                let isTheirs = transfer.isTargetAnswered
                failTransfer(isTheirs ? .targetHangup : TransferCause(targetCleared: cause), &effects)
            } else if state == .transferred {
                takeBack(&effects)
            }
        }
    }

    /// Ends the transfer under way; the far end is this channel's again.
    mutating func failTransfer(_ cause: TransferCause, _ effects: inout [ChannelEffect]) {
        guard state == .transferring else { return }
        transferCause = cause
        effects.append(.ringback(false))
        if let target = transfer.target { effects.append(.releaseTarget(target)) }
        transfer = ChannelTransfer(isRequested: transfer.isRequested)
        enter(.answered, &effects)
    }

    /// Parts the far end from the target, which is let go.
    mutating func takeBack(_ effects: inout [ChannelEffect]) {
        enter(.reconnecting, &effects)
        connectedTo = nil
        effects.append(.part)
        if let target = transfer.target {
            transfer.target = nil
            effects.append(.releaseTarget(target))
        }
    }

    mutating func joined(_ other: ChannelID?, _ effects: inout [ChannelEffect]) {
        switch state {
        case .answered:
            connectedTo = other
            effects.append(.changed(state))
            settle(.joined, &effects)
        case .transferring:
            guard transfer.isTargetAnswered else { return }
            guard let other, other == transfer.target else { return failTransfer(.fail, &effects) }
            connectedTo = other
            transferCause = .normal
            enter(.transferred, &effects)
        case .waiting, .callIncoming, .ringIncoming, .answering, .callOutgoing, .ringOutgoing, .holding, .onHold,
            .transferred, .reconnecting, .error, .idle:
            break
        }
    }

    mutating func parted(_ effects: inout [ChannelEffect]) {
        let wasConnected = connectedTo != nil
        connectedTo = nil
        switch state {
        case .reconnecting: enter(.answered, &effects)
        case .answered: if wasConnected { effects.append(.changed(state)) }
        case .waiting, .callIncoming, .ringIncoming, .answering, .callOutgoing, .ringOutgoing, .holding,
            .onHold, .transferring, .transferred, .error, .idle:
            break
        }
    }

    // MARK: REFER

    /// Asks the far end to call somebody else; it takes over an answered call of `peer`. A call that only rings cannot be
    /// taken over (RFC 3891 §3): it is given up, and the far end calls anew (RFC 5589 §7.6).
    mutating func refer(
        _ id: VerbID, replacing peer: ChannelPeer?, _ deadline: Instant?, _ effects: inout [ChannelEffect]
    ) {
        beginTransfer(id, deadline)
        if peer?.state == .answered { transfer.consulted = peer?.id }
        effects.append(.refer(id, replacing: peer?.id))
        enter(.transferring, &effects)
    }

    mutating func referred(_ progress: ReferProgress, _ effects: inout [ChannelEffect]) {
        guard state == .transferring, transfer.target == nil, !isClearing else { return }
        switch progress {
        case .pending: break
        case .succeeded:
            transferCause = .normal
            decided = .normal
            isClearing = true
            if let consulted = transfer.consulted { effects.append(.releaseTarget(consulted)) }
            effects.append(.release)
        case .failed(let status):
            let cause = TransferCause(targetCleared: ClearingCause(status: status))
            failTransfer(transfer.isConsultedGone ? .targetHangup : cause, &effects)
        case .refused, .forgotten: failTransfer(transfer.isConsultedGone ? .targetHangup : .fail, &effects)
        case .timedOut: failTransfer(.timeout, &effects)
        }
    }

    mutating func answerTransfer(_ isAccepted: Bool, _ id: VerbID, _ effects: inout [ChannelEffect]) {
        transfer.isRequested = false
        transfer.hasNewFarEnd = false
        if isAccepted { wait(id, for: .replaced, until: nil) }
        effects.append(.answerTransfer(isAccepted: isAccepted))
        if !isAccepted { effects.append(.completed(id, .done(true))) }
    }

    /// The far end that the old one had asked for is there, or cannot be reached.
    mutating func farEndChanged(_ isChanged: Bool, _ effects: inout [ChannelEffect]) {
        transfer.hasNewFarEnd = isChanged
        settle(.replaced, &effects)
    }
}

/// What the transfer under way has to do with other calls.
struct ChannelTransfer: Equatable, Sendable {
    /// The channel that a transfer calls, or has called, its target with.
    var target: ChannelID?
    /// Whether the call to the target has been answered.
    var isTargetAnswered = false
    /// The channel whose call the far end is to take over.
    var consulted: ChannelID?
    /// Whether that call is gone: taken over, or hung up.
    var isConsultedGone = false
    /// Whether the far end waits for the answer to a REFER of its own.
    var isRequested = false
    /// Whether the far end is one that the old one had asked for.
    var hasNewFarEnd = false

    init(isRequested: Bool = false) { self.isRequested = isRequested }
}
