import Accounting
import MediaSessions
import Routing
import SDP
import SIPMessages
import Timeline

/// One call: a back-to-back user agent of a caller leg and, one after the other, callee legs (RFC 7092 §3). It decides
/// what passes between the legs, hunts through the routes, ends everything once, and leaves one record.
public struct Call: Sendable {
    /// What can happen to a call.
    public enum Event: Sendable {
        /// The caller is admitted and routed: try the candidates.
        case routed([RouteCandidate])
        /// The caller reaches this application's channel, which knows these codecs.
        case serve(ChannelID, codecs: [RTPMap])
        /// What an application asks of its call.
        case application(ApplicationCommand)
        /// The caller is known, but nothing may be or can be tried.
        case refused(Failure)
        /// A leg has been made for the attempt under way.
        case attempting(StartedAttempt)
        /// The attempt under way could not be made, at a connection of this vendor.
        case attemptRefused(Failure, vendor: Int)
        case leg(SlotHandle, LegEvent)
        case media(MediaEvent)
        /// There are ways to whom a party wants to be put through to.
        case successorRouted([RouteCandidate])
        /// The leg of whom a party wants to be put through to has been taken from another call.
        case successorMoved(SlotHandle)
        /// A party cannot or may not be put through.
        case successorRefused(Failure)
        /// Somebody invites himself in place of a party.
        case replaced(Replacement)
        /// The application that is the party told its own party this.
        case crossed(LegCommand)
        /// An operator, an application or the draining switch ends the call.
        case disconnect(EndedBy, detail: StaticString)
        /// The record is durable.
        case recorded
    }

    /// What a call wants done.
    public enum Effect: Sendable {
        case tell(SlotHandle, LegCommand)
        /// Make a leg for this candidate and this party, and send this description.
        case attempt(RouteCandidate, MediaSide, description: [UInt8]?)
        /// Tell this to the call of the application that is the party.
        case cross(SlotHandle, LegCommand)
        /// Make a call for the application with this id, whose party is this call with this description.
        case enter(service: String, description: [UInt8]?)
        /// The leg of this party no longer counts against its connection's limits.
        case releaseConnection(MediaSide)
        /// The call no longer counts against the limits of its account and customers.
        case releaseAdmission
        case media(MediaCommand)
        /// Something happened to the call of a channel.
        case channel(ChannelID, ChannelEvent)
        /// The codecs that a channel and its far end both know, the one in use first.
        case channelCodecs(ChannelID, [[UInt8]])
        /// The far end of a channel sent an INFO request, which has been answered.
        case channelInformation(ChannelID, contentType: [UInt8], body: [UInt8])
        /// The header fields of a response to the INVITE of a channel's call.
        case channelHeaders(ChannelID, [PassedHeader])
        /// The far end of a channel asks to be put through to somebody else.
        case channelTransferRequested(ChannelID, TransferRequest)
        /// Find ways to whom this party wants to be put through to, if that may be.
        case routeSuccessor(MediaSide, TransferRequest)
        /// Whoever was called for this party is the party now, and counts as it did against its connection's limits.
        case adoptSuccessor(MediaSide)
        /// Whoever was called for a party no longer counts against its connection's limits.
        case releaseSuccessor
        case changed(CallState)
        case record
        /// The call can be forgotten.
        case forget
    }

    /// Number of the call, never reused while the process lives.
    public let id: UInt64
    public internal(set) var state: CallState = .idle
    public internal(set) var parties: CallParties
    public internal(set) var times: CallTimes
    public internal(set) var hunt = CallHunt()
    public internal(set) var media: CallMedia
    /// Why the call ended, set once.
    public internal(set) var ending: CallEnding?
    /// Whether the record has been handed over.
    var isConcluded = false
    /// The caller's leg; of a call that the switch places, the first party's, nil while none is under way.
    public internal(set) var callerLeg: SlotHandle?
    public internal(set) var calleeLeg: SlotHandle?
    /// Call-IDs of the two legs.
    public internal(set) var callerCallID: [UInt8]
    public internal(set) var calleeCallID: [UInt8] = []
    /// Legs that have not ended and that the record waits for.
    var liveLegs: Int
    /// What a call has more when the switch placed its first leg.
    var source = CallSource.invited
    /// Legs of given up attempts that end by themselves; nothing waits for them.
    var abandonedLegs: [SlotHandle] = []
    var negotiation = CallNegotiation()
    var deadlines = CallDeadlines()
    /// Statistics of the closed relay session.
    public internal(set) var statistics: (caller: MediaStatistics, callee: MediaStatistics)?

