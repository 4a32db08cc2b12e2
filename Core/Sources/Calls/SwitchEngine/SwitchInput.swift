import Accounting
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SIPTransactions

/// What enters a `SwitchCore`.
public enum SwitchInput: Sendable {
    /// A datagram, or one framed message of a stream, and the way it came.
    case message([UInt8], Flow)
    /// A stream lost its framing at this message: it is answered where possible and the stream is closed.
    case malformed(SIPParseError, Flow)
    /// A stream was closed or broke.
    case flowClosed(Flow)
    /// These bytes could not be sent.
    case sendFailed([UInt8], Flow)
    case media(MediaEvent)
    case command(CallCommand)
    /// What the applications' side asks.
    case channel(ChannelCommand)
    /// A new configuration, in force for the next call.
    case configuration(ConfigurationSnapshot)
    /// New tables with the same connections and customers that are no less, in force for the next call; limits may
    /// differ of the accounts with these ids.
    case provisioning(RoutingTables, accounts: [Int])
    /// The records with these ids are durable.
    case recorded([UInt64])
    /// Whether new calls are refused with 503 (RFC 3261 §21.5.4) because the switch is about to stop.
    case draining(Bool)
    /// The wall clock at `Instant.zero`, in milliseconds since 1970-01-01 00:00 UTC, has been set to this: calls to come are
    /// dated by it.
    case wallClock(epochMilliseconds: Int64)
}

/// What an operator or a surface asks of a shard.
public enum CallCommand: Sendable {
    /// Ends the call with this number.
    case disconnect(UInt64, by: EndedBy)
}

/// What leaves a `SwitchCore`.
public enum SwitchOutput: Sendable {
    case send([UInt8], Flow)
    /// Close the stream of this flow after what was sent to it.
    case closeFlow(Flow)
    case media(MediaCommand)
    case event(CallEvent)
    /// What the applications' side is told.
    case channel(ChannelNotice)
    /// An ended call; indirect, because records are much larger than all else that leaves.
    indirect case record(CallDetailRecord)
    /// Something an operator wants to know that is no call event.
    case notice(SwitchNotice)
}

/// A step in the life of a call.
public struct CallEvent: Equatable, Sendable {
    /// Number of the call.
    public var call: UInt64
    /// The state that it entered.
    public var state: CallState
}

/// Something an operator wants to know.
public enum SwitchNotice: Equatable, Sendable {
    /// A message could not be parsed.
    case malformedMessage(status: StatusCode, offset: Int)
    /// An INVITE failed authentication although it carried credentials.
    case authenticationFailed(Flow)
    /// An INVITE was refused because a limit was reached.
    case limitReached(AdmissionLimit)
}
