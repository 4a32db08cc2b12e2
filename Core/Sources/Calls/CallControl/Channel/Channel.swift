import SIPMessages
import Timeline

/// One call as a voice application sees and drives it: the 14 states of the call-channel interface. It outlives its
/// call: idle again, an outbound channel can place the next one.
public struct Channel: Equatable, Sendable {
    /// Longest time that `hangUp` and `reject` wait for the call to be gone.
    public static let clearingPatience: Duration = .seconds(60)

    public let id: ChannelID
    public internal(set) var state: ChannelState
    /// Whether the call came in; such a channel places none.
    public let isInbound: Bool
    /// What the last call was cleared with.
    var clearedWith: ClearingCause = .normal
    /// The SIP status behind it.
    public internal(set) var rawCause: StatusCode?
    /// Whether a tone before the answer said that the last call had failed.
    public internal(set) var hasFailedInBand = false
    /// What `reject` or a time-out has decided before the call is gone.
    var decided: ClearingCause?
    public internal(set) var transferCause: TransferCause = .none
    /// Whether the call is being ended by us.
    var isClearing = false
    /// Whether the call has been answered.
    var isAnswered = false
    /// The channel whose audio is joined with this one's.
    public internal(set) var connectedTo: ChannelID?
    /// What the transfer under way has to do with others.
    var transfer = ChannelTransfer()
    /// Whether audio can be sent to a caller who has not been answered yet.
    public internal(set) var hasEarlyMedia = false
    /// Whether a player sends audio.
    public internal(set) var isTransmitting = false
    var waiters: [ChannelWaiter] = []

    /// A channel for a call about to come in, or one for outbound calls.
    public init(id: ChannelID, isInbound: Bool) {
        self.id = id
        self.isInbound = isInbound
        state = isInbound ? .waiting : .idle
    }

    /// Why the last call was cleared; `normal` as long as there is a call.
    public var cause: ClearingCause { state == .idle ? clearedWith : .normal }

    /// What another channel's verb needs to know of this one.
    public var peer: ChannelPeer {
        ChannelPeer(id: id, state: state, isAudioTaken: isTransmitting || connectedTo != nil)
    }

    /// The earliest instant at which `timeElapsed` has something to do.
    public var nextDeadline: Instant? {
        waiters.reduce(nil) { Instant.earliest($0, $1.deadline) }
    }

    /// The one door.
    public mutating func receive(_ event: ChannelEvent, at now: Instant, into effects: inout [ChannelEffect]) {
        switch event {
        case .verb(let id, let verb): perform(verb, id, now, &effects)
        case .abandoned(let id):
            for waiter in waiters where waiter.verb == id { expire(waiter, isAbandoned: true, &effects) }
        case .incoming: incoming(&effects)
        case .rung(let withEarlyMedia):
            let wasEarly = hasEarlyMedia
            hasEarlyMedia = withEarlyMedia && state == .ringIncoming
            if hasEarlyMedia != wasEarly { effects.append(.changed(state)) }
            settle(.signalled, &effects)
        case .ringing: ringing(&effects)
        case .answered: answered(&effects)
        case .cleared(let cause, let raw): cleared(cause, raw, &effects)
        case .failedInBand(let cause): failedInBand(cause, &effects)
        case .holdChanged: holdSettled(isAccepted: true, &effects)
        case .holdRefused: holdSettled(isAccepted: false, &effects)
        case .target(let event): receive(event, &effects)
        case .joined(let other): joined(other, &effects)
        case .parted: parted(&effects)
        case .referred(let progress): referred(progress, &effects)
        case .transferRequested(let isRequested): transfer.isRequested = isRequested
        case .farEndChanged(let isChanged): farEndChanged(isChanged, &effects)
        case .transmitting(let isTransmitting): self.isTransmitting = isTransmitting
        }
    }

    /// Gives up what has waited too long.
    public mutating func timeElapsed(at now: Instant, into effects: inout [ChannelEffect]) {
        for waiter in waiters where waiter.deadline.map({ $0 <= now }) ?? false { expire(waiter, &effects) }
    }

    // MARK: The call

    private mutating func incoming(_ effects: inout [ChannelEffect]) {
        switch state {
        case .waiting: enter(.callIncoming, &effects)
        case .callIncoming, .ringIncoming, .answering, .answered, .callOutgoing, .ringOutgoing, .holding, .onHold,
            .transferring, .transferred, .reconnecting, .error, .idle:
            break
        }
    }

    private mutating func ringing(_ effects: inout [ChannelEffect]) {
        switch state {
        case .callOutgoing: enter(.ringOutgoing, &effects)
        case .waiting, .callIncoming, .ringIncoming, .answering, .answered, .ringOutgoing, .holding, .onHold,
            .transferring, .transferred, .reconnecting, .error, .idle:
            break
        }
    }

    private mutating func answered(_ effects: inout [ChannelEffect]) {
        switch state {
        case .answering, .callOutgoing, .ringOutgoing:
            if isClearing { return }
            isAnswered = true
            enter(.answered, &effects)
        case .waiting, .callIncoming, .ringIncoming, .answered, .holding, .onHold, .transferring, .transferred,
            .reconnecting, .error, .idle:
            break
        }
    }

    /// The call is gone: everything that hangs on it ends, and every waiting verb hears of it.
    private mutating func cleared(_ cause: ClearingCause, _ raw: StatusCode?, _ effects: inout [ChannelEffect]) {
        guard state != .idle, state != .waiting else { return }
        if state == .transferring {
            if !isClearing { transferCause = .hangup }
            effects.append(.ringback(false))
        }
        if let target = transfer.target { effects.append(.releaseTarget(target)) }
        transfer = ChannelTransfer()
        if connectedTo != nil {
            connectedTo = nil
            effects.append(.part)
        }
        clearedWith = decided ?? cause
        rawCause = raw
        decided = nil
        isClearing = false
        isAnswered = false
        enter(.idle, &effects)
    }

    private mutating func failedInBand(_ cause: ClearingCause, _ effects: inout [ChannelEffect]) {
        switch state {
        case .callOutgoing, .ringOutgoing:
            if isClearing { return }
            decided = cause
            isClearing = true
            hasFailedInBand = true
            effects.append(.failInBand(cause))
        case .waiting, .callIncoming, .ringIncoming, .answering, .answered, .holding, .onHold, .transferring,
            .transferred, .reconnecting, .error, .idle:
            break
        }
    }

    private mutating func holdSettled(isAccepted: Bool, _ effects: inout [ChannelEffect]) {
        switch state {
        case .holding: enter(isAccepted ? .onHold : .answered, &effects)
        case .onHold:
            if isAccepted { enter(.answered, &effects) } else { settle(.resumed, &effects) }
        case .waiting, .callIncoming, .ringIncoming, .answering, .answered, .callOutgoing, .ringOutgoing,
            .transferring, .transferred, .reconnecting, .error, .idle:
            break
        }
    }

    mutating func enter(_ state: ChannelState, _ effects: inout [ChannelEffect]) {
        if state != .ringIncoming { hasEarlyMedia = false }
        self.state = state
        effects.append(.changed(state))
        completeSettled(&effects)
    }
}
