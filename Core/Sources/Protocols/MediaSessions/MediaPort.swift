import Addresses
import SDP

/// Names one session of a media shard; chosen by the signalling side, unique while the session lives.
public struct MediaSessionID: Hashable, Sendable, BitwiseCopyable {
    /// The number; its meaning belongs to the signalling side.
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One of the two parties of a relayed call.
public enum MediaSide: UInt8, Hashable, Sendable, BitwiseCopyable {
    case caller
    case callee

    /// The party at the other end.
    @inlinable public var other: MediaSide { self == .caller ? .callee : .caller }
}

/// Where one party wants one stream, as its session description says.
public struct MediaStreamTarget: Hashable, Sendable {
    /// Where it receives RTP; nil for a refused stream, for the c=0.0.0.0 form of hold, and for names.
    public var rtp: Endpoint?
    /// Where it receives RTCP; nil when it is not known.
    public var rtcp: Endpoint?
    /// Source address of the party's signalling: where media may come from when the party sits behind a NAT.
    public var signallingSource: IPAddress
    /// Whether this comes from a new offer or answer: the source of a changed address is learnt anew.
    public var relearn: Bool
    /// The clock rates of the party's dynamic payload types, for jitter.
    public var clockRates: ClockRates

    public init(
        rtp: Endpoint?, rtcp: Endpoint?, signallingSource: IPAddress, relearn: Bool = true,
        clockRates: ClockRates = ClockRates()
    ) {
        self.rtp = rtp
        self.rtcp = rtcp
        self.signallingSource = signallingSource
        self.relearn = relearn
        self.clockRates = clockRates
    }

    /// The target that one stream of a scanned description names.
    public init(_ stream: SDPSummary.Stream, signallingSource: IPAddress, relearn: Bool = true) {
        self.init(
            rtp: stream.remote, rtcp: stream.rtcp, signallingSource: signallingSource, relearn: relearn,
            clockRates: stream.clockRates)
    }
}

/// What signalling asks of a media shard; commands of one session are carried out in order.
public enum MediaCommand: Sendable {
    /// Opens the ports of `streams` streams on the local addresses facing each party; answered by `opened` or
    /// `openFailed`. Again with a larger number it adds streams, and is answered with the ports of all.
    case open(MediaSessionID, streams: Int, caller: IPAddress, callee: IPAddress)
    /// Where a party wants its streams, in the order of the media lines; streams beyond the list stay as they are.
    case update(MediaSessionID, MediaSide, [MediaStreamTarget])
    /// Turns the supervision of a party's silence on (answered, not on hold) or off; time counts from now.
    case supervise(MediaSessionID, MediaSide, Bool)
    /// Ends the session; answered by `closed`, also when there is no such session.
    case close(MediaSessionID)
    /// Opens one audio port on the local address for a party of an application: the switch itself is the other side.
    /// Answered by `opened`, with the same port for either party, or `openFailed`.
    case openParty(MediaSessionID, IPAddress)
    /// What is asked of such a party's media.
    case party(MediaSessionID, PartyCommand)
    /// What is asked of a room.
    case room(RoomID, RoomCommand)
}

/// What a media shard reports to signalling.
public enum MediaEvent: Equatable, Sendable {
    /// The RTP port of each stream towards either party; RTCP is on the next one.
    case opened(MediaSessionID, callerPorts: [UInt16], calleePorts: [UInt16])
    /// No ports or sockets are left; what the session had before stays.
    case openFailed(MediaSessionID)
    /// Nothing came from a party for the silence timeout; reported once for each time supervision is turned on.
    case silent(MediaSessionID, MediaSide)
    /// The session is over and its ports are free; the statistics tell what came from each party.
    case closed(MediaSessionID, caller: MediaStatistics, callee: MediaStatistics)
    /// What the media of an application's party report.
    case party(MediaSessionID, PartyEvent)
    /// What a room reports.
    case room(RoomID, RoomEvent)
}

/// What came from one party, over all its streams.
public struct MediaStatistics: Hashable, Sendable, BitwiseCopyable {
    /// RTP packets taken from the party.
    public var packets: UInt64
    /// Their headers and payloads in bytes.
    public var bytes: UInt64
    /// Packets that never came; negative where duplicates outnumber losses (RFC 3550 §6.4.1).
    public var lost: Int64
    /// Interarrival jitter (RFC 3550 §6.4.1); the largest of several streams.
    public var jitter: Duration
    /// Datagrams thrown away because they came from a stranger; once the party's described endpoint has spoken, the
    /// system keeps strangers off its RTP port and does not count them.
    public var rejected: UInt64
    /// RTCP packets taken from the party.
    public var controlPackets: UInt64
    /// Datagrams for this party that the system refused to send.
    public var sendFailures: UInt64

    public init(
        packets: UInt64 = 0, bytes: UInt64 = 0, lost: Int64 = 0, jitter: Duration = .zero, rejected: UInt64 = 0
    ) {
        self.packets = packets
        self.bytes = bytes
        self.lost = lost
        self.jitter = jitter
        self.rejected = rejected
        controlPackets = 0
        sendFailures = 0
    }

    /// Adds what another stream of the same party counted; jitter becomes the larger of the two.
    public mutating func add(_ other: MediaStatistics) {
        packets &+= other.packets
        bytes &+= other.bytes
        lost &+= other.lost
        jitter = max(jitter, other.jitter)
        rejected &+= other.rejected
        controlPackets &+= other.controlPackets
        sendFailures &+= other.sendFailures
    }
}
