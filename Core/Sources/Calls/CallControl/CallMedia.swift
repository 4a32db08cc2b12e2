import Addresses
import MediaSessions
import Routing
import SDP

/// The media side of a call: whether it passes the switch, through which ports, and what each party described last.
public struct CallMedia: Sendable {
    /// Whether media passes the switch.
    public let mode: MediaMode
    /// The relay session, named like its call.
    let session: MediaSessionID
    /// Our addresses towards the caller, and towards the callee.
    let caller: MediaAddress
    let callee: MediaAddress
    /// Streams whose ports are open.
    var openStreams = 0
    var callerPorts: [UInt16] = []
    var calleePorts: [UInt16] = []
    var callerOrigin: DescriptionOrigin
    var calleeOrigin: DescriptionOrigin
    /// Where the caller's media comes from, as its description says.
    public internal(set) var callerAddress: IPAddress?
    /// Where the callee's media comes from, as its description says.
    public internal(set) var calleeAddress: IPAddress?
    var callerHolds = false
    var calleeHolds = false
    /// What the relay was told of the party whose re-INVITE is under way, before that re-INVITE.
    var beforeOffer: DescribedSide?
    /// What the relay was told of each party last.
    var callerTargets: [MediaStreamTarget] = []
    var calleeTargets: [MediaStreamTarget] = []
    var isSupervised = false
    /// Whether the relay session has been closed, and its statistics are awaited.
    var isClosing = false

    /// Media of a call before its first attempt.
    public init(
        mode: MediaMode, session: MediaSessionID, caller: MediaAddress, callee: MediaAddress, originID: UInt64
    ) {
        self.mode = mode
        self.session = session
        self.caller = caller
        self.callee = callee
        callerOrigin = DescriptionOrigin(id: originID)
        calleeOrigin = DescriptionOrigin(id: originID &+ 1)
    }

    /// Whether ports are open, or have been asked for, and have to be closed.
    var isOpen = false

    /// The o= line with which a party gets a description made of this one.
    mutating func origin(of description: [UInt8], to side: MediaSide) -> Origin {
        if side == .caller {
            let version = callerOrigin.version(for: description)
            return Origin(sessionID: callerOrigin.id, version: version, address: caller.advertised)
        }
        let version = calleeOrigin.version(for: description)
        return Origin(sessionID: calleeOrigin.id, version: version, address: callee.advertised)
    }
}

/// What a party's description said, as far as the switch acts on it.
struct DescribedSide: Sendable {
    var address: IPAddress?
    var holds: Bool
    var targets: [MediaStreamTarget]
}

/// The addresses of a relay session towards one party.
public struct MediaAddress: Equatable, Sendable {
    /// What we bind.
    public var bound: IPAddress
    /// What the party reads in our descriptions.
    public var advertised: IPAddress
    /// Where the party's signalling comes from, which helps media through address translation.
    public var signalling: IPAddress

    public init(bound: IPAddress, advertised: IPAddress, signalling: IPAddress) {
        self.bound = bound
        self.advertised = advertised
        self.signalling = signalling
    }
}

/// The o= line of the descriptions that we send to one party: the version grows when the description changes
/// (RFC 3264 §8).
struct DescriptionOrigin: Equatable, Sendable {
    var id: UInt64
    var version: UInt64 = 0
    var fingerprint: UInt64 = 0

    init(id: UInt64) { self.id = id }

    /// Takes note of the description about to be sent and returns its version.
    mutating func version(for description: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in description { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        if hash != fingerprint || version == 0 {
            fingerprint = hash
            version &+= 1
        }
        return version
    }
}
