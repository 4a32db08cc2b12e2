import Audio
import CallControl
import CallEvents
import Foundation
import Logging
import Management
import Routing
import SQLiteStore
import Synchronization
import Timeline
import VoiceApplications
import Webhooks

/// The driven calls of a switch: places them, takes those that come in, and finds them.
public final class CallDesk: Sendable {
    /// What the desk is told from outside.
    public struct Settings: Sendable {
        /// Base of the URLs in events, as "http://127.0.0.1:8080".
        public var baseURL: String
        /// Follows the replies to answer events; nil for nobody.
        public var follower: (any CallFollower)?
        /// Gets the bytes of a URL that is played. Throws `RESTError` that says why there are none.
        public var fetch: @Sendable (String) async throws -> [UInt8]
        /// Takes what a user finds among his errors.
        public var complain: @Sendable (StoredUserError) -> Void = { _ in }
        /// How hang-up causes are named.
        public var causes = HangupCause.Naming.documented
        /// Whether users may show no numbers but their own; else none of anybody else's.
        public var ownNumbersOnly = false

        public init(
            baseURL: String, follower: (any CallFollower)? = nil,
            fetch: @escaping @Sendable (String) async throws -> [UInt8]
        ) {
            self.baseURL = baseURL
            self.follower = follower
            self.fetch = fetch
        }
    }

    private struct State {
        var calls: [String: DrivenCall] = [:]
        var services: CallServices?
        var bridges: BridgeDesk?
        var conferences: ConferenceDesk?
    }

    let management: SwitchManagement
    let host: ApplicationHost
    let history: CallHistory
    let logger: Logger
    private let ownNumbersOnly: Bool
    private let complain: @Sendable (StoredUserError) -> Void
    private let state = Mutex(State())

    public init(_ management: SwitchManagement, settings: Settings, sink: any EventSink, logger: Logger) {
        self.management = management
        self.logger = logger
        ownNumbersOnly = settings.ownNumbersOnly
        complain = settings.complain
        host = management.applicationHost
        history = CallHistory(management.store, sink: sink, logger: logger)
        let files = host.files
        let services = CallServices(
            sink: sink, causes: settings.causes, baseURL: settings.baseURL,
            recorded: { [watch = management.recordWatch] in await watch.durable($0) },
            follower: settings.follower, audio: PromptAudio(files: files, fetch: settings.fetch),
            speech: { try await files.speech.clip($0, $1) },
            fallBack: { [weak self] call, number in await self?.fallBack(call, to: number) ?? false },
            recordings: RecordingShelf(files: files) { [history] in history.note($0) },
            complain: settings.complain, note: { [history] in history.note($0) },
            over: { [weak self] in self?.forget($0) }, logger: logger)
        let calls = RoomCalls(services, history: history.archive) { [weak self] in self?.live($0, of: $1) }
        let bridges = BridgeDesk(calls, host.conferences)
        let conferences = ConferenceDesk(calls, host.conferences)
        state.withLock { ($0.services, $0.bridges, $0.conferences) = (services, bridges, conferences) }
    }

    var services: CallServices {
        guard let services = state.withLock({ $0.services }) else { preconditionFailure("the desk has its services") }
        return services
    }

    var bridges: BridgeDesk {
        guard let bridges = state.withLock({ $0.bridges }) else { preconditionFailure("the desk has its bridges") }
        return bridges
    }

    var conferences: ConferenceDesk {
        guard let desk = state.withLock({ $0.conferences }) else { preconditionFailure("the desk has its conferences") }
        return desk
    }

