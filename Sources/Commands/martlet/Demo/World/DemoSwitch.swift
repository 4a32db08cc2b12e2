import Accounting
import Addresses
import Audio
import ConfigurationFiles
import Dispatch
import Foundation
import Logging
import Management
import SQLiteStore
import Serving
import XMLRPCAPI

/// The demonstration's switch: what `martlet serve` runs, in this process, and an operator at its control socket.
struct DemoSwitch: Sendable {
    /// Where its files are.
    struct Files: Sendable {
        /// The folder of all of them.
        var folder: String

        /// What `martlet serve --config` takes.
        var configuration: String { "\(folder)/demo.yaml" }
        var provisioning: String { "\(folder)/demo-provisioning.yaml" }
        var store: String { "\(folder)/demo.db" }
        /// The control socket, which lies beside the store.
        var control: String { "\(folder)/demo.sock" }
        /// The folder of what applications play and record.
        var media: String { "\(folder)/demo-media" }
        /// A program for Python that ends all calls.
        var program: String { "\(folder)/demo-end-calls.py" }

        /// The front desk's prompt: 700 Hz, then 1100 Hz, 600 ms each.
        private static var prompt: [UInt8] {
            let samples = [700.0, 1100].flatMap { AudioClip(.once($0, for: .milliseconds(600))).samples }
            return WAVEWriter.file(samples)
        }

        /// Writes configuration, provisioning and the prompt.
        func write(listen: Endpoint, webPort: UInt16, _ provisioning: DemoProvisioning) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let yaml = """
                node: { name: demo }
                sip: { listen: ["udp:\(listen)", "tcp:\(listen)"] }
                media: { mode: relay, address: \(listen.address), files: "\(media)" }
                http: { listen: ["http:\(Endpoint(listen.address, webPort))"] }
                store: "sqlite:\(store)"
                webhooks: { allow_private_addresses: true }
                provisioning: ["\(self.provisioning)"]
                log: { level: error }

                """
            try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
            try Data(Self.prompt).write(to: URL(fileURLWithPath: "\(media)/front-desk.wav"))
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: configuration))
            try Data(provisioning.yaml.utf8).write(to: URL(fileURLWithPath: self.provisioning))
        }
    }

    /// The address of its SIP listeners, with the real port.
    let address: Endpoint
    /// Where HTTP is served, as "http://127.0.0.1:8080".
    let base: String
    /// Where the XML-RPC interface is.
    let url: String
    private let process: SwitchProcess
    private let store: SQLiteStore
    private let control: ControlClient
    /// Records in the store before the demonstration.
    private let recordsBefore: Int

    /// Starts the switch that `files` describe, and writes the program that asks it.
    init(_ files: Files) async throws {
        let source = ConfigurationSource(file: files.configuration, environment: [:])
        process = try await SwitchProcess(
            source, logger: Logger(label: "martlet") { _ in LineLogHandler(LogSettings.errors) })
        let management = process.management
        address = management.listeners.addresses[0].endpoint
        base = process.http.listeners[0].url
        url = base + XMLRPCService.path
        try Data(DemoRequest.program(for: url).utf8).write(to: URL(fileURLWithPath: files.program))
        store = try SQLiteStore(.file(files.store))
        control = ControlClient(path: management.initialConfiguration.controlPath)
        recordsBefore = try store.recordCount()
    }

    /// The newest record once there are `count` of the demonstration's; nil after two seconds.
    func record(number count: Int) async -> CallDetailRecord? {
        for _ in 0..<100 {
            let found = records
            if found.count >= count { return found.last }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    /// The records of the demonstration, oldest first, read from the store.
    var records: [CallDetailRecord] {
        let count = (try? store.recordCount()) ?? 0
        return ((try? store.newestRecords(limit: max(count - recordsBefore, 0))) ?? []).reversed()
    }

    /// What the control socket answers, as it does to `martlet calls`; nil where it does not.
    func ask(_ request: ControlRequest) async -> ControlResponse? {
        let control = control
        return await withCheckedContinuation { waiter in
            // The client blocks its thread, which must not be one that the switch's own tasks need.
            DispatchQueue.global().async { waiter.resume(returning: try? control.ask(request)) }
        }
    }

    func stop() async throws { try await process.stop() }
}

extension LogSettings {
    /// Errors only: the story tells the rest.
    fileprivate static var errors: LogSettings {
        var settings = LogSettings()
        settings.level = .error
        return settings
    }
}
