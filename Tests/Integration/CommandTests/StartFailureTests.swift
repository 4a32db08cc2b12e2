import ConfigurationFiles
import EventCollector
import Foundation
import Logging
import Management
import OwnThread
import Serving
import TestFiles
import Testing

/// What goes wrong at the start is told in one line, and leaves nothing open.
@Suite(.serialized, .ownThread, .timeLimit(.minutes(5)))
struct StartFailureTests {
    private let folder: TemporaryFolder
    /// An address that only this process uses.
    private static let host = "127.201.\(getpid() >> 8 & 0xFF).\(getpid() & 0xFF)"
    private let sip = "sip: { listen: [\"udp:\(host):5060\"] }\nmedia: { mode: direct, address: \(host) }\n"
    private let http = "http: { listen: [\"http:\(host):8080\"] }\n"

    init() throws { folder = try TemporaryFolder() }

    private func process(_ more: String) async throws -> SwitchProcess {
        let file = try folder.write("\(sip)\(http)store: \"sqlite:\(folder.path)/martlet.db\"\n\(more)")
        return try await SwitchProcess(
            ConfigurationSource(file: file, environment: [:]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("authorities without a certificate refuse the start, and the same ports and store serve the next one")
    func authorities() async throws {
        let junk = try folder.write("no certificate", to: "junk.pem")
        for _ in 0..<2 {
            let error = await #expect(throws: ConfigurationError.self) {
                _ = try await process("webhooks: { authorities: \"\(junk)\" }")
            }
            #expect(error?.problems.first?.keyPath == "webhooks.authorities")
            #expect(error?.problems.first?.message.contains("junk.pem holds no certificate") == true)
        }
        let started = try await retried { try await process("") }
        #expect(started.readyLine.contains("\(Self.host):5060") && started.readyLine.contains("\(Self.host):8080"))
        try await started.stop()
    }

    @Test("files that cannot be used end martlet serve with 2, everything else with 1; either says what to change")
    func statuses() throws {
        let junk = try folder.write("no certificate", to: "junk.pem")
        _ = try folder.write(String(repeating: "this is no database ", count: 100), to: "junk.db")
        let user = "applications: [{ id: a-1, user: u-none, name: x, incoming_call_url: \"http://h/\" }]"
        _ = try folder.write(user, to: "p.yaml")
        let cases: [(more: String, status: Int32, said: String)] = [
            ("webhooks: { authorities: \"\(junk)\" }", 2, "webhooks.authorities"),
            ("webhooks: { authorities: /none.pem }", 2, "webhooks.authorities"),
            ("webhooks: { signing_key: \"whsec_!\" }", 2, "webhooks.signing_key"),
            ("provisioning: [p.yaml]", 2, "allowed is the id of a user"),
            ("store: \"sqlite:\(folder.path)\"", 1, folder.path),
            ("store: \"sqlite:\(folder.path)/junk.db\"", 1, "file is not a database"),
            ("store: \"sqlite:/proc/none/martlet.db\"", 1, "/proc/none/martlet.db: No such file or directory"),
        ]
        for (more, status, said) in cases {
            _ = try folder.write(sip + more)
            let served = try ServedSwitch(in: folder, variables: ["MARTLET_HTTP_LISTEN": "http:\(Self.host):8080"])
            #expect(served.readyLine.isEmpty, "\(more)")
            #expect(served.end().status == status, "\(more): \(served.logged)")
            #expect(served.logged.contains(said), "\(more): \(served.logged)")
            #expect(!served.logged.contains("Fatal"), "\(more): \(served.logged)")
        }
    }
}
