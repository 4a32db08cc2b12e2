import Audio
import CallControl
import SwitchEngine

/// One call, owned by an application: a small handle that may be copied and used from every task.
///
/// What blocks in the original suspends here. A far end that hangs up cancels the task of the application's entry; a
/// task that is cancelled gives up what it waits for.
public struct CallChannel: Sendable {
    /// Something that happened to the channel.
    public enum Event: Hashable, Sendable {
        case changed(ChannelState)
        /// A digit was heard; it is in the buffer of `dtmfDetector`, too.
        case digit(Character)
        /// The far end began or ceased to speak, where `watchActivity` asked for it.
        case activity(Bool)
        /// The call is out of the conference that it was put into.
        case leftConference(ConferenceDeparture)
        /// The far end asks by REFER to be put through to somebody else; it waits 10 s for `acceptTransfer` or
        /// `refuseTransfer`. Where nobody reads events, the request is accepted on a connected channel and refused on
        /// others.
        case transferRequested(TransferRequest)
    }

    /// What the far end asks for by REFER.
    public struct TransferRequest: Hashable, Sendable {
        /// Whom it wants to be put through to: a URI.
        public var target: String
        /// The dialog there that is to be replaced, as `call-id;to-tag=…;from-tag=…`; nil for a blind transfer.
        public var replaces: String?
        /// Who asks, as Referred-By says; empty where it does not (RFC 3892).
        public var referredBy: String
    }

    /// Longest time for a call or a transfer where nothing else is said.
    public static let defaultTimeout: Duration = .seconds(120)

    let link: ChannelLink
    /// The files that are played and recorded.
    let files: MediaFiles

    init(_ link: ChannelLink, files: MediaFiles) {
        self.link = link
        self.files = files
    }

    public var id: ChannelID { link.id }

    /// Where the call is.
    public var state: ChannelState { link.report.state }

    /// Why the last call was cleared; `normal` as long as there is one.
    public var cause: ClearingCause { link.report.cause }

    /// How the last transfer went.
    public var transferCause: TransferCause { link.report.transferCause }

    /// What is known of the call.
    public var details: CallDetails { CallDetails(link.report, farEnd: link.functions.farEnd) }

    /// The header fields of the call's messages.
    public var sip: SIPHeaders { SIPHeaders(link.report.details) }

    /// What happens to the channel from now on, with room for 256 events; a reader that falls further behind gets
    /// `CallError` with code `overflow`.
    public var events: AsyncThrowingStream<Event, any Error> { link.events() }

    // MARK: Inbound

    /// Tells the caller that it rings, and goes on after `time`. Throws where the call is answered or gone. `headers` go
    /// into the 180, or, where early media are wanted and can be, the 183; `codecs` are as `answer` has them.
    @discardableResult
    @inline(never)
    public func ring(
        for time: Duration = .zero, withEarlyMedia: Bool = false, headers: [ChannelHeader] = [], codecs: [String] = []
    ) async throws -> ChannelState {
        let arguments = Self.arguments(headers: headers, codecs: codecs)
        return try await perform(.ring(withEarlyMedia: withEarlyMedia, for: time), arguments)
    }

    /// Takes the call; returns ANSWERED, or IDLE when the caller gave up meanwhile. `headers` go into the 200.
    ///
    /// `codecs` are those of `media.codecs` that this call may have, best first: `PCMA`, `PCMU` and so on, also as the
    /// original writes them, `g711a;g711u`. Throws `CallError` where one is not configured; where the caller knows none of
    /// them, the call is refused.
    @discardableResult
    @inline(never)
    public func answer(headers: [ChannelHeader] = [], codecs: [String] = []) async throws -> ChannelState {
        try await perform(.answer, Self.arguments(headers: headers, codecs: codecs))
    }

    /// Takes the call unless that has been done.
    func answerUnlessAnswered() async throws {
        if state != .answered { try await answer() }
    }

