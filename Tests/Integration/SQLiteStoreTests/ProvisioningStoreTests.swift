import ConfigurationFiles
import Foundation
import GRDB
import Routing
import TestFiles
import Testing

@testable import SQLiteStore

@Suite("Provisioning in the store")
struct ProvisioningStoreTests {
    struct Refusal: Error {}

    let folder: TemporaryFolder
    let place: StorePlace

    init() throws {
        folder = try TemporaryFolder()
        place = .file(folder.path + "/deep/martlet.db")
    }

    private func documented() throws -> Provisioning {
        let text =
            documentedProvisioning + "\n"
                + """
                  - { id: a-all, name: all, builtin: retrievable-transfer, auto_answer: false, callback_http_method: GET,
                      callback_timeout: 1500ms, parameters: { number: "100", note: "Grüße" } }
                """
        let file = try folder.write(text, to: "provisioning.yaml")
        return try ProvisioningFiles.read([file], environment: [:]).provisioning
    }

    /// The same with the ids that a new store gives to what has none.
    private func stored() throws -> Provisioning {
        var provisioning = try documented().sorted
        provisioning.dids[0].id = 1
        provisioning.routingGroups[0].members[0].id = 1
        return provisioning
    }

    @Test("what a file says is what the store gives back, also after it was closed")
    func roundTrip() throws {
        let provisioning = try documented()
        let (before, after) = try SQLiteStore(place).update { _ in provisioning }
        #expect(before == Provisioning())
        #expect(after == (try stored()))
        #expect(try SQLiteStore(place).load() == after)
        #expect(try SQLiteStore.peek(at: place) == after)
    }

    @Test("every field of every object is kept")
    func everyField() throws {
        var provisioning = Provisioning()
        var account = Account(id: 7, customer: 1, authname: "a", voipPassword: "p")
        account.maxSessions = 1
        account.maxCallsPerSecond = 2
        account.maxCreditTime = .milliseconds(1500)
        account.routingGroup = 3
        account.cliTranslation = "s/a/b/"
        account.cldTranslation = "s/c/d/"
        account.media = .direct
        account.isBlocked = true
        provisioning.accounts = [account]
        var customer = Customer(id: 2, parent: 1, name: "c")
        customer.webLogin = "w"
        customer.apiPassword = "p"
        customer.apiAccess = true
        customer.maxSessions = 4
        customer.maxCallsPerSecond = 5
        customer.routingGroup = 6
        customer.isBlocked = true
        provisioning.customers = [customer]
        var connection = Connection(id: 1, vendor: 2, name: "n", destination: "sip:d")
        connection.username = "u"
        connection.password = "p"
        connection.register = true
        connection.capacity = 3
        connection.maxCallsPerSecond = 4
        connection.cliTranslation = "x"
        connection.cldTranslation = "y"
        connection.media = .relay
        connection.huntstopCodes = "404"
        connection.keepalive = .seconds(30)
        connection.isBlocked = true
        provisioning.connections = [connection]
        var route = Route(prefix: "1")
        route.timeout1xx = nil
        route.timeout2xx = nil
        route.huntstop = true
        route.forbidden = true
        provisioning.destinationSets = [DestinationSet(id: 1, name: "d", routes: [Route(prefix: "2"), route])]
        let store = try SQLiteStore(.memory)
        _ = try store.update { _ in provisioning }
        #expect(try store.load() == provisioning)
    }

    @Test("objects that change or go take their parts along")
    func parts() throws {
        let store = try SQLiteStore(place)
        var provisioning = try documented()
        _ = try store.update { _ in provisioning }
        provisioning.destinationSets[0].routes.removeFirst()
        provisioning.routingGroups[0].members = []
        provisioning.applications[2].parameters = ["number": "200"]
        let (_, after) = try store.update { _ in provisioning }
        #expect(try store.load() == after)
        _ = try store.update { _ in Provisioning() }
        #expect(try store.load() == Provisioning())
        let rows = try store.queue.read { database in
            try ["routes", "routing_group_members", "application_parameters"].map { table in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? -1
            }
        }
        #expect(rows == [0, 0, 0])
    }

    @Test("a change that fails leaves the store as it was")
    func failure() throws {
        let store = try SQLiteStore(place)
        let provisioning = try documented()
        _ = try store.update { _ in provisioning }
        #expect(throws: Refusal.self) { _ = try store.update { _ in throw Refusal() } }
        #expect(try store.load() == stored())
    }

    @Test("two processes that make the store at once both find it whole")
    func concurrentOpening() async throws {
        try await withThrowingTaskGroup(of: Provisioning.self) { group in
            for _ in 0..<8 { group.addTask { [place] in try SQLiteStore(place).load() } }
            for try await provisioning in group { #expect(provisioning == Provisioning()) }
        }
    }

    @Test("only the user of the process can read the file")
    func fileMode() throws {
        let store = try SQLiteStore(place)
        _ = try store.update { _ in try documented() }
        for name in ["martlet.db", "martlet.db-wal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/deep/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        #expect(try !store.load().accounts.isEmpty)
    }

    @Test("every transaction is durable before it is acknowledged")
    func synchronous() throws {
        let (mode, journal) = try SQLiteStore(place).queue.read { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        #expect(mode == 2)
        #expect(journal == "wal")
    }

    @Test("looking into a store that is not there makes none")
    func peekAtNothing() throws {
        #expect(try SQLiteStore.peek(at: place) == Provisioning())
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/deep"))
    }

    @Test("a database of another program, of a newer release, or no database at all is refused and kept")
    func foreignFiles() throws {
        let other = folder.path + "/other.db"
        try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        let newer = folder.path + "/newer.db"
        try DatabaseQueue(path: newer).write { try $0.execute(sql: "PRAGMA user_version = 99; CREATE TABLE t (x)") }
        let text = try folder.write(String(repeating: "not a database ", count: 100), to: "text.db")
        for path in [other, newer, text] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self) { _ = try SQLiteStore(.file(path)) }
            #expect(throws: StoreError.self) { _ = try SQLiteStore.peek(at: .file(path)) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == bytes.count)
        }
    }

    @Test("a folder that cannot be made is an error that names the store")
    func impossibleFolder() throws {
        let file = try folder.write("x", to: "file")
        #expect {
            _ = try SQLiteStore(.file("\(file)/martlet.db"))
        } throws: { error in
            "\(error)".hasPrefix("sqlite:\(file)/martlet.db: ")
        }
    }

    @Test("ten thousand accounts are written and read in one go")
    func manyAccounts() throws {
        var provisioning = Provisioning()
        provisioning.accounts = (1...10_000).map {
            Account(id: $0, customer: 1, authname: "user\($0)", voipPassword: "p")
        }
        let store = try SQLiteStore(place)
        _ = try store.update { _ in provisioning }
        #expect(try store.load().accounts.count == 10_000)
    }
}
