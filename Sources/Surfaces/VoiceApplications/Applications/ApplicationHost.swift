import CallControl
import Foundation
import Logging
import SwitchEngine
import Synchronization

/// Runs applications: gives every inbound call for one a run of its own, starts outbound runs, and remembers what came
/// of them.
public final class ApplicationHost: Sendable {
    /// What the host may do.
    public struct Settings: Sendable {
        /// Extra channels of a run.
        public var extraChannels = 3
        /// Most runs at the same time; calls beyond are rejected with NOCHANNELS, outbound runs wait.
        public var maximumRuns = 10_000
        /// Most outbound runs that wait.
        public var maximumWaiting = 10_000
        /// Finished runs whose status is remembered.
        public var rememberedRuns = 10_000
        /// The time that runs live in.
        public var clock: any Clock<Duration> = ContinuousClock()
        /// Where runs are executed; nil for the threads of all tasks.
        public var executor: (any TaskExecutor)?

        public init() {}
    }

    /// An application as it is provisioned: its name in the catalogue, its parameters, the account that pays.
    public struct Service: Equatable, Sendable {
        public var application: String
        /// Id in the provisioning.
        public var id = ""
        /// Name in the provisioning, by which it is started.
        public var name = ""
        public var parameters: [String: String]
        /// What whoever starts it over HTTP must know; nil where nobody may.
        public var password: String?
        /// How its owner is called where somebody starts it over HTTP.
        public var logins: [String] = []
        /// Account of outbound calls; nil where it has none.
        public var account: Int?
        /// Extra channels of a run; nil for as many as the host gives.
        public var extraChannels: Int?
        /// Whose conference rooms its calls enter: rooms of different owners never meet.
        public var owner = ""

        public init(
            application: String, parameters: [String: String] = [:], account: Int? = nil, extraChannels: Int? = nil
        ) {
            self.application = application
            self.parameters = parameters
            self.account = account
            self.extraChannels = extraChannels
        }
    }

    struct Shared {
        var links: [ChannelID: ChannelLink] = [:]
        var services: [String: Service] = [:]
        var runs: [String: RunReport] = [:]
        /// Runs that have been taken from the queue and have no task yet.
        var launching = 0
        var finished: [String] = []
        var tasks: [String: Task<Void, Never>] = [:]
        /// The run that ends with the call of this channel.
        var primaries: [ChannelID: String] = [:]
        var waiting: [WaitingRun] = []
        var idleNumberListener: (@Sendable (IdleNumberCall) -> Void)?
        /// Channels of runs that have ended, about to be closed together.
        var closing: [ChannelID] = []
        var lastRun = 0
        var lastChannel: UInt64 = 0
        var isStopped = false

        /// Runs that have a task, or are about to have one.
        var active: Int { tasks.count + launching }

        /// Names the next run as the original does: two numbers.
        mutating func nextRun() -> String {
            lastRun += 1
            return "\(lastRun / 10_000 + 1).\(lastRun % 10_000)"
        }
    }

    struct WaitingRun: Sendable {
        var id: String
        var service: Service
        var outboundParameters: String
    }

    /// Channels that applications open are numbered from here; those of inbound calls below, by the shard.
    static let firstOwnChannel: UInt64 = 1 << 62

    /// All conferences of the switch.
    public let conferences: Conferences
    let port: any ChannelPort
    let settings: Settings
    let catalogue: ApplicationCatalogue
    /// The files that applications play and record.
    public let files: MediaFiles
    let logger: Logger
    private let records: @Sendable (ApplicationDataRecord) -> Void
    let shared = Mutex(Shared())

    /// `records` gets one record for each run that has ended.
    public init(
        port: any ChannelPort, catalogue: ApplicationCatalogue, files: MediaFiles, settings: Settings = Settings(),
        logger: Logger,
        records: @escaping @Sendable (ApplicationDataRecord) -> Void
    ) {
        self.port = port
        conferences = Conferences(port: port)
        self.catalogue = catalogue
        self.files = files
        self.settings = settings
        self.logger = logger
        self.records = records
    }