    /// Tells the hangup of every call that an earlier process was cut off from, where none was told, and then completes
    /// the recordings; `stream` gives the stream of a call that goes on after what is kept of it.
    public func tellCutOff(_ stream: @escaping @Sendable (CallRoute) throws -> EventStream) throws {
        for record in history.cutOff {
            let route = record.callback.route(user: record.user, subject: record.id)
            try stream(route).close(at: CallServices.now) {
                let uri = services.addresses(of: record.user).call(record.id)
                let call = EventCall(id: record.id, uri: uri, from: record.from, to: record.to)
                var hangup = HangupEvent(call, cause: .normalTemporaryFailure, tag: record.tag)
                hangup.releasedBy = .switch
                hangup.sipCode = record.activeTime == nil ? 503 : 200
                return hangup
            }
        }
        history.closeCutOff()
        Task {
            for recording in history.cutOffRecordings { await complete(recording, stream) }
        }
    }

    /// Completes a recording with what an earlier process had written of it, and tells that.
    private func complete(
        _ cutOff: RecordingRecord, _ stream: @Sendable (CallRoute) throws -> EventStream
    ) async {
        var recording = cutOff
        let now = CallServices.now
        recording.endTime = services.recordings.lastWritten(recording) ?? now.milliseconds
        recording.state = await services.recordings.finish(recording) ? .complete : .error
        history.note(recording)
        guard let call = await history.call(recording.call, of: recording.user) else { return }
        let event = recording.event(services.addresses(of: recording.user), tag: call.tag, at: now)
        let route = call.callback.route(user: recording.user, subject: call.id)
        do {
            try stream(route).publish(.recording(event), at: now)
        } catch {
            logger.error(
                "a recording could not be told", metadata: ["recording": "\(recording.id)", "reason": "\(error)"])
        }
    }

    /// Returns when what was noted of calls is in the store, after their events.
    public func settled() async { await history.finish() }

    // MARK: Finding

    /// The call of a user that is not over; nil where there is none.
    func live(_ id: String, of user: String) -> DrivenCall? {
        state.withLock { $0.calls[id] }.flatMap { $0.terms.user == user ? $0 : nil }
    }

    /// A call as it is at this moment, of which the history has an earlier note.
    func present(_ record: CallRecord) -> CallRecord { live(record.id, of: record.user)?.record ?? record }

    // MARK: Rights

    /// Throws where a user may not show a number: one that is provisioned for others, or where only his own are allowed,
    /// any other.
    func checkNumber(_ number: String, of user: String) async throws(RESTError) {
        guard let tables = await management.tables(), let user = tables.user(id: user).map({ tables.users[$0] }) else {
            return
        }
        let forms = Self.forms(of: PartyName.digits(of: number))
        if forms.contains(where: { tables.isNumber($0, of: user) }) { return }
        guard ownNumbersOnly || forms.contains(where: tables.hasNumber) else { return }
        if ownNumbersOnly, (try? await management.provisioning.numbers(of: user))?.isEmpty == true {
            throw RESTError(.noAllocatedNumber, "The user \(user.id) has no phone number")
        }
        throw RESTError(.numberAccessDenied, "The number \(number) does not belong to the user \(user.id)")
    }

    /// Throws where the account of a user can never call a number.
    func checkDestination(_ destination: String, of user: User) async throws(RESTError) {
        guard let number = PartyName.number(dialled: destination), let tables = await management.tables() else {
            return
        }
        switch tables.refusal(of: number, by: user.account) {
        case .untranslatable:
            throw RESTError(.invalidCallToNumber, "The number \(destination) cannot be called")
        case .forbidden:
            throw RESTError(.invalidDestinationNumber, "The destination \(destination) is not permitted")
        case nil: break
        }
    }

    // MARK: Making

    /// Places a call for a user. Throws where the switch takes no more.
    @discardableResult
    func place(
        _ terms: CallTerms, account: Int, _ actions: DrivenCall.Actions = DrivenCall.Actions()
    ) throws(RESTError) -> DrivenCall {
        let call = DrivenCall(terms, services, actions)
        keep(call)
        let service = ApplicationHost.Service(
            application: ApplicationCatalogue.driven, account: account, extraChannels: 0)
        guard host.run(DrivenRun(call: call), as: service) != nil else {
            forget(call)
            throw RESTError(.callCreationFailure, "The switch takes no more calls; try again later")
        }
        return call
    }

