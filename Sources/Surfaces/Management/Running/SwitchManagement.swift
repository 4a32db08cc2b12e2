import ConfigurationFiles
import Logging
import MediaTransports
import Routing
import SQLiteStore
import SwitchEngine
import SwitchRuntime
import Timeline
import VoiceApplications

/// A running switch and its use cases: what every surface and every command asks of it.
public actor SwitchManagement {
    /// What a reload did.
    public struct Reload: Sendable {
        /// What happened to the provisioning.
        public var changes: ProvisioningChanges
        /// Keys of the configuration that changed and take effect at the next start only.
        public var delayedKeys: [String]
    }

    /// Longest wait for the last call detail records when the switch stops.
    private static let recordPatience: Duration = .seconds(10)

    /// What is bound, with real ports.
    public nonisolated let listeners: Listeners
    /// The configuration it was started with.
    public nonisolated let initialConfiguration: Configuration
    private let source: ConfigurationSource
    nonisolated let service: SwitchService
    /// What is provisioned, and how it is changed.
    public nonisolated let provisioning: ProvisioningLedger
    /// Takes and places callbacks.
    nonisolated let callbackDesk: CallbackDesk
    private let applications: ApplicationDesk
    /// Runs voice applications.
    public nonisolated let applicationHost: ApplicationHost
    /// Tells when the records of calls are durable.
    public nonisolated let recordWatch: RecordWatch
    private let journal: CallJournal
    private var journaling: Task<Void, Never>?
    private let media: MediaShard
    private let writer: CallDetailRecordWriter
    private let recordNotices: RecordNoticeLog
    nonisolated let logger: Logger
    private var configuration: Configuration
    private var control: ControlServer?
    private(set) var isDraining = false
    private var drainWaiters: [CheckedContinuation<Void, Never>] = []
    private var reloadObservers: [@Sendable (Configuration) -> Void] = []

    /// Starts a switch from what `source` says. When this returns, every listener is bound and calls are taken.
    ///
    /// Throws `ConfigurationError` with nothing opened and nothing changed; `StoreError`, `ControlServer.ListenError` or
    /// `SwitchService.ListenError` with nothing left open.
    ///
    /// `reading` is what the source says, where it has been read already; `applications` are those that calls may be given
    /// to.
    public init(
        _ source: ConfigurationSource, reading known: Configuration.Reading? = nil,
        applications catalogue: ApplicationCatalogue = .builtin, logger: Logger
    ) async throws {
        let reading = try known ?? source.read()
        for warning in reading.warnings { logger.warning("\(warning)") }
        let configuration = reading.configuration
        let builtins = Application.builtins.union(catalogue.names)
        let update = ProvisioningUpdate(
            try ProvisioningFiles.read(configuration.provisioning), builtins: builtins)
        _ = try update.preview(at: configuration.storePlace)

        if configuration.storePlace != .memory { try ControlServer.refuseOther(at: configuration.controlPath) }
        let store = try SQLiteStore(configuration.storePlace)
        let changes = try update.apply(to: store)
        if !changes.isEmpty { logger.info("provisioning files applied", metadata: ["changes": "\(changes.summary)"]) }
        DescriptorLimit.raise()
        let stored = try store.state()
        let tables = try RoutingTables(
            compiling: stored.provisioning, at: ProvisioningLedger.wallClock, builtins: builtins)

        let shard = try SignallingShard()
        let media = try configuration.mediaShard { shard.post(contentsOf: $0.map { .media($0) }) }
        let settings = CallDetailRecordWriter.Settings()
        let notices = RecordNoticeLog(logger, shard: shard, capacity: settings.capacity)
        let journal = try CallJournal(store, shard: shard, logger: logger)
        let watch = RecordWatch()
        let writer = CallDetailRecordWriter(store, settings: settings) { ids in
            shard.post(.recorded(ids))
            journal.recorded(ids)
            watch.recorded(ids)
        } notify: { notice in
            notices.receive(notice)
        }
        let applications = ApplicationDesk(configuration, catalogue: catalogue, shard: shard, logger: logger)
        applications.adopt(tables)
        var sinks = SwitchSinks { records in
            journal.receive(records)
            watch.receive(records)
            writer.append(records)
        } events: { events in
            journal.receive(events)
        } channels: { notices in
            applications.host.receive(notices)
        }
        sinks.tables = { applications.adopt($0) }
        do {
            service = try await SwitchService(
                SwitchService.Settings(listen: configuration.sip.listen), configuration: configuration.snapshot(tables),
                shard: shard, sinks: sinks, media: { media.submit($0) }, logger: logger)
        } catch {
            media.stop()
            writer.finish(within: .zero)
            throw error
        }
        provisioning = ProvisioningLedger(
            store, stored, tables: tables, builtins: builtins, configuration: configuration, service: service,
            logger: logger)
        self.applications = applications
        applicationHost = applications.host
        recordWatch = watch
        callbackDesk = CallbackDesk(store: store, service: service, logger: logger)
        listeners = service.listeners
        initialConfiguration = configuration
        recordNotices = notices
        self.journal = journal
        self.media = media
        self.source = source
        self.writer = writer
        self.configuration = configuration
        self.logger = logger
        do {
            control = try await ControlServer(path: configuration.controlPath) { [weak self] request in
                await self?.answer(request) ?? ControlResponse(error: "the switch is stopping")
            }
        } catch {
            // A switch in memory has nothing that a second one could harm, and may share its folder with others.
            guard configuration.storePlace == .memory, configuration.control == nil else {
                try await stop()
                throw error
            }
            logger.warning("no control socket", metadata: ["reason": "\(error)"])
        }
        await callbackDesk.open()
        journaling = Task { [node = configuration.node.name] in await journal.run(node: node) }
    }

    /// Where everything durable is kept.
    public nonisolated var store: SQLiteStore { provisioning.store }

    /// `martlet ready sip=udp:127.0.0.1:5060,tcp:127.0.0.1:5060`, with real ports.
    public nonisolated var readyLine: String {
        "martlet ready sip=\(listeners.addresses.map(\.description).joined(separator: ","))"
    }

    // MARK: Numbers

    /// How many calls are in each state. Costs a look at every call.
    public nonisolated func callCounts() async -> CallCounts { await service.callCounts() ?? CallCounts() }

    /// Numbers about the switch.
    public func statistics() async -> SwitchStatistics {
        let counts = writer.counts
        return SwitchStatistics(
            node: configuration.node.name, version: Release.version, calls: await service.liveCallCount(),
            isDraining: isDraining, recordsWaiting: counts.waiting, recordsRefused: counts.refused)
    }

    // MARK: Configuration

    /// Reads configuration and provisioning files again and puts them in force for the calls to come. Where anything is
    /// wrong with them this throws, and everything stays as it is.
    public func reload() async throws -> Reload {
        let reading = try source.read()
        for warning in reading.warnings { logger.warning("\(warning)") }
        let update = ProvisioningUpdate(
            try ProvisioningFiles.read(reading.configuration.provisioning), builtins: provisioning.builtins)
        let changes = try await provisioning.adopt(reading.configuration, applying: update)
        let delayed = reading.configuration.fixedKeys(differingFrom: initialConfiguration)
        configuration = reading.configuration
        for observer in reloadObservers { observer(configuration) }
        logger.notice("configuration reloaded", metadata: ["changes": "\(changes.summary)"])
        if !delayed.isEmpty {
            logger.warning(
                "some keys take effect at the next start", metadata: ["keys": "\(delayed.joined(separator: ", "))"])
        }
        return Reload(changes: changes, delayedKeys: delayed)
    }

    /// Puts in force what is provisioned in the store.
    public func reloadProvisioning() async throws {
        try await provisioning.reload()
        logger.notice("provisioning reloaded")
    }

    /// Calls `observer` with every configuration that is put in force from now on.
    public func whenReloaded(_ observer: @escaping @Sendable (Configuration) -> Void) {
        reloadObservers.append(observer)
    }

    // MARK: Ending

    /// Refuses new calls with 503 from now on; calls in progress go on.
    public func drain() {
        guard !isDraining else { return }
        isDraining = true
        recordNotices.stopping()
        service.drain()
        Task { [callbackDesk] in await callbackDesk.close() }
        logger.notice("draining: new calls are refused")
        for waiter in drainWaiters { waiter.resume() }
        drainWaiters = []
    }

    /// Returns when `drain` has been called by anybody.
    public func drainBegun() async {
        if isDraining { return }
        await withCheckedContinuation { drainWaiters.append($0) }
    }

    /// Waits until no call is left, at most the configured time, or until the task is cancelled; whether none is left.
    public func drained() async -> Bool { await service.drained(within: configuration.drainTimeout) }

    /// Ends the calls that are left, writes their records and closes everything.
    public func stop() async throws {
        drain()
        await callbackDesk.close()
        await control?.close()
        control = nil
        // Before their applications, which would call them off: it is the switch that ends them.
        await service.endCalls()
        await applications.stop()
        try await service.stop()
        media.stop()
        writer.finish(within: Self.recordPatience)
        journaling?.cancel()
        await journaling?.value
        logger.notice("stopped")
    }
}
