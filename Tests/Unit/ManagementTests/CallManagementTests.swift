import Addresses
import ConfigurationFiles
import Foundation
import Logging
import SwitchEngine
import TestFiles
import TestPhone
import Testing

@testable import Management

/// Who may see and end which calls of a running switch: customer 1 above 2 above 3, and 4 beside 2; account 10 + n
/// belongs to customer n and is trusted by the address of its phone.
@Suite("Calls and who may see them", .timeLimit(.minutes(5)))
struct CallManagementTests {
    /// A switch with one answered call of each account.
    private final class World {
        let management: SwitchManagement
        let answering: TestPhone
        private(set) var callers: [Int: TestPhone] = [:]
        private let folder: TemporaryFolder

        init() async throws {
            folder = try TemporaryFolder()
            answering = try TestPhone(listen: Endpoint(IPAddress(v4: 0x7F00_0001), 0))
            answering.answer(AnswerPolicy(.answer(after: .zero)))
            _ = try folder.write(Self.provisioning(to: answering.local), to: "p.yaml")
            let file = try folder.write(
                """
                sip: { listen: ["udp:127.0.0.1:0"] }
                http: { listen: [] }
                media: { mode: direct }
                store: "sqlite::memory:"
                control: \(folder.path)/control.sock
                provisioning: [\(folder.path)/p.yaml]
                """)
            management = try await SwitchManagement(
                ConfigurationSource(file: file, environment: [:]), logger: Logger(label: "test"))
            for customer in 1...4 { try await call(from: customer) }
        }

        /// Places a call of the customer's account and waits until it is answered.
        func call(from customer: Int) async throws {
            let server = management.listeners.addresses[0].endpoint
            let phone =
                try callers[customer]
                ?? TestPhone(
                    listen: Endpoint(IPAddress(v4: 0x7F00_4D00 + UInt32(customer)), 0))
            callers[customer] = phone
            let before = await management.calls(CallFilter(.active), in: .root).filter { $0.state == "Connected" }.count
            _ = phone.call(CallRequest("sip:44\(customer)@\(server)", from: "sip:100@\(phone.local)", through: server))
            while await management.calls(CallFilter(.active), in: .root).filter({ $0.state == "Connected" }).count
                == before
            {}
        }

        func end() async throws {
            for phone in callers.values { phone.stop() }
            answering.stop()
            try await management.stop()
        }

        /// Called numbers of what a scope sees.
        func seen(
            _ customer: Int, _ population: CallFilter.Population = .active,
            _ change: (inout CallFilter) -> Void = { _ in }
        ) async -> [String] {
            var filter = CallFilter(population)
            change(&filter)
            return await management.calls(filter, in: AccessScope(customer: customer)).map(\.cld)
        }

        private static func provisioning(to carrier: Endpoint) -> String {
            var text = "customers: [{ id: 2, name: two }, { id: 3, parent: 2, name: three }, { id: 4, name: four }]\n"
            text += "accounts:\n" + (1...4).map { "  - { id: 1\($0), customer: \($0), routing_group: 1 }\n" }.joined()
            text +=
                "authentication_rules:\n"
                + (1...4).map { "  - { id: \($0), account: 1\($0), remote_ip: 127.0.77.\($0) }\n" }.joined()
            return text + """
                vendors: [{ id: 1, name: carrier }, { id: 2, name: idle }]
                connections: [{ id: 4, vendor: 1, name: c, destination: "sip:\(carrier)" }]
                destination_sets: [{ id: 1, name: world, routes: [{ prefix: "" }] }]
                routing_groups: [{ id: 1, name: g, members: [{ connection: 4, destination_set: 1 }] }]
                """
        }
    }

