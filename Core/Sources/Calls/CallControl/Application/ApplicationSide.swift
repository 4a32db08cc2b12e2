import Accounting
import MediaSessions
import SDP
import SIPMessages
import Timeline

/// A call whose other party is an application: what the call has beyond others.
struct ApplicationSide: Sendable {
    let channel: ChannelID
    /// The party that is no application.
    let party: MediaSide
    /// What we offer and accept, best first.
    var codecs: [RTPMap]
    /// Whether answers follow our order, and not that of the offer.
    var isChoosing = false
    /// The application that is to be called: no party is reached by SIP.
    var service: String?
    /// The call of the application that is the party, once there is one.
    var peer: SlotHandle?
    /// What waits until the endpoint has its port.
    var deferred: ApplicationCommand?
    /// Whether our re-INVITE of hold or resume is under way.
    var isChangingHold = false
    var isHolding = false

    init(channel: ChannelID, party: MediaSide, codecs: [RTPMap]) {
        self.channel = channel
        self.party = party
        self.codecs = codecs
    }
}

/// A call that an application places.
public struct DialledCall: Sendable {
    public var channel: ChannelID
    public var parties: CallParties
    public var times: CallTimes
    /// What we offer, best first.
    public var codecs: [RTPMap]
    /// The application that is called by its id; nil for whom the routes lead to.
    public var service: String?

    public init(channel: ChannelID, parties: CallParties, times: CallTimes, codecs: [RTPMap]) {
        self.channel = channel
        self.parties = parties
        self.times = times
        self.codecs = codecs
    }
}

/// What an application asks of the call that its channel has.
public enum ApplicationCommand: Equatable, Sendable {
    case ring(withEarlyMedia: Bool)
    case answer
    /// Refuse the unanswered caller; a Q.850 cause is told in Reason (RFC 6432).
    case reject(StatusCode, q850: UInt8? = nil)
    /// End the call, whatever its state.
    case release
    /// End a call that was not answered in time.
    case giveUp
    /// End a call of which a tone said before its answer that it has failed, and why.
    case failInBand(ClearingCause)
    /// Put the party on hold, or take it back.
    case hold(Bool)
    /// Ask the party by REFER to call somebody; `to` is the value of Refer-To.
    case refer(to: [UInt8])
    /// Send these header fields with what the next command sends.
    case carry([PassedHeader])
    /// Take these codecs, best first, for what is answered next; nothing once the call is answered.
    case prefer([RTPMap])
    /// Do what the party asked for by REFER, or refuse it.
    case answerTransfer(isAccepted: Bool)
    /// Send a digit as SIP INFO.
    case inform(digit: UInt8, duration: Duration)
}