    /// Refuses an unanswered call, or releases an answered one. `rawCause`, a SIP status from 400 to 699, overrides the
    /// cause; any other leads to ERROR, after which another reject may follow.
    @discardableResult
    @inline(never)
    public func reject(
        cause: ClearingCause = .rejected, rawCause: Int? = nil, headers: [ChannelHeader] = []
    ) async throws -> ChannelState {
        try await perform(.reject(cause, raw: rawCause), Self.arguments(headers: headers))
    }

    /// As `reject`, with the status written as text; text that is no number leads to ERROR.
    @discardableResult
    @inline(never)
    public func reject(cause: ClearingCause = .rejected, rawCause: String) async throws -> ChannelState {
        try await perform(.reject(cause, raw: Int(rawCause) ?? 0))
    }

    // MARK: Outbound

    /// Calls and waits for the answer, at most `timeout`; nil waits for ever. Returns ANSWERED, or IDLE with the cause. With
    /// `detecting` it returns when `details.farEnd` says who has answered; `codecs` are offered, as `answer` has them.
    @discardableResult
    @inline(never)
    public func call(
        to destination: String, from origin: String = "", timeout: Duration? = defaultTimeout,
        headers: [ChannelHeader] = [], codecs: [String] = [], detecting detection: LiveSpeakerDetection? = nil
    ) async throws -> ChannelState {
        try prepare(detection)
        let reached = try await perform(.call(timeout: timeout), Self.arguments(destination, origin, headers, codecs))
        guard reached == .answered, detection != nil else { return reached }
        try await detectIfWanted()
        return state
    }

    /// Calls and returns at once; with `detecting`, `waitForAnswer` finds out who has answered.
    @discardableResult
    @inline(never)
    public func startCall(
        to destination: String, from origin: String = "", headers: [ChannelHeader] = [], codecs: [String] = [],
        detecting detection: LiveSpeakerDetection? = nil
    ) async throws -> ChannelState {
        try prepare(detection)
        return try await perform(.startCall, Self.arguments(destination, origin, headers, codecs))
    }

    /// Waits for what comes of a started call; the call goes on when the time is over.
    @discardableResult
    @inline(never)
    public func waitForAnswer(timeout: Duration? = nil) async throws -> ChannelState {
        let reached = try await perform(.waitForAnswer(timeout: timeout))
        guard reached == .answered, link.functions.detection != nil else { return reached }
        try await detectIfWanted()
        return state
    }

    // MARK: Ending

    /// Ends the call, whatever its state; returns IDLE, or what it is when 60 seconds were not enough. `headers` go into the
    /// BYE.
    @discardableResult
    @inline(never)
    public func hangUp(headers: [ChannelHeader] = []) async throws -> ChannelState {
        try await perform(.hangUp, Self.arguments(headers: headers))
    }

    /// Waits until there is no call any more.
    @discardableResult
    @inline(never)
    public func waitForIdle(timeout: Duration? = nil) async throws -> ChannelState {
        try await perform(.waitForIdle(timeout: timeout))
    }

    // MARK: Two calls

    /// Joins this call and another, both ways; false when the other one is not ANSWERED.
    @discardableResult
    @inline(never)
    public func connect(_ other: CallChannel) async throws -> Bool {
        return try await done(.connect(other.peer))
    }

    /// Parts them; false when there was nothing to part.
    @discardableResult
    @inline(never)
    public func disconnect() async throws -> Bool { try await done(.disconnect) }

    /// Puts the far end on hold.
    @discardableResult
    @inline(never)
    public func hold() async throws -> ChannelState { try await perform(.hold) }

    /// Takes it back from hold.
    @discardableResult
    @inline(never)
    public func resume() async throws -> ChannelState { try await perform(.resume) }

    // MARK: Transfers

    /// Hands the far end to a new call on `other`, in such a way that it can be taken back; it hears `ringbackTone`
    /// meanwhile. Returns TRANSFERRED, or ANSWERED and `transferCause` says why not.
    @discardableResult
    @inline(never)
    public func retrievableTransfer(
        to destination: String, from origin: String = "", using other: CallChannel, ringbackTone: TonePlan? = nil,
        timeout: Duration? = defaultTimeout
    ) async throws -> ChannelState {
        var arguments = Self.arguments(destination, origin, [])
        arguments.ringback = ringbackTone
        return try await perform(.transfer(other.peer, timeout: timeout), arguments)
    }

