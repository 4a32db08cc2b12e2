import Addresses
import ConfigurationFiles
import Routing
import TestFiles
import Testing

@testable import Management

@Suite("What routing would do with a call")
struct CallExplanationTests {
    private func explain(cld: String, account: Int = 0) throws -> CallExplanation {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            accounts:
              - { id: 3, customer: 1, routing_group: 1, cld_translation: "s/^00//" }
              - { id: 4, customer: 1, routing_group: 1, blocked: true }
              - { id: 5, customer: 1 }
            vendors: [{ id: 1, name: v }]
            connections:
              - { id: 1, vendor: 1, name: cheap, destination: "sip:192.0.2.1", cld_translation: "s/^/9/" }
              - { id: 2, vendor: 1, name: dear, destination: "sip:carrier.example" }
              - { id: 3, vendor: 1, name: down, destination: "sip:192.0.2.3", blocked: true }
            destination_sets:
              - { id: 1, name: a, routes: [{ prefix: "44", price: "0.01" }, { prefix: "1", forbidden: true }] }
              - { id: 2, name: b, routes: [{ prefix: "", price: "0.02" }] }
            routing_groups:
              - id: 1
                name: default
                policy: least_cost
                members:
                  - { connection: 2, destination_set: 2 }
                  - { connection: 1, destination_set: 1 }
                  - { connection: 3, destination_set: 1 }
            applications: [{ id: a-1, name: "desk", builtin: echo }]
            users: [{ id: u-1, customer: 1, account: 3, token: t, secret: s }]
            dids:
              - { number: "800", connection: 1 }
              - { number: "801", application: a-1 }
              - { number: "802", user: u-1 }
            """)
        let provisioning = try ProvisioningFiles.read([file], environment: [:]).provisioning
        let tables = try RoutingTables(compiling: provisioning)
        return CallExplanation(tables, caller: .init(account: account), cli: "100", cld: cld)
    }

    @Test("each candidate is told in the order of trying, then those dropped, with the numbers that go out")
    func candidates() throws {
        let explanation = try explain(cld: "004420")
        #expect(explanation.hasRoute)
        #expect(
            explanation.lines == [
                "account 3 of customer 1 (root)", "cli 100",
                "cld 004420 → 4420 by the account's cld_translation", "routing group 1 (default), policy least_cost",
                "  1. cheap: prefix 44 of destination set 1, price 0.01, preference 1",
                "     to udp:192.0.2.1:5060 with cli 100, cld 94420",
                "  2. dear: the empty prefix of destination set 2, price 0.02, preference 1",
                "     to a host name with cli 100, cld 4420",
                "  dropped down: prefix 44 of destination set 1 fits, but the connection is blocked",
            ])
    }

    @Test("a call without a route says why", arguments: [(1, "blocked"), (2, "routing group")])
    func refused(_ account: Int, _ reason: String) throws {
        let explanation = try explain(cld: "4420", account: account)
        #expect(!explanation.hasRoute)
        #expect(explanation.lines.last?.contains(reason) == true)
    }

    @Test("a number that leads to an application is served by it")
    func application() throws {
        let explanation = try explain(cld: "801")
        #expect(explanation.hasRoute)
        #expect(explanation.lines.last == "801 is a number that comes in and leads to application desk")
        let written = try explain(cld: "+801")
        #expect(written.hasRoute)
        #expect(written.lines.last == "+801 is a number that comes in and leads to application desk")
    }

    @Test("a number of a user that leads nowhere is refused, and is sent to nobody")
    func idle() throws {
        let explanation = try explain(cld: "802", account: 0)
        #expect(!explanation.hasRoute)
        #expect(explanation.lines.last?.contains("leads nowhere") == true)
        #expect(try explain(cld: "+802").lines.last?.contains("leads nowhere") == true)
    }

    @Test("a number that comes in leads to its connection, and nothing a caller sends steers the terminal")
    func incoming() throws {
        #expect(try explain(cld: "800").lines.contains("800 is a number that comes in and leads to connection cheap"))
        let lines = try explain(cld: "44\u{1B}[2J").lines
        #expect(lines.joined().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }
}
