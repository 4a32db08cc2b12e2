import ConfigurationFiles
import Foundation
import Routing
import SQLiteStore
import TestFiles
import Testing

@testable import Management

@Suite("Applying provisioning files")
struct ProvisioningUpdateTests {
    let folder: TemporaryFolder
    let store: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteStore(.memory)
    }

    private func update(_ texts: String..., prunes: Bool = false) throws -> ProvisioningUpdate {
        let files = try texts.enumerated().map { try folder.write($0.element, to: "\($0.offset + 1).yaml") }
        return ProvisioningUpdate(try ProvisioningFiles.read(files, environment: [:]), prunes: prunes)
    }

    @Test("the documented file is applied, and applying it again changes nothing")
    func idempotent() throws {
        let update = try update(documentedProvisioning)
        let changes = try update.apply(to: store)
        #expect(changes.summary == "12 created, 0 changed, 0 removed")
        #expect(try update.apply(to: store).isEmpty)
        #expect(try update.apply(to: store).lines == ["nothing to change"])
        let pruning = ProvisioningUpdate(update.files, prunes: true)
        #expect(try pruning.apply(to: store).isEmpty)
    }

    @Test("a change names the object, the key, the old value and the new one")
    func change() throws {
        _ = try update(documentedProvisioning).apply(to: store)
        let text = documentedProvisioning.replacing("max_sessions: 10\n", with: "max_sessions: 20\n")
        let lines = try update(text.replacing("name: carrier-a", with: "name: \"carrier b\"")).apply(to: store).lines
        #expect(
            lines == [
                "~ accounts 3 (alice)", "    max_sessions: 10 → 20", "~ connections 1 (carrier b)",
                "    name: carrier-a → \"carrier b\"", "0 created, 2 changed, 0 removed",
            ])
    }

    @Test("routes that come, change and go are told one by one")
    func routes() throws {
        func routes(_ routes: String) -> String { "destination_sets: [{ id: 1, name: x, routes: [\(routes)] }]" }
        _ = try update(routes("{ prefix: 1, price: 1 }, { prefix: 2 }")).apply(to: store)
        let lines = try update(routes("{ prefix: 1, price: 2 }, { prefix: 3 }")).apply(to: store).lines
        #expect(lines.count == 5)
        #expect(lines[1].hasPrefix("    routes \"1\": { preference: 1, price: \"1\"") && lines[1].contains("→"))
        #expect(lines[2].hasPrefix("    + routes \"3\": {"))
        #expect(lines[3].hasPrefix("    - routes \"2\": {"))
    }

    @Test("without pruning nothing goes; with it everything goes that no file names, but customer 1")
    func prune() throws {
        _ = try update(documentedProvisioning).apply(to: store)
        let vendor = "vendors: [{ id: 2, name: other }]"
        #expect(try update(vendor).apply(to: store).summary == "1 created, 0 changed, 0 removed")
        let changes = try update(vendor, prunes: true).apply(to: store)
        #expect(changes.summary == "0 created, 0 changed, 11 removed")
        let left = try store.load()
        #expect(left.customers.map(\.id) == [1])
        #expect(left.customers[0].webLogin == "root")
        #expect(left.vendors.map(\.id) == [2])
        #expect(left.accounts.isEmpty && left.dids.isEmpty && left.applications.isEmpty)
    }

    @Test("several files are one: an object may refer to one of another file")
    func severalFiles() throws {
        let changes = try update(
            "accounts: [{ id: 3, customer: 2 }]", "customers: [{ id: 2, name: acme }]"
        ).apply(to: store)
        #expect(changes.summary == "2 created, 0 changed, 0 removed")
    }

    @Test("a reference to nothing is refused with its line, and nothing is changed")
    func brokenReference() throws {
        _ = try update(documentedProvisioning).apply(to: store)
        let before = try store.load()
        let update = try update(
            "vendors:\n  - { id: 5, name: x }\nconnections:\n  - id: 9\n    vendor: 8\n    name: n\n    destination: sip:127.0.0.1"
        )
        #expect {
            _ = try update.apply(to: store)
        } throws: { error in
            "\(error)".contains("1.yaml:5: connections[0].vendor: \"8\" is not allowed; allowed is")
        }
        #expect(try store.load() == before)
    }

    @Test("pruning what others still need is refused")
    func prunedReference() throws {
        _ = try update(documentedProvisioning).apply(to: store)
        let text = documentedProvisioning.replacing("vendors:\n  - { id: 1, name: carrier }\n", with: "")
        let update = try update(text, prunes: true)
        #expect(throws: ConfigurationError.self) { _ = try update.apply(to: store) }
        #expect(try store.load().vendors.count == 1)
    }

    @Test("a preview changes nothing and makes no store")
    func preview() throws {
        let path = folder.path + "/deep/martlet.db"
        let changes = try update(documentedProvisioning).preview(at: .file(path))
        #expect(changes.summary == "12 created, 0 changed, 0 removed")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/deep"))
        let update = try update("accounts: [{ id: 1, customer: 77 }]")
        #expect(throws: ConfigurationError.self) { _ = try update.apply(at: .file(path)) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/deep"))
    }

    @Test("no secret is in what is printed, whether it is new, changed or goes")
    func secrets() throws {
        func account(_ password: String) -> String {
            "accounts: [{ id: 1, customer: 1, authname: a, voip_password: \(password) }]"
        }
        var lines = try update(account("hidden1")).apply(to: store).lines
        lines += try update(account("hidden2")).apply(to: store).lines
        #expect(lines.contains("    voip_password: (secret) changed"))
        lines += try update(account("null")).apply(to: store).lines
        lines += try update("vendors: []", prunes: true).apply(to: store).lines
        #expect(!lines.joined().contains("hidden"))
        #expect(lines.contains("- accounts 1 (a)"))
    }

    @Test("ten thousand accounts are applied in one go, and again without effect")
    func manyAccounts() throws {
        let accounts = (1...10_000).map { "  - { id: \($0), customer: 1, authname: u\($0), voip_password: p\($0) }" }
        let update = try update("accounts:\n" + accounts.joined(separator: "\n"))
        #expect(try update.apply(to: store).summary == "10000 created, 0 changed, 0 removed")
        #expect(try update.apply(to: store).isEmpty)
    }
}