    /// Hands the far end to another application of the account, by its name, as a new inbound call of that; `other` is the
    /// channel between the two. As `retrievableTransfer` in all else: the far end comes back when that application hangs
    /// up, or when it is retrieved.
    @discardableResult
    @inline(never)
    public func transferToInboundService(
        using other: CallChannel, service: String, from origin: String = "", ringbackTone: TonePlan? = nil,
        timeout: Duration? = defaultTimeout
    ) async throws -> ChannelState {
        try await retrievableTransfer(
            to: "loc:\(service)", from: origin, using: other, ringbackTone: ringbackTone, timeout: timeout)
    }

    /// Asks the far end by REFER to call `destination` itself; the application loses the call when that succeeds.
    @discardableResult
    @inline(never)
    public func blindTransfer(to destination: String, timeout: Duration? = defaultTimeout) async throws -> ChannelState
    {
        try await perform(.refer(timeout: timeout), Self.arguments(destination, "", []))
    }

    /// Asks the far end by REFER to take over the answered call of `other`; both calls end when that succeeds. A call of
    /// `other` that still rings is given up, and the far end calls its destination anew.
    @discardableResult
    @inline(never)
    public func attendedTransfer(
        to other: CallChannel, timeout: Duration? = defaultTimeout
    ) async throws -> ChannelState {
        try await perform(.referReplacing(other.peer, timeout: timeout))
    }

    /// Calls whom the far end asked for by REFER, as the account of the channel's call; when that answers, it is the far
    /// end of this channel, which stays ANSWERED. False when nobody answered and all is as before.
    @discardableResult
    @inline(never)
    public func acceptTransfer() async throws -> Bool { try await done(.answerTransfer(isAccepted: true)) }

    /// Refuses what the far end asked for by REFER, with 603.
    public func refuseTransfer() async throws { _ = try await done(.answerTransfer(isAccepted: false)) }

    /// Takes a transferred call back.
    @discardableResult
    @inline(never)
    public func retrieveTransferredCall() async throws -> ChannelState { try await perform(.retrieve) }

    /// Waits until a transferred call is back, because its target is gone, or is gone itself.
    @discardableResult
    @inline(never)
    public func waitForTransferredCallRetrieval(timeout: Duration? = nil) async throws -> ChannelState {
        try await perform(.waitForRetrieval(timeout: timeout))
    }

    // MARK: Performing

    /// The channel as the verbs of another one name it.
    var peer: ChannelPeer { ChannelPeer(id: id, state: state, isAudioTaken: false) }

    private static func arguments(headers: [ChannelHeader], codecs: [String] = []) -> ChannelArguments {
        arguments("", "", headers, codecs)
    }

    private static func arguments(
        _ destination: String, _ origin: String, _ headers: [ChannelHeader], _ codecs: [String] = []
    ) -> ChannelArguments {
        var arguments = ChannelArguments()
        arguments.callTo = Array(destination.utf8)
        arguments.callFrom = Array(origin.utf8)
        arguments.headers = headers
        arguments.codecs = codecs.flatMap { $0.split(separator: ";") }.map { codec in
            let name = codec.trimmingPrefix { $0 == " " }
            return Array((names[name.lowercased()] ?? String(name)).utf8)
        }
        return arguments
    }

    /// What the original calls codecs.
    private static let names = ["g711a": "PCMA", "g711u": "PCMU"]

    @inline(never)
    func perform(
        _ verb: ChannelVerb, _ arguments: ChannelArguments = ChannelArguments()
    ) async throws -> ChannelState {
        switch await link.perform(verb, arguments.withRoom(of: link.owner)) {
        case .state(let state): return state
        case .done: return state
        case .refused(let refusal): throw CallError(refusal)
        case nil: throw CallError.stopping
        }
    }

    @inline(never)
    private func done(_ verb: ChannelVerb) async throws -> Bool {
        switch await link.perform(verb, ChannelArguments()) {
        case .done(let isDone): return isDone
        case .state: return true
        case .refused(let refusal): throw CallError(refusal)
        case nil: throw CallError.stopping
        }
    }
}
