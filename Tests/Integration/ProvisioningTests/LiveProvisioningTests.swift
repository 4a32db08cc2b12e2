import Addresses
import ConfigurationFiles
import Management
import SQLiteStore
import TestFiles
import TestPhone
import Testing
import XMLRPCValues

/// What is provisioned through the interface decides the next call.
@Suite("Provisioning over XML-RPC: live", .timeLimit(.minutes(5)))
struct LiveProvisioningTests {
    @Test(
        "a call goes through what was just provisioned, the next is refused once the account is blocked, and both have records"
    )
    func call() async throws {
        let world = try await ProvisioningWorld(isStored: true)
        let vendor = try TestPhone(listen: Endpoint(IPAddress(v4: 0x7F00_0001), 0))
        vendor.answer(AnswerPolicy(.answer(after: .zero)))
        let caller = try TestPhone(listen: Endpoint(IPAddress(v4: 0x7F00_4E02), 0))
        let server = world.management.listeners.addresses[0].endpoint
        func place() async -> CallReport {
            var request = CallRequest("sip:442079@\(server)", from: "sip:100@\(caller.local)", through: server)
            request.duration = .milliseconds(20)
            return await caller.call(request).report
        }
        let (group, _) = try await world.carrier(at: "\(vendor.local)")
        _ = try await world.answer(
            "addRouteToDestinationSet", ["i_destination_set": .int(1), "prefix": "442", "price_n": .double(0.06)])
        let account = try await world.account("one", group: group)
        _ = try await world.answer(
            "addAuthRule", ["i_account": .int(account), "i_protocol": .int(1), "remote_ip": "127.0.78.2"])
        #expect(await place().isAnswered)
        _ = try await world.answer("blockAccount", ["i_account": .int(account)])
        #expect(await place().status.rawValue == 403)
        _ = try await world.answer("unblockAccount", ["i_account": .int(account)])
        _ = try await world.answer("updateAccount", ["i_account": .int(account), "max_sessions": .int(0)])
        #expect(await place().status.rawValue == 403)
        _ = try await world.answer(
            "updateAccount", ["i_account": .int(account), "max_sessions": .int(1), "lifetime": .int(0)])
        #expect(await place().status.rawValue == 403)
        _ = try await world.answer("updateAccount", ["i_account": .int(account), "lifetime": .int(-1)])
        #expect(await place().isAnswered)

        var records: [XMLRPCStruct] = []
        while records.count < 5 {
            records = try await world.answer("getAccountCDRs", ["i_account": .int(account), "type": "all"]).rows("cdrs")
        }
        #expect(records.map { $0["result"] } == [.int(0), .int(403), .int(403), .int(403), .int(0)])
        #expect(records[0]["cld_in"] == "442079" && records[0]["release_source"] == "2")
        #expect(records[0]["remote_ip"] == "127.0.78.2" && records[0]["user_agent"] == "martlet-phone")
        #expect(records[0]["prefix"] == "442" && records[0]["price_n"] == .double(0.06))
        #expect(records[0]["billed_duration"] == .int(1) && records[0]["cost"] == .double(0.001))
        #expect(records[1]["remote_ip"] == "127.0.78.2" && records[1]["cost"] == .double(0))
        let complete = try await world.answer("getCustomerCDRs", ["i_customer": .int(1), "type": "complete"])
        #expect(try complete.rows("cdrs").count == 2)
        #expect(try await world.answer("getAccountCDRs", ["cli": "no one"]).rows("cdrs").isEmpty)
        #expect(try await world.answer("getCustomerCDRs", ["i_customer": .int(2)]).rows("cdrs").isEmpty)
        guard case .string(let id) = records[4]["i_cdr"] else { throw XMLRPCFault(0, "no i_cdr") }
        #expect(try await world.answer("getAccountCDRs", ["i_cdr": .string(id)]).rows("cdrs") == [records[4]])
        let past: KeyValuePairs<String, XMLRPCValue> = [
            "start_date": "08:00:00.000 GMT Thu Mar 5 2020", "end_date": "20200306T08:00:00",
        ]
        #expect(try await world.answer("getAccountCDRs", past).rows("cdrs").isEmpty)
        caller.stop()
        vendor.stop()
        try await world.management.stop()
    }

    @Test("ids are never given twice, not even after a restart, and everything is there again")
    func restart() async throws {
        let folder = try TemporaryFolder()
        var world = try await ProvisioningWorld(isStored: true, in: folder)
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let first = try await world.account("one", group: group)
        let second = try await world.account("two", group: group)
        _ = try await world.answer("updateAccount", ["i_account": .int(first), "company_name": "kept"])
        _ = try await world.answer("deleteAccount", ["i_account": .int(second)])
        try await world.management.stop()
        world = try await ProvisioningWorld(isStored: true, in: folder)
        #expect(try await world.account("three", group: group) == second + 1)
        #expect(try await world.answer("getAccountInfo", ["i_account": .int(first)])["company_name"] == "kept")
        try await world.management.stop()
    }

    @Test("apply without pruning leaves what the interface made, and the interface sees what apply wrote")
    func mixed() async throws {
        let world = try await ProvisioningWorld(isStored: true)
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let made = try await world.account("one", group: group)
        let file = try world.folder.write(
            "accounts: [{ id: 50, customer: 2, username: filed }, { id: \(made), customer: 1, routing_group: \(group) }]",
            to: "more.yaml")
        let update = ProvisioningUpdate(try ProvisioningFiles.read([file], environment: [:]))
        _ = try update.apply(at: .file(world.folder.path + "/martlet.db"))
        let next = try await world.account("two", group: group)
        #expect(next == 51)
        let rows = try await world.answer("listAccounts").rows("accounts")
        #expect(try rows.map { try $0.number("i_account") } == [made, 50, 51])
        #expect(try await world.answer("getAccountInfo", ["i_account": .int(made)])["username"] == "")
        _ = try await world.management.reload()
        #expect(try await world.answer("listAccounts").rows("accounts").count == 3)
        try await world.management.stop()
    }

    @Test("writers at the same time do not harm each other")
    func concurrent() async throws {
        let world = try await ProvisioningWorld(isStored: true)
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let ledger = world.management.provisioning
        let ids = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for number in 0..<60 {
                tasks.addTask {
                    try await ledger.createAccount(in: .root) { account in
                        account.object.username = "n\(number)"
                        account.object.routingGroup = group
                    }.object.id
                }
            }
            return try await tasks.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(ids.count == 60)
        #expect(try await world.answer("listAccounts", ["limit": .int(10)]).rows("accounts").count == 10)
        #expect(try await world.answer("listAccounts", ["offset": .int(55)]).rows("accounts").count == 5)
        #expect(try SQLiteStore(.file(world.folder.path + "/martlet.db")).load().accounts.count == 60)
        try await world.management.stop()
    }
}