    /// The applications that are provisioned, by their id. Runs that wait are runs of them as they are now; those of an
    /// application that is no longer there could not run.
    public func adopt(_ services: [String: Service]) {
        shared.withLock { shared in
            shared.services = services
            var waiting: [WaitingRun] = []
            for var run in shared.waiting {
                guard let service = run.service.id.isEmpty ? run.service : services[run.service.id] else {
                    remember(run.id, .couldNotRun("the application is no longer provisioned"), in: &shared)
                    continue
                }
                run.service = service
                waiting.append(run)
            }
            shared.waiting = waiting
        }
    }

    // MARK: What the switch tells

    /// Takes notices in their order; callable from the shard's thread, on which it does little.
    public func receive(_ notices: [ChannelNotice]) {
        for notice in notices {
            switch notice {
            case .offered(let id, let application, let report): offered(id, application, report)
            case .changed(let id, let report): changed(id, report)
            case .completed(let id, let verb, let outcome):
                shared.withLock { $0.links[id] }?.completed(verb, outcome)
            case .media(let id, let event): shared.withLock { $0.links[id] }?.heard(event)
            case .transferRequested(let id, let request, let isConnected):
                shared.withLock { $0.links[id] }?
                    .transferRequested(CallChannel.TransferRequest(request), isConnected: isConnected)
            case .conference(let report, let change): heard(report, change)
            case .information: break
            case .numberIsIdle(let user, let called, let caller):
                shared.withLock { $0.idleNumberListener }?(
                    IdleNumberCall(
                        user: user, called: String(decoding: called, as: UTF8.self),
                        caller: String(decoding: caller, as: UTF8.self)))
            }
        }
    }

    /// A call for a number that leads nowhere.
    public struct IdleNumberCall: Hashable, Sendable {
        /// Id of the user whose number it is.
        public var user: String
        public var called: String
        public var caller: String
    }

    /// Tells `listener` of every call for a number of a user that leads nowhere, on the shard's thread.
    public func whenNumberIsIdle(_ listener: @escaping @Sendable (IdleNumberCall) -> Void) {
        shared.withLock { $0.idleNumberListener = listener }
    }

    private func heard(_ report: ConferenceReport, _ change: ConferenceChange) {
        conferences.receive(report, change)
        switch change {
        case .joined(let id): shared.withLock { $0.links[id] }?.visited(nil)
        case .left(let id, let departure): shared.withLock { $0.links[id] }?.visited(departure)
        case .created, .started, .stopped, .changed, .played, .completed: break
        }
    }

    private func offered(_ id: ChannelID, _ application: String, _ report: ChannelReport) {
        let owner = shared.withLock { $0.services[application]?.owner } ?? ""
        let link = ChannelLink(id, report, owner: owner, port: port)
        let admission = shared.withLock { shared -> (service: Service, run: String)? in
            guard !shared.isStopped, shared.active < settings.maximumRuns,
                let service = shared.services[application], catalogue.contains(service.application)
            else { return nil }
            shared.links[id] = link
            let run = shared.nextRun()
            shared.primaries[id] = run
            shared.launching += 1
            shared.runs[run] = RunReport(id: run, service: service, direction: .inbound)
            return (service, run)
        }
        guard let (service, run) = admission else {
            port.submit([
                .perform(id, VerbID(rawValue: 1), .reject(.noChannels, raw: nil), ChannelArguments()), .close(id),
            ])
            return
        }
        begin(run, service, CallChannel(link, files: files), outboundParameters: nil)
    }

