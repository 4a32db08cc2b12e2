import Accounting
import MediaSessions
import Routing
import SDP
import Timeline

/// A call that the switch is to place: who is connected with whom, and how the second party can be reached.
public struct PlacedCall: Sendable {
    /// How the record names the beginning of the call.
    public var origin: CallOrigin
    /// The first party's number stands for the caller's, the second's for the dialled one.
    public var parties: CallParties
    public var times: CallTimes
    /// The routes to the second party, tried once the first has answered.
    public var secondCandidates: [RouteCandidate]
    /// What our own offer to the first party lists, best first (RFC 3264 §5.1).
    public var codecs: [RTPMap]

    public init(
        origin: CallOrigin, parties: CallParties, times: CallTimes, secondCandidates: [RouteCandidate], codecs: [RTPMap]
    ) {
        self.origin = origin
        self.parties = parties
        self.times = times
        self.secondCandidates = secondCandidates
        self.codecs = codecs
    }
}

/// Who opened the first leg of a call.
indirect enum CallSource: Sendable {
    /// The caller, by INVITE.
    case invited
    /// The switch.
    case placed(Origination)
    /// The caller, or the switch for an application, which is the other party.
    case application(ApplicationSide)

    var origin: CallOrigin {
        switch self {
        case .invited: .inbound
        case .application(let side): side.party == .caller ? .inbound : .application
        case .placed(let origination): origination.origin
        }
    }
}

/// What a call that the switch places has beyond others.
struct Origination: Sendable {
    let origin: CallOrigin
    let codecs: [RTPMap]
    /// The routes to the second party, until its hunt begins.
    var secondCandidates: [RouteCandidate]
    /// What each party described last, and what it was told last of the other; freed when both agree.
    var caller = PartyDescriptions()
    var callee = PartyDescriptions()
    /// Who described something last.
    var lastSpeaker = MediaSide.callee
    /// How often a party was offered what the other one had described.
    var ownOffers = 0
    /// How often such an offer was refused for the moment.
    var glares = 0
    /// Rolled for the wait after a re-INVITE that crossed the party's (RFC 3261 §14.1).
    var dice: IdentifierSource

    init(_ placed: PlacedCall, originID: UInt64) {
        origin = placed.origin
        codecs = placed.codecs
        secondCandidates = placed.secondCandidates
        dice = IdentifierSource(seed: originID)
    }
}

/// The last descriptions that passed on one leg, as the parties wrote them; empty before there is one.
struct PartyDescriptions: Sendable {
    /// What the party said of itself.
    var said: [UInt8] = []
    /// What the party was told of the other one.
    var told: [UInt8] = []
}
