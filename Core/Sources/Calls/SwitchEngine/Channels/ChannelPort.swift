import Accounting
import Audio
import CallControl
import MediaSessions

/// What the applications' side asks of a shard. Commands of one channel are carried out in order.
public indirect enum ChannelCommand: Sendable {
    /// Lends an application an outbound channel, whose calls are routed and counted as this account's.
    case open(ChannelID, account: Int)
    /// Performs a verb; a `completed` notice says how it went.
    case perform(ChannelID, VerbID, ChannelVerb, ChannelArguments)
    /// Asks something of the media of the channel's call; jobs end with a `media` notice.
    case media(ChannelID, PartyCommand)
    /// Puts the call of an answered channel into a conference; the job ends with `joined` or `refused`.
    case enter(ChannelID, MediaJobID, ConferenceVisit)
    /// Something is asked of conferences.
    case conference(ConferenceOrder)
    /// The application no longer waits for the verb: a call or a transfer under way is given up.
    case abandon(ChannelID, VerbID)
    /// The application is through with the channel: what is left of its call is ended, then the channel is forgotten.
    case close(ChannelID)
}

/// What a verb says beyond its name.
public struct ChannelArguments: Equatable, Sendable {
    /// Whom to call: a telephone number, or a SIP URI.
    public var callTo: [UInt8] = []
    /// Who shall be seen to call; empty for the account's default.
    public var callFrom: [UInt8] = []
    /// Header fields to send with INVITE or 200, as pairs of name and value.
    public var headers: [ChannelHeader] = []
    /// Names of the codecs to offer or to answer with, best first; empty for those of the configuration.
    public var codecs: [[UInt8]] = []
    /// What the far end of a transfer hears while the target rings; nil for the default.
    public var ringback: TonePlan?
    /// The conference room to call instead of `callTo`.
    public var conference: ConferenceVisit?

    public init() {}

    /// The header fields as legs write them.
    var passedHeaders: [PassedHeader] { headers.map { PassedHeader(name: $0.name, value: $0.value) } }
}

/// A header field that an application sends or reads.
public struct ChannelHeader: Equatable, Sendable {
    public var name: [UInt8]
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// What a shard tells the applications' side. Notices of one channel come in order.
public enum ChannelNotice: Sendable {
    /// A call came in for the application with this id; its channel is CALL_INCOMING.
    case offered(ChannelID, application: String, ChannelReport)
    /// A call came in for a number of the user with this id that leads nowhere; it is refused.
    case numberIsIdle(user: String, called: [UInt8], caller: [UInt8])
    /// The channel's state or what is known of its call changed.
    case changed(ChannelID, ChannelReport)
    /// What the media of the channel's call report.
    case media(ChannelID, PartyEvent)
    /// The far end sent an INFO request that carried no digit.
    case information(ChannelID, contentType: [UInt8], body: [UInt8])
    /// The far end asks by REFER to be put through to somebody else; it waits 10 s for the verb `answerTransfer`. What to
    /// say may depend on whether the channel is connected to another one.
    case transferRequested(ChannelID, TransferRequest, isConnected: Bool)
    /// A verb is through.
    case completed(ChannelID, VerbID, VerbOutcome)
    /// Something happened to a conference, and how it is now.
    case conference(ConferenceReport, ConferenceChange)
}

/// A channel as it is at a moment.
public struct ChannelReport: Equatable, Sendable {
    public var state: ChannelState
    public var cause: ClearingCause
    /// The SIP status behind the cause; 0 where there was none, −1 where a tone said before the answer that the call has
    /// failed.
    public var rawCause: Int16
    public var transferCause: TransferCause
    /// Whether audio can be sent to a caller who has not been answered yet.
    public var hasEarlyMedia: Bool
    public var connectedTo: ChannelID?
    public var details: ChannelDetails
    /// Number of the channel's call in listings and records; nil before its first call.
    public var call: UInt64?
    /// How the last call ended; nil while there is one, and where none came about.
    public var ending: CallEnding?

    public init(_ channel: Channel, details: ChannelDetails, call: UInt64?) {
        state = channel.state
        cause = channel.cause
        rawCause = channel.hasFailedInBand ? -1 : Int16(clamping: channel.rawCause?.rawValue ?? 0)
        transferCause = channel.transferCause
        hasEarlyMedia = channel.hasEarlyMedia
        connectedTo = channel.connectedTo
        self.details = details
        self.call = call
    }
}