    /// A call that ends cancels its run: an inbound one whatever its state, an outbound one only when it had been
    /// answered, so that a run may try again after a busy target. A call that the application ended itself, or gave away
    /// by a transfer, cancels nothing.
    private func changed(_ id: ChannelID, _ report: ChannelReport) {
        let (link, task) = shared.withLock { shared in
            let task = report.state == .idle ? shared.primaries[id].flatMap { shared.tasks[$0] } : nil
            return (shared.links[id], task)
        }
        guard let end = link?.changed(report), !end.isOwn else { return }
        if end.wasAnswered || id.rawValue < Self.firstOwnChannel { task?.cancel() }
    }

    // MARK: Runs

    func begin(_ run: String, _ service: Service, _ channel: CallChannel, outboundParameters: String?) {
        guard let application = catalogue.application(service.application) else {
            shared.withLock { $0.launching -= 1 }
            finish(run, .couldNotRun("no application is called \(service.application)"), channels: [channel])
            return
        }
        begin(application, run, service, channel, outboundParameters: outboundParameters)
    }

    func begin(
        _ application: any VoiceApplication, _ run: String, _ service: Service, _ channel: CallChannel,
        outboundParameters: String?
    ) {
        let extras = open(service, count: service.extraChannels ?? settings.extraChannels)
        var logger = logger
        logger[metadataKey: "run"] = "\(run)"
        logger[metadataKey: "application"] = "\(service.application)"
        let context = ApplicationRun(
            channel: channel, extraChannels: extras, id: run, parameters: service.parameters,
            outboundParameters: outboundParameters, files: files, logger: logger, clock: settings.clock)
        shared.withLock { shared in
            shared.launching -= 1
            shared.runs[run]?.status = .running
            shared.runs[run]?.started = Date()
            shared.primaries[channel.id] = run
            shared.tasks[run] = Task(executorPreference: settings.executor) {
                await self.serve(application, context, service)
            }
        }
        // The caller may have hung up, or the run been cancelled, before the task could be named.
        let isCancelled = shared.withLock { $0.isStopped || $0.runs[run]?.isCancelled == true }
        if isCancelled || (channel.state == .idle && outboundParameters == nil) {
            shared.withLock { $0.tasks[run] }?.cancel()
        }
    }

    private func serve(_ application: any VoiceApplication, _ run: ApplicationRun, _ service: Service) async {
        let started = Date()
        let elapsed = settings.clock.stopwatch()
        let result = await outcome(of: application, run)
        let status = isCancelled(run.id) ? RunStatus.cancelled : .completed(result)
        finish(run.id, status, channels: [run.channel] + run.extraChannels)
        record(run, service, started: started, duration: elapsed(), result: result)
    }

    /// What comes of a run, without anything that lies in the frame of its task meanwhile.
    private func outcome(of application: any VoiceApplication, _ run: ApplicationRun) async -> Int {
        do {
            return try await application.main(run)
        } catch {
            note(error, of: run)
            return -1
        }
    }

    @inline(never)
    private func note(_ error: any Error, of run: ApplicationRun) {
        switch error {
        case is CancellationError where isCancelled(run.id) || run.channel.state == .idle:
            run.logger.debug("the application ended with its call")
        case let error as CallError where error.code == .hangup || isCancelled(run.id) && error.code != .error:
            run.logger.debug("the application ended with its call")
        default: run.logger.error("the application threw", metadata: ["error": "\(error)"])
        }
    }

    @inline(never)
    private func record(
        _ run: ApplicationRun, _ service: Service, started: Date, duration: Duration, result: Int
    ) {
        records(
            ApplicationDataRecord(
                direction: run.outboundParameters == nil ? .inbound : .outbound, application: service.application,
                run: run.id, started: started, duration: duration, result: result,
                caller: String(decoding: run.channel.link.report.details.callFrom, as: UTF8.self),
                parameters: service.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    .joined(separator: " "),
                outboundParameters: run.outboundParameters ?? ""))
    }

    /// Whether somebody asked the run to end.
    private func isCancelled(_ run: String) -> Bool { shared.withLock { $0.runs[run]?.isCancelled == true } }

