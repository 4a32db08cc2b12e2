import Timeline

/// A verb that waits for its channel to come to something.
struct ChannelWaiter: Equatable, Sendable {
    /// What a verb can wait for.
    enum Need: UInt8, Sendable {
        /// The end of the ringing time, or that the call does not ring any more.
        case rung
        /// The caller has been told that it rings, or the call does not ring any more.
        case signalled
        /// The call is answered or gone.
        case answered
        /// The call is gone.
        case idle
        /// The hold is accepted or refused.
        case held
        /// The resume is accepted or refused.
        case resumed
        /// The audio is joined, or cannot be.
        case joined
        /// The transfer is carried out or has failed.
        case transferred
        /// The transferred call is back or gone.
        case retrieved
        /// The far end is another one, or could not be replaced.
        case replaced
    }

    /// What happens when the time is over.
    enum Expiry: UInt8, Sendable {
        /// The verb completes with the state as it is.
        case report
        /// The call is given up.
        case giveUpCall
        /// The transfer is given up.
        case giveUpTransfer
    }

    var verb: VerbID
    var need: Need
    var deadline: Instant?
    var expiry: Expiry = .report

    /// Whether a channel in this state has what the verb waits for.
    func isSettled(in state: ChannelState) -> Bool {
        switch need {
        case .rung, .signalled: state != .ringIncoming
        case .answered:
            switch state {
            case .answering, .callOutgoing, .ringOutgoing: false
            case .waiting, .callIncoming, .ringIncoming, .answered, .holding, .onHold, .transferring, .transferred,
                .reconnecting, .error, .idle:
                true
            }
        case .idle: state == .idle
        case .held: state != .holding
        case .resumed: state != .onHold
        case .joined: state != .answered
        case .transferred: state != .transferring
        case .retrieved: state != .transferred && state != .reconnecting
        case .replaced: state == .idle
        }
    }
}

/// How verbs wait and complete.
extension Channel {
    mutating func wait(_ verb: VerbID, for need: ChannelWaiter.Need, until deadline: Instant?) {
        waiters.append(ChannelWaiter(verb: verb, need: need, deadline: deadline))
    }

    /// Completes every verb that the present state settles.
    mutating func completeSettled(_ effects: inout [ChannelEffect]) {
        let state = state
        complete(&effects) { $0.isSettled(in: state) }
    }

    /// Completes the verbs that wait for this, whatever the state.
    mutating func settle(_ need: ChannelWaiter.Need, _ effects: inout [ChannelEffect]) {
        complete(&effects) { $0.need == need }
    }

    private mutating func complete(_ effects: inout [ChannelEffect], _ isSettled: (ChannelWaiter) -> Bool) {
        guard waiters.contains(where: isSettled) else { return }
        for waiter in waiters where isSettled(waiter) {
            effects.append(.completed(waiter.verb, outcome(of: waiter)))
        }
        waiters.removeAll(where: isSettled)
    }

    private func outcome(of waiter: ChannelWaiter) -> VerbOutcome {
        switch waiter.need {
        case .joined: .done(connectedTo != nil)
        case .replaced: .done(transfer.hasNewFarEnd)
        case .rung, .signalled, .answered, .idle, .held, .resumed, .transferred, .retrieved: .state(state)
        }
    }

    /// The time of a verb is over, or nobody waits for it any more.
    mutating func expire(
        _ waiter: ChannelWaiter, isAbandoned: Bool = false, _ effects: inout [ChannelEffect]
    ) {
        guard let position = waiters.firstIndex(where: { $0.verb == waiter.verb }) else { return }
        switch waiter.expiry {
        case .report:
            waiters.remove(at: position)
            effects.append(.completed(waiter.verb, outcome(of: waiter)))
        case .giveUpCall:
            waiters[position].deadline = nil
            decided = .timeout
            isClearing = true
            effects.append(isAbandoned ? .release : .giveUp)
        case .giveUpTransfer:
            waiters[position].deadline = nil
            failTransfer(.timeout, &effects)
        }
    }
}
