import SIPMessages
import Timeline

/// How a channel's far end is handed to somebody else, and taken back.
extension Channel {
    mutating func beginTransfer(_ id: VerbID, _ deadline: Instant?) {
        transferCause = .none
        isTargetAnswered = false
        waiters.append(
            ChannelWaiter(verb: id, need: .transferred, deadline: deadline, expiry: .giveUpTransfer))
    }

    mutating func receive(_ event: TransferTargetEvent, _ effects: inout [ChannelEffect]) {
        guard let target else { return }
        switch event {
        case .ringing: if state == .transferring { effects.append(.ringback(true)) }
        case .answered:
            guard state == .transferring, !isTargetAnswered else { return }
            isTargetAnswered = true
            effects.append(.ringback(false))
            effects.append(.join(target))
        case .cleared(let cause):
            self.target = nil
            if state == .transferring {
                failTransfer(isTargetAnswered ? .targetHangup : TransferCause(targetCleared: cause), &effects)
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
        if let target {
            self.target = nil
            effects.append(.releaseTarget(target))
        }
        enter(.answered, &effects)
    }

    /// Parts the far end from the target, which is let go.
    mutating func takeBack(_ effects: inout [ChannelEffect]) {
        enter(.reconnecting, &effects)
        connectedTo = nil
        effects.append(.part)
        if let target {
            self.target = nil
            effects.append(.releaseTarget(target))
        }
    }

    mutating func joined(_ other: ChannelID?, _ effects: inout [ChannelEffect]) {
        switch state {
        case .answered:
            connectedTo = other
            settle(.joined, &effects)
        case .transferring:
            guard isTargetAnswered else { return }
            guard let other, other == target else { return failTransfer(.fail, &effects) }
            connectedTo = other
            transferCause = .normal
            enter(.transferred, &effects)
        case .waiting, .callIncoming, .ringIncoming, .answering, .callOutgoing, .ringOutgoing, .holding, .onHold,
            .transferred, .reconnecting, .error, .idle:
            break
        }
    }

    mutating func parted(_ effects: inout [ChannelEffect]) {
        connectedTo = nil
        switch state {
        case .reconnecting: enter(.answered, &effects)
        case .waiting, .callIncoming, .ringIncoming, .answering, .answered, .callOutgoing, .ringOutgoing, .holding,
            .onHold, .transferring, .transferred, .error, .idle:
            break
        }
    }

    mutating func referred(_ progress: ReferProgress, _ effects: inout [ChannelEffect]) {
        guard state == .transferring, target == nil, !isClearing else { return }
        switch progress {
        case .pending: break
        case .succeeded:
            transferCause = .normal
            decided = .normal
            isClearing = true
            effects.append(.release)
        case .failed(let status):
            failTransfer(TransferCause(targetCleared: ClearingCause(status: status)), &effects)
        }
    }
}
