import SIPMessages
import SIPTransactions

/// What streams tell the shards.
public enum StreamEvent: Sendable {
    /// A whole message came in; the flow carries the stream's number.
    case message([UInt8], Flow)
    /// The peer's bytes cannot be cut into messages any more. Nothing more is read; answer `partial` and close.
    case malformed(SIPParseError, Flow)
    /// The stream has ended, whoever ended it.
    case closed(Flow)
    /// These bytes did not leave: the stream could not be opened, broke, or its queue is full.
    case sendFailed([UInt8], Flow)

    /// The stream it is about.
    public var flow: Flow {
        switch self {
        case .message(_, let flow), .malformed(_, let flow), .closed(let flow), .sendFailed(_, let flow): flow
        }
    }
}

/// What shards ask of streams.
public enum StreamCommand: Sendable {
    /// Send over the flow's stream; where that is 0 or gone, over any stream to the flow's peer, opened if need be.
    case send([UInt8], Flow)
    /// Close the flow's stream after what was sent to it.
    case close(Flow)
}
