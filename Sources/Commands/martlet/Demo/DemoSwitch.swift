import Accounting
import Addresses
import ConfigurationFiles
import Foundation
import Logging
import Routing
import SIPTransactions
import SQLiteStore
import SwitchEngine
import SwitchRuntime
import Synchronization

/// The demonstration's switch: the same service, store and writer that `martlet serve` runs, in this process.
final class DemoSwitch: Sendable {
    let service: SwitchService
    private let writer: CallDetailRecordWriter
    private let store: SQLiteStore

    /// Starts a switch on `listen` with what `provisioning` says, kept in a store of its own at `path`.
    init(listen: Endpoint, provisioning path: String, store storePath: String) async throws {
        let files = try ProvisioningFiles.read([path])
        let store = try SQLiteStore(.file(storePath))
        let provisioning = try store.update { (_: Provisioning) throws(Never) in files.provisioning }.after
        var configuration = ConfigurationSnapshot(tables: try RoutingTables(compiling: provisioning))
        configuration.node = "demo"
        configuration.mediaMode = .direct
        let running = RunningService()
        let writer = CallDetailRecordWriter(
            store, recorded: { running.service?.recorded($0) }, notify: { _ in })
        var logger = Logger(label: "martlet")
        logger.logLevel = .error
        service = try await SwitchService(
            SwitchService.Settings(listen: [ListenAddress(.udp, listen), ListenAddress(.tcp, listen)]),
            configuration: configuration, shard: SignallingShard(),
            sinks: SwitchSinks(records: { writer.append($0) }), media: { _ in }, logger: logger)
        running.set(service)
        self.writer = writer
        self.store = store
    }

    /// The newest record in the store once there are `count` since the demonstration began; nil after two seconds.
    func record(number count: Int, since start: Int) async -> CallDetailRecord? {
        for _ in 0..<100 {
            if let stored = try? store.recordCount(), stored >= start + count {
                return try? store.newestRecords(limit: 1).first
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    /// How many records the store holds.
    var recordCount: Int { (try? store.recordCount()) ?? 0 }

    /// The records of the demonstration, oldest first.
    func records(since start: Int) -> [CallDetailRecord] {
        ((try? store.newestRecords(limit: max(recordCount - start, 0))) ?? []).reversed()
    }

    func stop() async throws {
        try await service.stop()
        writer.finish(within: .seconds(2))
    }
}

/// The service, for a writer that is made before it.
private final class RunningService: Sendable {
    private let stored = Mutex<SwitchService?>(nil)

    var service: SwitchService? { stored.withLock { $0 } }

    func set(_ service: SwitchService) { stored.withLock { $0 = service } }
}
