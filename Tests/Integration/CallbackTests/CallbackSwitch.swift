import ConfigurationFiles
import Foundation
import Logging
import Management

/// A switch in this process with customers 1 and 2, account 3 of customer 2 (`alice`), blocked account 4 (`bob`), and
/// one connection to a port where nobody listens: every call fails soon.
struct CallbackSwitch {
    let folder: String
    let management: SwitchManagement

    /// Starts it on a store of its own, or on that of `other`.
    init(after other: CallbackSwitch? = nil, accountIsLimited: Bool = false) async throws {
        folder = other?.folder ?? NSTemporaryDirectory() + "martlet-callbacks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let provisioning = """
            customers:
              - { id: 2, parent: 1, name: acme }
              - { id: 5, parent: 1, name: other }
            accounts:
              - { id: 3, customer: 2, authname: alice, routing_group: 1, max_sessions: \(accountIsLimited ? 0 : -1) }
              - { id: 4, customer: 2, authname: bob, routing_group: 1, blocked: true }
            vendors:
              - { id: 1, name: nobody }
            connections:
              - { id: 1, vendor: 1, name: nobody, destination: "sip:127.61.0.2:9" }
            destination_sets:
              - { id: 1, name: all, routes: [{ prefix: "", timeout_1xx: 2s }] }
            routing_groups:
              - { id: 1, name: all, policy: order, members: [{ connection: 1, destination_set: 1 }] }
            """
        let configuration = """
            sip: { listen: ["udp:127.61.0.1:0"] }
            media: { address: 127.61.0.1, ports: 21000-21099 }
            http: { listen: [] }
            store: "sqlite:\(folder)/store.db"
            provisioning: ["\(folder)/provisioning.yaml"]
            """
        try Data(provisioning.utf8).write(to: URL(fileURLWithPath: "\(folder)/provisioning.yaml"))
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: "\(folder)/martlet.yaml"))
        let source = ConfigurationSource(file: "\(folder)/martlet.yaml", environment: [:])
        management = try await SwitchManagement(
            source, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static let order = CallbackOrder(first: "100", second: "200")

    /// The status of a request as soon as it is one of `steps`.
    func status(_ id: Int, _ steps: CallbackStatus.Step...) async throws -> CallbackStatus {
        while true {
            let status = try await management.callbackStatus(id, in: .root)
            if steps.contains(status.step) && status.explanation != "The call is being ended." { return status }
            await Task.yield()
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

extension Int64 {
    /// Milliseconds since 1970-01-01 00:00 UTC in so many seconds.
    static func inSeconds(_ seconds: Double) -> Int64 {
        Int64((Date().timeIntervalSince1970 + seconds) * 1000)
    }
}
