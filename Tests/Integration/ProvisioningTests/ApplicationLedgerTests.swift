import ConfigurationFiles
import Logging
import Management
import Routing
import TestFiles
import Testing

/// Applications and numbers as their users change them, kept across restarts.
@Suite("Users change their applications and numbers", .timeLimit(.minutes(5)))
struct ApplicationLedgerTests {
    private static let provisioning = """
        accounts: [{ id: 3, customer: 1, authname: a, voip_password: b }]
        users:
          - { id: u-1, customer: 1, account: 3, token: t1, secret: s }
          - { id: u-2, customer: 1, account: 3, token: t2, secret: s }
        applications: [{ id: a-1, user: u-1, name: shop, incoming_call_url: "http://a.example/" }]
        dids:
          - { number: "15550100", application: shop }
          - { number: "15550101", user: u-2, fallback_number: "15550199" }
        """

    private func open(_ folder: TemporaryFolder) async throws -> SwitchManagement {
        let file = try folder.write(
            """
            sip: { listen: ["udp:127.0.0.1:0"] }
            http: { listen: [] }
            media: { mode: direct }
            store: "sqlite:\(folder.path)/martlet.db"
            control: \(folder.path)/control.sock
            provisioning: []
            """)
        return try await SwitchManagement(
            ConfigurationSource(file: file, environment: [:]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func world() async throws -> (SwitchManagement, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.provisioning, to: "p.yaml")
        let update = ProvisioningUpdate(try ProvisioningFiles.read([file], environment: [:]))
        _ = try update.apply(at: .file(folder.path + "/martlet.db"))
        return (try await open(folder), folder)
    }

    private func user(_ id: String, _ management: SwitchManagement) async throws -> User {
        try #require(await management.tables()?.users.first { $0.id == id })
    }

    @Test("an application that is made, renamed and changed is in force at once and there after a restart")
    func change() async throws {
        let (first, folder) = try await world()
        var made = Application(id: "a-2", name: "desk", user: "u-1")
        made.incomingCallURL = "http://b.example/"
        made.parameters = ["kept": "x"]
        try await first.provisioning.create(made)
        #expect(await first.tables()?.application("desk") != nil)
        try await first.provisioning.updateApplication("a-1", of: "u-1") { $0.name = "store" }
        let user = try await user("u-1", first)
        #expect(try await first.provisioning.numbers(of: user).map(\.object.application) == ["a-1"])
        guard case .application = await first.tables()?.did(Array("15550100".utf8)) else {
            Issue.record("the number leads nowhere")
            return
        }
        try await first.stop()
        let second = try await open(folder)
        #expect(try await second.provisioning.application("a-2", of: "u-1") == made)
        #expect(try await second.provisioning.applications(of: "u-1").map(\.name).sorted() == ["desk", "store"])
        try await second.stop()
    }

    @Test("numbers of an application that is removed stay the user's and lead nowhere")
    func remove() async throws {
        let (management, _) = try await world()
        try await management.provisioning.deleteApplication("a-1", of: "u-1")
        let user = try await user("u-1", management)
        let numbers = try await management.provisioning.numbers(of: user)
        #expect(numbers.map(\.object.number) == ["15550100"] && numbers[0].object.application == nil)
        #expect(await management.tables()?.did(Array("15550100".utf8)) == nil)
        try await management.stop()
    }

    @Test("nobody sees or changes what is another user's")
    func others() async throws {
        let (management, _) = try await world()
        let ledger = management.provisioning
        let (one, two) = (try await user("u-1", management), try await user("u-2", management))
        await #expect(throws: ManagementError.wrongReference("i_ivr_application")) {
            try await ledger.application("a-1", of: "u-2")
        }
        await #expect(throws: ManagementError.self) { try await ledger.updateApplication("a-1", of: "u-2") { _ in } }
        await #expect(throws: ManagementError.self) { try await ledger.deleteApplication("a-1", of: "u-2") }
        let number = try #require(try await ledger.numbers(of: one).first)
        await #expect(throws: ManagementError.wrongReference("did")) {
            try await ledger.updateNumber(number.object.id, of: two) { $0.object.application = nil }
        }
        let own = try #require(try await ledger.numbers(of: two).first)
        #expect(own.object.number == "15550101" && own.object.fallbackNumber == "15550199")
        await #expect(throws: ManagementError.self) {
            try await ledger.updateNumber(own.object.id, of: two) { $0.object.application = "a-1" }
        }
        try await management.stop()
    }

    @Test("what could not stand in a provisioning file is refused, and nothing has changed")
    func refused() async throws {
        let (management, _) = try await world()
        let ledger = management.provisioning
        await #expect(throws: ManagementError.self) {
            try await ledger.create(Application(id: "a-1", name: "again", user: "u-1"))
        }
        await #expect(throws: ManagementError.self) {
            try await ledger.create(Application(id: "a-3", name: "x", user: "u-3"))
        }
        await #expect(throws: ManagementError.self) {
            try await ledger.updateApplication("a-1", of: "u-1") { $0.incomingCallURL = "ftp://x" }
        }
        #expect(try await ledger.applications(of: "u-1").map(\.name) == ["shop"])
        try await management.stop()
    }
}