    /// Serves a call that came in for an application with this id.
    func serve(_ run: ApplicationRun, application id: String) async {
        guard let tables = await management.tables(), let position = tables.application(id),
            let user = tables.applications[position].user
        else {
            _ = try? await run.channel.reject(cause: .unobtainable)
            return
        }
        let application = tables.applications[position]
        let details = run.channel.details
        var terms = CallTerms(
            user: user, .incoming, from: PartyName.shown(details.callFrom, address: details.callerAddress),
            to: PartyName.shown(details.callTo, address: details.calledAddress))
        terms.application = application.id
        terms.isAutoAnswered = application.autoAnswer
        terms.callback.url = application.incomingCallURL
        terms.callback.fallbackURL = application.incomingCallFallbackURL
        terms.callback.method = application.callbackHTTPMethod.rawValue
        terms.callback.timeout = min(CallRoute.longestTimeout, Int(application.callbackTimeout.milliseconds))
        terms.fallbackNumber =
            Self.forms(of: PartyName.digits(of: details.callTo))
            .lazy.compactMap { tables.fallbackNumber(of: $0) }.first
        let call = DrivenCall(terms, services)
        keep(call)
        if terms.callback.url == nil { note(untold: call, of: application) }
        await DrivenRun(call: call).serve(run.channel)
    }

    /// Writes down that nobody is told of a call, as its application has no URL for calls.
    private func note(untold call: DrivenCall, of application: Application) {
        var error = StoredUserError(
            user: call.terms.user, milliseconds: CallServices.now.milliseconds, category: "unavailable",
            code: "no-callback-for-call",
            message: "Nobody is told of the call \(call.id): the application \(application.id) has no incomingCallUrl")
        error.details = StoredUserError.details([("callId", call.id), ("applicationId", application.id)])
        complain(error)
    }

    private func keep(_ call: DrivenCall) { state.withLock { $0.calls[call.id] = call } }

    func forget(_ call: DrivenCall) { state.withLock { $0.calls[call.id] = nil } }

    private func fallBack(_ call: DrivenCall, to number: String) async -> Bool {
        guard let account = await account(of: call.terms.user) else { return false }
        return await fallBack(call, to: number, account: account)
    }

    /// The account that calls of a user are routed as; nil where there is no such user.
    func account(of user: String) async -> Int? {
        guard let tables = await management.tables() else { return nil }
        return tables.user(id: user).map { tables.users[$0].account }
    }
}

/// One run of the application host for one driven call.
struct DrivenRun: VoiceApplication {
    let call: DrivenCall

    func main(_ run: ApplicationRun) async throws -> Int {
        await serve(run.channel)
        return 0
    }

    /// Serves the call to its end. The far end's hang-up, which cancels the run, does not cut that short; the switch's
    /// stop ends the call.
    func serve(_ channel: CallChannel) async {
        let serving = Task { [call] in await call.serve(channel) }
        await withTaskCancellationHandler {
            await serving.value
        } onCancel: {
            Task { [call] in await call.release() }
        }
        call.services.over(call)
    }
}

/// The application of the catalogue that calls come in through.
public struct IncomingCalls: VoiceApplication {
    private let door: CallDoor

    public init(_ door: CallDoor) { self.door = door }

    public func main(_ run: ApplicationRun) async throws -> Int {
        guard let desk = door.desk else {
            _ = try await run.channel.reject(cause: .noChannels)
            return -1
        }
        await desk.serve(run, application: run.parameters["application"] ?? "")
        return 0
    }
}

/// Where incoming calls wait for the desk that takes them: it is made after the switch that it serves.
public final class CallDoor: Sendable {
    private let opened = Mutex<CallDesk?>(nil)

    public init() {}

    /// Calls go to this desk from now on.
    public func open(_ desk: CallDesk) { opened.withLock { $0 = desk } }

    var desk: CallDesk? { opened.withLock { $0 } }
}
