import Timeline

/// Names one channel; chosen by the switch, never reused while the process lives.
public struct ChannelID: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names one verb under way; chosen by the application's side.
public struct VerbID: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What an application asks of its channel.
public enum ChannelVerb: Equatable, Sendable {
    /// Tell the caller that it rings; with early media if it can be. Completes after `time`, or when that is zero as soon as
    /// it rings.
    case ring(withEarlyMedia: Bool, for: Duration)
    /// Let it ring on without telling so again.
    case ringOn(for: Duration)
    /// Take the call; completes when audio passes or the call is gone.
    case answer
    /// Refuse an unanswered call, or release an answered one; `raw` is a SIP status that overrides the cause.
    case reject(ClearingCause, raw: Int?)
    /// End the call, whatever its state; completes when it is gone.
    case hangUp
    /// Place a call; completes when it is answered or has failed, and gives it up after `timeout`.
    case call(timeout: Duration?)
    /// Place a call; completes at once.
    case startCall
    /// Wait for the outcome of a started call, at most `timeout`, which does not end the call.
    case waitForAnswer(timeout: Duration?)
    /// Wait until the call is gone, at most `timeout`.
    case waitForIdle(timeout: Duration?)
    /// Join the audio of this call and another.
    case connect(ChannelPeer)
    /// Part them again.
    case disconnect
    /// Put the far end on hold.
    case hold
    /// Take it back from hold.
    case resume
    /// Hand the far end to a new call of another channel, in such a way that it can be taken back.
    case transfer(ChannelPeer, timeout: Duration?)
    /// Ask the far end by REFER to call somebody else (RFC 5589 §6).
    case refer(timeout: Duration?)
    /// Ask the far end by REFER to take over the other channel's call (RFC 5589 §7).
    case referReplacing(ChannelPeer, timeout: Duration?)
    /// Do what the far end asked for by REFER, which completes when that has come to something, or refuse it.
    case answerTransfer(isAccepted: Bool)
    /// Take a transferred call back.
    case retrieve
    /// Wait until a transferred call has come back or is gone, at most `timeout`.
    case waitForRetrieval(timeout: Duration?)

    /// The verb as the interface calls it, for messages.
    public var name: StaticString {
        switch self {
        case .ring: "ring"
        case .ringOn: "ring"
        case .answer: "answer"
        case .reject: "reject"
        case .hangUp: "hangUp"
        case .call: "call"
        case .startCall: "startCall"
        case .waitForAnswer: "waitForAnswer"
        case .waitForIdle: "waitForIdle"
        case .connect: "connect"
        case .disconnect: "disconnect"
        case .hold: "hold"
        case .resume: "resume"
        case .transfer: "transfer"
        case .refer: "blindTransfer"
        case .referReplacing: "attendedTransfer"
        case .answerTransfer(let isAccepted): isAccepted ? "acceptTransfer" : "refuseTransfer"
        case .retrieve: "retrieveTransferredCall"
        case .waitForRetrieval: "waitForTransferredCallRetrieval"
        }
    }
}

/// The other channel of a verb, as it is at this moment.
public struct ChannelPeer: Equatable, Sendable {
    public var id: ChannelID
    public var state: ChannelState
    /// Whether it plays something, or is joined with another call or a conference.
    public var isAudioTaken: Bool

    public init(id: ChannelID, state: ChannelState, isAudioTaken: Bool) {
        self.id = id
        self.state = state
        self.isAudioTaken = isAudioTaken
    }
}

/// How a verb completed.
public enum VerbOutcome: Equatable, Sendable {
    /// It ran; this is the state now.
    case state(ChannelState)
    /// It ran, and did what was asked or did not.
    case done(Bool)
    /// It was refused, or the call went away under it.
    case refused(VerbRefusal)
}

/// Why a verb was refused: what the original raises as `Hangup` or `Error`.
public struct VerbRefusal: Error, Hashable, Sendable {
    public enum Code: UInt8, Hashable, Sendable {
        /// There is no call where one is needed.
        case hangup
        /// The state or an argument is wrong.
        case error
    }

    /// Why, in a form that an application can act on.
    public enum Reason: Hashable, Sendable {
        /// The verb needs one of these states.
        case needs([ChannelState])
        /// Audio is already being sent, or comes from another call.
        case audioTaken
        /// The other channel is in the wrong state.
        case otherChannelNeeds(ChannelState)
        /// The other channel's audio is taken.
        case otherAudioTaken
        /// The channel is not joined with another.
        case notConnected
        /// The call is already being ended.
        case clearing
        /// Such a cause cannot be sent.
        case unsupportedCause
        /// A channel that was given an inbound call cannot place one.
        case inboundOnly
        /// A header field is the stack's own, no header field at all, or one too many.
        case badHeader(String)
        /// No such codec is configured.
        case badCodec(String)
        /// The far end has asked for no transfer, or it has been answered.
        case noTransferRequested
    }

    public var code: Code
    public var verb: String
    /// The state that was found.
    public var state: ChannelState
    public var reason: Reason

    public init(_ code: Code, _ verb: StaticString, in state: ChannelState, _ reason: Reason) {
        self.code = code
        self.verb = "\(verb)"
        self.state = state
        self.reason = reason
    }

    /// One sentence that names the state found and the state needed.
    public var message: String {
        let found = "the channel is \(state.name)"
        switch reason {
        case .needs(let states):
            return "\(verb) needs \(states.map(\.name).joined(separator: " or ")), but \(found)"
        case .audioTaken: return "\(verb) needs a channel that sends nothing else and is not connected"
        case .otherChannelNeeds(let state): return "\(verb) needs the other channel to be \(state.name)"
        case .otherAudioTaken: return "\(verb) needs another channel that sends nothing and is not connected"
        case .notConnected: return "\(verb) needs a channel that is connected to another one"
        case .clearing: return "\(verb) came too late: the call is being ended; wait for IDLE"
        case .unsupportedCause: return "\(verb) cannot send this cause; only 400 to 699 and the named causes can be"
        case .badHeader(let name): return "\(verb) cannot send the header field \(name)"
        case .badCodec(let name): return "\(verb) cannot use the codec \(name): it is not among media.codecs"
        case .noTransferRequested: return "\(verb) needs a far end that has asked for a transfer"
        case .inboundOnly: return "\(verb) is for outbound channels; this one was given an inbound call"
        }
    }
}