    /// How the call began.
    public var origin: CallOrigin { source.origin }

    /// The earliest instant at which `timeElapsed` has something to do.
    public var nextDeadline: Instant? {
        Instant.earliest(
            Instant.earliest(hunt.nextDeadline, Instant.earliest(deadlines.credit, deadlines.alignment)),
            Instant.earliest(
                Instant.earliest(deadlines.succession, deadlines.retired?.deadline),
                Instant.earliest(deadlines.mediaClosing, deadlines.forget)))
    }

    /// The one door.
    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch event {
        case .routed(let candidates): route(candidates, now, &effects)
        case .serve(let channel, let codecs): serve(channel, codecs, &effects)
        case .application(let command): obey(command, now, &effects)
        case .refused(let failure): refuse(failure, by: .switch, now, &effects)
        case .attempting(let attempt): attemptBegan(attempt, now)
        case .attemptRefused(let failure, let vendor):
            if negotiation.succession == nil { parties.vendor = vendor }
            attemptFailed(failure, now, &effects)
        case .leg(let leg, let event):
            if case .ended = event {
                legEnded(leg, now, &effects)
            } else if leg == callerLeg {
                receive(event, from: .caller, now, &effects)
            } else if leg == calleeLeg {
                receive(event, from: .callee, now, &effects)
            } else if leg == negotiation.succession?.leg {
                receiveFromSuccessor(event, leg, now, &effects)
            }
        case .media(let event): receiveMedia(event, now, &effects)
        case .successorRouted(let candidates): successorRouted(candidates, now, &effects)
        case .successorMoved(let leg): successorMoved(leg, now, &effects)
        case .successorRefused(let failure): successorRefused(failure, &effects)
        case .replaced(let newcomer): replaced(by: newcomer, now, &effects)
        case .crossed(let command): crossed(command, now, &effects)
        case .disconnect(let endedBy, let detail):
            disconnect(by: endedBy, detail, unanswered: Failure(unansweredStatus(of: endedBy)), now, &effects)
        case .recorded:
            deadlines.isRecorded = true
            forgetIfDone(&effects)
        }
    }

    /// Acts on the deadlines that have passed.
    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if let deadline = hunt.noResponseDeadline, deadline <= now {
            attemptFailed(Failure(.requestTimeout, .noResponse), now, &effects)
        } else if let deadline = hunt.noAnswerDeadline, deadline <= now {
            attemptFailed(Failure(.requestTimeout, .noAnswer), now, &effects)
        }
        if let deadline = deadlines.credit, deadline <= now {
            disconnect(by: .switch, "max_credit_time reached", now, &effects)
        }
        if let deadline = deadlines.alignment, deadline <= now {
            deadlines.alignment = nil
            resumeAlignment(now, &effects)
        }
        if let deadline = deadlines.succession, deadline <= now {
            deadlines.succession = nil
            transferExpired(&effects)
        }
        if let retired = deadlines.retired, retired.deadline <= now { releaseRetired(&effects) }
        if let deadline = deadlines.mediaClosing, deadline <= now {
            deadlines.mediaClosing = nil
            media.isClosing = false
            concludeIfQuiet(now, &effects)
        }
        if let deadline = deadlines.forget, deadline <= now {
            deadlines.forget = nil
            deadlines.hasLingered = true
        }
        forgetIfDone(&effects)
    }

    mutating func enter(_ state: CallState, _ effects: inout [Effect]) {
        self.state = state
        effects.append(.changed(state))
    }
}

