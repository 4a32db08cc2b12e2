import Accounting
import CallControl
import CallEvents
import SIPMessages
import SwitchEngine
import Timeline
import VoiceApplications
import Webhooks

/// One call of the REST side: owns a channel, takes commands, and tells what happens in the order in which it happens.
/// However the call ends, it tells one hangup, after the call's record is durable.
public actor DrivenCall {
    public nonisolated let terms: CallTerms
    /// The call's events.
    public nonisolated let stream: EventStream
    nonisolated let services: CallServices
    /// When the call was made, by the wall clock and by that which nobody sets.
    private nonisolated let born: (wall: UTCTime, instant: Instant)
    /// What the resource shows; read by lists without waiting for the call.
    private nonisolated let shown: SharedRecord
    private(set) var channel: CallChannel?
    /// What is played.
    var player: PromptPlay?
    var playCount = 0
    var gather: DigitGather?
    var gatherTimer: Task<Void, Never>?
    var recorder: RecordingJob?
    var recordingTasks: [Task<Void, Never>] = []
    /// What is told of recordings that ended with the call: it follows the hangup.
    var waitingEvents: [(content: CallEventContent, route: CallRoute?)] = []
    var followed: (any FollowedCall)?
    private var following: Task<Void, Never>?
    /// Whether an incoming call was told of and answered as far as that is done by itself, and whether nobody was told.
    private var isAnnounced = false
    private var isToldToNobody = false
    /// How the application has ended the call; nil where it has not.
    var lastCommand: CallState?
    /// Whether a request is answering the call, and whether one has.
    var isAnswering = false
    var isTaken = false
    /// Places or announces the call.
    private var beginning: Task<Void, Never>?
    /// Whether the call is to end, even if it is not being placed yet.
    private var isGivenUp = false
    private(set) var isOver = false
    /// The resource shows that the call is over.
    nonisolated let ending = Occurrence()
    /// Whether it came to nothing because there is no such number; known when the call is over.
    private(set) var isToNobody = false
    /// The digits that are being sent.
    var sending: Task<Void, Never>?
    /// What the party of a call that is being transferred hears.
    var ringing: Task<Void, Never>?
    /// The room of a bridge or a conference that the party is in.
    var room: ConferenceName?
    /// Whether it is on its way into the room, and whether it is to leave it at once.
    var isEnteringRoom = false
    var isLeavingRoom = false
    /// What is done once when the party is out of its room.
    var onRoomExit: [@Sendable () async -> Void] = []
    /// Takes the digits of the party in the application's place.
    var digitInterpreter: (@Sendable (Character) -> Void)?
    /// Whether its audio is joined with that of the call that was placed for it.
    var isJoined = false
    /// Called once when the call is answered, and once when it is over.
    var onAnswer: [@Sendable (DrivenCall) async -> Void] = []
    var onEnd: [@Sendable (DrivenCall) async -> Void] = []

    /// What is to be done when a call is answered, and when it is over.
    struct Actions: Sendable {
        var answered: (@Sendable (DrivenCall) async -> Void)?
        var ended: (@Sendable (DrivenCall) async -> Void)?
    }

    init(_ terms: CallTerms, _ services: CallServices, _ actions: Actions = Actions()) {
        self.terms = terms
        self.services = services
        onAnswer = [actions.answered].compactMap { $0 }
        onEnd = [actions.ended].compactMap { $0 }
        born = (services.clock.wall(), services.clock.now())
        let record = CallRecord(terms, at: born.wall)
        shown = SharedRecord(record)
        stream = EventStream(call: terms.callback.route(user: terms.user, subject: terms.id), sink: services.sink)
        services.note(record)
        shown.step("create", at: born.wall)
    }

    public nonisolated var id: String { terms.id }

    /// What the resource shows at this moment.
    public nonisolated var record: CallRecord { shown.value }

    /// The call as events name it.
    public nonisolated var named: EventCall {
        EventCall(
            id: id, uri: services.addresses(of: terms.user).call(id), from: terms.from, to: terms.to)
    }

    /// The tag of the call's events; an incoming call has none.
    public nonisolated var tag: String? { terms.tag }

    nonisolated func show(_ change: (inout CallRecord) -> Void) { shown.change(change) }

    nonisolated func step(_ name: String, _ data: String? = nil) {
        shown.step(name, data, at: self.now)
    }

    /// The time of the call's events and records: that of the wall clock when the call was made, and what has passed since,
    /// so that nobody who sets the clock makes a call longer or lets its end come before its beginning.
    nonisolated var now: UTCTime {
        UTCTime(milliseconds: born.wall.milliseconds + (services.clock.now() - born.instant).milliseconds)
    }

    // MARK: The life of the call

    /// Serves the call on a channel until it is over and everything about it has been told.
    func serve(_ channel: CallChannel) async {
        self.channel = channel
        let events = channel.events
        show { $0.number = channel.details.callNumber }
        beginning = Task { await self.begin(channel) }
        if isGivenUp { release() }
        // The caller of an incoming call may be gone already; then no event tells it.
        if terms.direction == .outgoing || channel.state != .idle {
            do {
                for try await event in events {
                    await receive(event, channel)
                    if event == .changed(.idle) { break }
                }
            } catch {
                services.logger.error(
                    "a call was not followed fast enough", metadata: ["call": "\(id)", "reason": "\(error)"])
                _ = try? await channel.hangUp()
            }
        }
        beginning?.cancel()
        await end(channel)
    }

    private func begin(_ channel: CallChannel) async {
        switch terms.direction {
        case .outgoing: await place(channel)
        case .incoming: await announce(channel)
        }
    }

    private func place(_ channel: CallChannel) async {
        let shown = terms.sipHeaders.sorted { $0.key < $1.key }.map { CallTerms.Header(name: $0.key, value: $0.value) }
        let headers = (shown + terms.furtherHeaders)
            .map { ChannelHeader(name: Array($0.name.utf8), value: Array($0.value.utf8)) }
        do {
            _ = try await channel.call(
                to: terms.dialled ?? terms.to, from: terms.shownCaller ?? terms.from, timeout: terms.callTimeout,
                headers: headers)
        } catch {
            services.logger.info("a call could not be placed", metadata: ["call": "\(id)", "reason": "\(error)"])
        }
    }

    private func announce(_ channel: CallChannel) async {
        let presentation = CallerPresentation(channel.details)
        let event = CallEventContent.incomingCall(
            IncomingCallEvent(named, application: terms.application ?? "", presentation: presentation))
        if terms.callback.url == nil, terms.fallbackNumber != nil {
            stream.publish(event, at: self.now)
            await giveUp(channel)
        } else if terms.isAutoAnswered {
            // Weakly, for the event may wait for its receiver for long after the call.
            stream.publish(event, at: self.now) { [weak self] outcome in
                guard case .undeliverable = outcome else { return }
                Task { await self?.toldNobody() }
            }
            _ = try? await channel.answer()
            isAnnounced = true
            if isToldToNobody { await giveUp(channel) }
        } else {
            _ = try? await channel.ring()
            switch await stream.deliver(event, at: self.now) {
            case .undeliverable: return await giveUp(channel)
            case .answered(_, let body, _):
                if let refusal = services.follower?.refusal(in: body) { try? await reject(busy: refusal == .busy) }
            case .kept, .refused: break
            }
            await refuseUntaken(channel)
        }
    }

    /// Refuses an incoming call that the application has not taken in a long time: its caller may be gone without a word.
    private func refuseUntaken(_ channel: CallChannel) async {
        guard (try? await services.clock.wait(Self.longestRinging)) != nil, !isOver, record.state == .started,
            !isAnswering, !isTaken, lastCommand == nil
        else { return }
        _ = try? await channel.reject(cause: .noAnswer)
    }

    /// How long an incoming call rings at most.
    private static let longestRinging: Duration = .seconds(300)

    /// Nobody could be told of the incoming call, which is being answered or was.
    private func toldNobody() async {
        isToldToNobody = true
        if isAnnounced, let channel { await giveUp(channel) }
    }

    /// What becomes of an incoming call of which nobody could be told.
    private func giveUp(_ channel: CallChannel) async {
        guard !isOver else { return }
        if let number = terms.fallbackNumber, await services.fallBack(self, number) { return }
        if !terms.isAutoAnswered, record.state == .started { _ = try? await channel.reject(cause: .noAnswer) }
    }

    private func receive(_ event: CallChannel.Event, _ channel: CallChannel) async {
        if record.number == nil { show { $0.number = channel.details.callNumber } }
        switch event {
        case .changed(.answered): await answered(channel)
        case .digit(let digit): heard(digit)
        case .transferRequested: Task { await self.judgeTransfer(channel) }
        case .changed, .activity, .leftConference: break
        }
    }

    /// The far end may put somebody else in its place while it talks to another call; else the application decides.
    private func judgeTransfer(_ channel: CallChannel) async {
        if channel.details.connectedTo != nil {
            _ = try? await channel.acceptTransfer()
        } else {
            try? await channel.refuseTransfer()
        }
    }

    private func answered(_ channel: CallChannel) async {
        guard record.state == .started else { return }
        let now = self.now
        show {
            $0.state = .active
            $0.activeTime = now.milliseconds
        }
        step("answer")
        let presentation =
            terms.direction == .incoming ? CallerPresentation(channel.details) : CallerPresentation()
        let content = CallEventContent.answer(AnswerEvent(named, tag: tag, presentation: presentation))
        let route = stream.route
        stream.publish(content, at: now, to: route) { [weak self] outcome in
            guard case .answered(_, let body, let isFallback) = outcome, !body.isEmpty else { return }
            Task { await self?.replied(body, from: isFallback ? route.fallbackURL : route.url) }
        }
        if record.recording.isEnabled { startRecording() }
        for action in onAnswer { Task { await action(self) } }
        onAnswer = []
    }

    /// Follows what the answer event was answered with, where somebody does.
    private func replied(_ body: [UInt8], from url: String?) {
        guard let follower = services.follower, !isOver else { return }
        following = Task {
            guard let followed = await follower.begin(body, from: url, on: self) else { return }
            await self.follow(followed)
        }
    }

    private func follow(_ call: any FollowedCall) async {
        if isOver { await call.ended() } else { followed = call }
    }

    private func heard(_ digit: Character) {
        if let digitInterpreter { return digitInterpreter(digit) }
        let now = self.now
        stream.publish(.dtmf(DTMFEvent(named, digit: digit, tag: tag)), at: now)
        step("dtmf", String(digit))
        followed?.heard(digit)
        gatherHeard(digit)
    }

    // MARK: The end

    /// Ends the call unless it is over; one that is not placed yet is given up as soon as it is.
    func release() {
        guard !isOver else { return }
        isGivenUp = true
        guard let channel else { return }
        if terms.direction == .outgoing, record.state == .started { beginning?.cancel() }
        Task { _ = try? await channel.hangUp() }
    }

    private func end(_ channel: CallChannel) async {
        isOver = true
        let details = channel.details
        await player?.finished()
        endGather(.hungUp)
        await followed?.ended()
        let now = self.now
        showEnd(channel, at: now)
        if let number = details.callNumber, details.ending != nil { await services.recorded(number) }
        tellHangup(channel, at: now)
        for task in recordingTasks { await task.value }
        for (content, route) in waitingEvents { stream.publish(content, at: self.now, to: route) }
        following?.cancel()
        services.note(record)
        for action in onEnd { await action(self) }
        onEnd = []
    }

    /// The resource shows the end at once; it is told and noted when the call's record is durable.
    private func showEnd(_ channel: CallChannel, at now: UTCTime) {
        let isRefused = record.activeTime == nil && hangupCause(channel, services.causes) == .callRejected
        show {
            $0.state = isRefused || lastCommand == .rejected ? .rejected : .completed
            $0.endTime = now.milliseconds
        }
        ending.happened()
    }

    private func tellHangup(_ channel: CallChannel, at now: UTCTime) {
        let ending = channel.details.ending
        let cause = hangupCause(channel, services.causes)
        isToNobody =
            switch hangupCause(channel, .documented) {
            case .unallocatedNumber, .invalidNumberFormat, .noRouteDestination: record.activeTime == nil
            default: false
            }
        let isTimedOut =
            terms.direction == .outgoing && record.activeTime == nil && !isGivenUp && channel.cause == .timeout
        if isTimedOut {
            stream.publish(.timeout(TimeoutEvent(named, tag: tag)), at: now)
            step("timeout")
        }
        step("hangup", "\(cause.name)")
        var hangup = HangupEvent(named, cause: cause, tag: tag)
        hangup.duration = record.activeTime.map { Int((now.milliseconds - $0) / 1000) } ?? 0
        hangup.sipCode = ending.map { Int($0.status) } ?? channel.details.rawCause
        hangup.releasedBy = ending?.endedBy
        stream.close(at: now) { hangup }
    }

    /// Why the call has ended, by the documented names; nil while it goes on.
    var endCause: HangupCause? {
        guard isOver, let channel else { return nil }
        return hangupCause(channel, .documented)
    }

    /// The cause by what the switch wrote down; where no call came about, by the status that the channel was refused with.
    private func hangupCause(_ channel: CallChannel, _ naming: HangupCause.Naming) -> HangupCause {
        if let ending = channel.details.ending, let cause = HangupCause(rawValue: ending.hangupCause) {
            return cause.named(
                naming, q850: ending.cause, status: StatusCode(rawValue: ending.status),
                isAnswered: record.activeTime != nil)
        }
        if let status = channel.details.rawCause.flatMap({ UInt16(exactly: $0) }) {
            return HangupCause(unanswered: StatusCode(rawValue: status), naming: naming)
        }
        return .normalTemporaryFailure
    }
}