    private func finish(_ run: String, _ status: RunStatus, channels: [CallChannel]) {
        let next = shared.withLock { shared -> WaitingRun? in
            for channel in channels { shared.links[channel.id] = nil }
            if let primary = channels.first { shared.primaries[primary.id] = nil }
            shared.tasks[run] = nil
            remember(run, status, in: &shared)
            guard !shared.waiting.isEmpty, shared.active < settings.maximumRuns else {
                return nil
            }
            shared.launching += 1
            return shared.waiting.removeFirst()
        }
        for channel in channels { channel.link.stop() }
        close(channels)
        if let next { launch(next) }
    }

    /// Closes channels together with those of all runs that end at this moment: where a thousand calls end at once, one
    /// wake-up of the shard for each would cost more than all else about their end.
    private func close(_ channels: [CallChannel]) {
        let isFirst = shared.withLock { shared in
            defer { shared.closing += channels.map(\.id) }
            return shared.closing.isEmpty
        }
        guard isFirst else { return }
        Task(executorPreference: settings.executor) {
            await Task.yield()
            let closing = self.shared.withLock { shared in
                defer { shared.closing = [] }
                return shared.closing
            }
            self.port.submit(closing.map { .close($0) })
        }
    }

    func remember(_ run: String, _ status: RunStatus, in shared: inout Shared) {
        shared.runs[run]?.status = status
        shared.runs[run]?.ended = Date()
        shared.finished.append(run)
        if shared.finished.count > settings.rememberedRuns { shared.runs[shared.finished.removeFirst()] = nil }
    }

    /// Makes outbound channels; the shard is woken once for all of them.
    func open(_ service: Service, count: Int) -> [CallChannel] {
        let links = shared.withLock { shared in
            (0..<count).map { _ in
                shared.lastChannel += 1
                let id = ChannelID(rawValue: Self.firstOwnChannel + shared.lastChannel)
                let report = ChannelReport(Channel(id: id, isInbound: false), details: ChannelDetails(), call: nil)
                let link = ChannelLink(id, report, owner: service.owner, port: port)
                shared.links[id] = link
                return link
            }
        }
        if let account = service.account, count > 0 { port.submit(links.map { .open($0.id, account: account) }) }
        return links.map { CallChannel($0, files: files) }
    }

    // MARK: Ending

    /// Cancels every run and ends what it waits for, without waiting for it.
    public func abandon() {
        let (tasks, links) = shared.withLock { shared in
            shared.isStopped = true
            shared.waiting = []
            return (Array(shared.tasks.values), Array(shared.links.values))
        }
        for task in tasks { task.cancel() }
        for link in links { link.stop() }
    }

    /// Cancels every run and waits until all have ended, at most `patience`.
    public func stop(within patience: Duration) async {
        let tasks = shared.withLock { shared in
            shared.isStopped = true
            for waiting in shared.waiting { remember(waiting.id, .cancelled, in: &shared) }
            shared.waiting = []
            return Array(shared.tasks.values)
        }
        for task in tasks { task.cancel() }
        let (over, sink) = AsyncStream.makeStream(of: Void.self)
        Task {
            for task in tasks { await task.value }
            sink.finish()
        }
        Task {
            try? await Task.sleep(for: patience)
            sink.finish()
        }
        for await _ in over {}
        let links = shared.withLock { Array($0.links.values) }
        for link in links { link.stop() }
        conferences.stop()
    }
}

extension CallChannel.TransferRequest {
    init(_ request: CallControl.TransferRequest) {
        self.init(
            target: String(decoding: request.target.uri, as: UTF8.self),
            replaces: request.target.replaces.map { String(decoding: $0.value, as: UTF8.self) },
            referredBy: String(decoding: request.referredBy, as: UTF8.self))
    }
}

extension Clock where Duration == Swift.Duration {
    /// Begins to measure; what it gives tells how long ago that was.
    fileprivate func stopwatch() -> () -> Duration {
        let beginning = now
        return { beginning.duration(to: now) }
    }
}