    @Test("a customer sees itself and what is below it; foreign and unknown ids find nothing")
    func scopes() async throws {
        let world = try await World()
        #expect(await world.seen(1) == ["441", "442", "443", "444"])
        #expect(await world.seen(2) == ["442", "443"])
        #expect(await world.seen(2) { $0.recursive = false } == ["442"])
        #expect(await world.seen(1) { $0.recursive = false } == ["441"])
        #expect(await world.seen(3) == ["443"])
        #expect(await world.seen(99).isEmpty)
        #expect(await world.seen(2) { $0.account = 13 } == ["443"])
        #expect(await world.seen(2) { $0.account = 14 }.isEmpty)
        #expect(await world.seen(2) { $0.account = 999 }.isEmpty)
        #expect(await world.seen(2) { $0.customer = 3 } == ["443"])
        #expect(await world.seen(2) { $0.customer = 1 } == ["442", "443"])
        #expect(await world.seen(2) { $0.vendor = 1 }.count == 2)
        #expect(await world.seen(2) { $0.vendor = 2 }.isEmpty)
        #expect(await world.seen(2) { ($0.vendor, $0.connection) = (2, 4) }.count == 2)
        #expect(await world.seen(1) { $0.order = .oldestLast } == ["444", "443", "442", "441"])
        #expect(await world.seen(1) { $0.order = .longestFirst } == ["441", "442", "443", "444"])
        #expect(await world.seen(1) { $0.order = .longestLast } == ["444", "443", "442", "441"])
        #expect(await world.seen(1) { $0.state = .connected }.count == 4)
        #expect(await world.seen(1) { $0.state = .dead }.isEmpty)
        let four = try #require(await world.management.calls(in: AccessScope(customer: 4)).first)
        let id = try #require(UInt64(four.id))
        #expect(await world.management.call(id, in: AccessScope(customer: 2)) == nil)
        #expect(await world.management.call(id, in: .root)?.id == four.id)
        try await world.end()
    }

    @Test("one call is ended by those who may see it only")
    func disconnectOne() async throws {
        let world = try await World()
        let management = world.management
        let row = try #require(await management.calls(in: AccessScope(customer: 3)).first)
        let id = try #require(UInt64(row.id))
        #expect(await management.disconnect(id, in: AccessScope(customer: 4)) == false)
        #expect(await management.disconnect(0, in: .root) == false)
        #expect(await management.disconnect(id, in: AccessScope(customer: 2)))
        while await management.call(id, in: .root)?.state != "Dead" {}
        #expect(await management.disconnect(id, in: .root) == false)
        #expect(await world.seen(1) == ["441", "442", "444"])
        try await world.end()
    }

    @Test("accounts and customers are ended whole, and wrong ids are named")
    func disconnectMany() async throws {
        let world = try await World()
        let management = world.management
        let two = AccessScope(customer: 2)
        try await world.call(from: 3)
        for foreign in [14, 11, 999, -1] {
            await #expect(throws: ManagementError.wrongReference("i_account")) {
                try await management.disconnectAccount(foreign, in: two)
            }
        }
        for foreign in [4, 1, 2, 999, 0] {
            await #expect(throws: ManagementError.wrongReference("i_customer")) {
                try await management.disconnectCustomer(foreign, in: two)
            }
        }
        #expect(await world.seen(1).count == 5)
        #expect(try await management.disconnectAccount(13, in: two) == 2)
        #expect(try await management.disconnectAccount(13, in: two) == 0)
        try await world.call(from: 3)
        #expect(try await management.disconnectCustomer(3, in: two) == 1)
        try await world.call(from: 3)
        #expect(try await management.disconnectCustomer(2, in: .root) == 2)
        #expect(await world.seen(1) == ["441", "444"])
        #expect(try await management.disconnectCustomer(1, in: .root) == 2)
        #expect(await world.seen(1).isEmpty)
        try await world.end()
    }

    @Test("counters are of the accounts directly under a customer, for those above it")
    func statistics() async throws {
        let world = try await World()
        let management = world.management
        func statistics(_ customer: Int, _ scope: Int) async throws -> [AccountCallStatistics] {
            try await management.accountCallStatistics(of: customer, in: AccessScope(customer: scope))
        }
        #expect(try await statistics(1, 1) == [AccountCallStatistics(account: 11, total: 1, connected: 1)])
        #expect(try await statistics(2, 2) == [AccountCallStatistics(account: 12, total: 1, connected: 1)])
        #expect(try await statistics(3, 2) == [AccountCallStatistics(account: 13, total: 1, connected: 1)])
        for foreign in [1, 4, 999] {
            await #expect(throws: ManagementError.wrongReference("i_customer")) { try await statistics(foreign, 2) }
        }
        _ = try await management.disconnectCustomer(1, in: .root)
        #expect(try await statistics(1, 1).isEmpty)
        try await world.end()
    }
}
