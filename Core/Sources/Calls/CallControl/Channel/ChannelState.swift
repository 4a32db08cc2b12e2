/// The 14 states of a call channel.
public enum ChannelState: UInt8, Hashable, Sendable, CaseIterable {
    /// A primary channel before its call comes in. Exit: `callIncoming`.
    case waiting
    /// A call came in and nothing has been said to the caller but 100. Exits: `ringIncoming`, `answering`, `error`, `idle`.
    case callIncoming
    /// The caller hears that it rings. Exits: `answering`, `error`, `idle`.
    case ringIncoming
    /// The answer is on its way. Exits: `answered`, `idle`.
    case answering
    /// Both sides are there and audio passes. Exits: `holding`, `transferring`, `error`, `idle`.
    case answered
    /// An outbound call has been placed. Exits: `ringOutgoing`, `answered`, `idle`.
    case callOutgoing
    /// The far end rings. Exits: `answered`, `idle`.
    case ringOutgoing
    /// The far end is being put on hold. Exits: `onHold`, `answered`, `idle`.
    case holding
    /// The far end is on hold. Exits: `answered`, `idle`.
    case onHold
    /// The far end is being handed to somebody else. Exits: `transferred`, `answered`, `idle`.
    case transferring
    /// The far end talks to somebody else; only signalling is left here. Exits: `reconnecting`, `idle`.
    case transferred
    /// The far end comes back. Exits: `answered`, `idle`.
    case reconnecting
    /// A reject asked for something that cannot be sent; another reject may follow. Exit: `idle`.
    case error
    /// No call. The only state in which one can be placed. Exit: `callOutgoing`.
    case idle

    /// The name as the call-channel interface writes it.
    public var name: String {
        switch self {
        case .waiting: "WAITING"
        case .callIncoming: "CALL_INCOMING"
        case .ringIncoming: "RING_INCOMING"
        case .answering: "ANSWERING"
        case .answered: "ANSWERED"
        case .callOutgoing: "CALL_OUTGOING"
        case .ringOutgoing: "RING_OUTGOING"
        case .holding: "HOLDING"
        case .onHold: "ON_HOLD"
        case .transferring: "TRANSFERRING"
        case .transferred: "TRANSFERRED"
        case .reconnecting: "RECONNECTING"
        case .error: "ERROR"
        case .idle: "IDLE"
        }
    }
}