extension Call {
    /// A call of `caller`, whose INVITE carried `offer` or none.
    public init(id: UInt64, caller: CallerIdentity, media: CallMedia, offer: [UInt8]?, policy: CallPolicy) {
        self.init(
            id: id, parties: caller.parties, times: caller.times, media: media, callerLeg: caller.leg,
            callerCallID: caller.callID, liveLegs: 1, negotiation: CallNegotiation(callerOffer: offer),
            deadlines: CallDeadlines(policy: policy))
    }

    /// A call that the switch places itself: it hunts its first party, and when that has answered, its second.
    public init(id: UInt64, placing placed: PlacedCall, media: CallMedia, policy: CallPolicy) {
        self.init(
            id: id, parties: placed.parties, times: placed.times, hunt: CallHunt(for: .caller), media: media,
            callerCallID: [], liveLegs: 0, source: .placed(Origination(placed, originID: media.callerOrigin.id)),
            deadlines: CallDeadlines(policy: policy))
    }

    /// A call that an application's channel places.
    public init(id: UInt64, dialling dialled: DialledCall, media: CallMedia, policy: CallPolicy) {
        var side = ApplicationSide(channel: dialled.channel, party: .callee, codecs: dialled.codecs)
        side.service = dialled.service
        self.init(
            id: id, parties: dialled.parties, times: dialled.times, media: media, callerCallID: [], liveLegs: 0,
            source: .application(side), deadlines: CallDeadlines(policy: policy))
    }
}

/// Who places a call and when it came in.
public struct CallerIdentity: Sendable {
    public var leg: SlotHandle
    public var callID: [UInt8]
    public var parties: CallParties
    public var times: CallTimes

    public init(leg: SlotHandle, callID: [UInt8], parties: CallParties, times: CallTimes) {
        self.leg = leg
        self.callID = callID
        self.parties = parties
        self.times = times
    }
}

/// The limits in time of a call.
public struct CallPolicy: Sendable {
    /// Longest answered call; nil for no limit.
    public var maxCreditTime: Duration?
    /// Longest time for one attempt to be answered.
    public var noAnswer: Duration
    /// How long a dead call absorbs late messages and stays listed.
    public var linger: Duration
    /// How long an ending call waits for the statistics of its relay session.
    public var mediaClosing: Duration = .seconds(1)

    public init(maxCreditTime: Duration?, noAnswer: Duration, linger: Duration) {
        self.maxCreditTime = maxCreditTime
        self.noAnswer = noAnswer
        self.linger = linger
    }
}

/// The deadlines of a call beyond its attempts.
struct CallDeadlines: Sendable {
    var policy = CallPolicy(maxCreditTime: nil, noAnswer: .seconds(180), linger: .seconds(32))
    var credit: Instant?
    /// When a re-INVITE of our own that crossed the party's is sent again.
    var alignment: Instant?
    /// When a REFER that the application has not answered is refused.
    var succession: Instant?
    /// Who was replaced and has not hung up yet.
    var retired: RetiredParty?
    var mediaClosing: Instant?
    var forget: Instant?
    var isRecorded = false
    var hasLingered = false
}

/// The offer/answer exchange that is under way between the two legs (RFC 3264, RFC 6337).
struct CallNegotiation: Sendable {
    /// The offer of the caller's INVITE, until somebody answers; every attempt gets it.
    var callerOffer: [UInt8]?
    /// The side whose re-INVITE waits for the other side.
    var pending: MediaSide?
    /// Whether the re-INVITE under way is ours, made of what `pending` described earlier: nobody waits for its answer.
    var isOwn = false
    /// Whether it only refreshes a session.
    var isRefresh = false
    /// The last early description of the callee, for a 2xx that comes without one.
    var earlyAnswer: [UInt8]?
    /// The change of a party, while that goes on.
    var succession: Succession?
    /// What waits until the relay has enough ports.
    var deferred: Deferred?

    enum Deferred: Sendable {
        case attempt
        case event(SlotHandle, LegEvent)
    }
}
