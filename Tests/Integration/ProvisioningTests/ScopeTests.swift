import Testing
import XMLRPCValues

/// Who sees and changes what: customer 1 above 2 above 3, and 4 beside 2.
@Suite("Provisioning over XML-RPC: scope", .timeLimit(.minutes(5)))
struct ScopeTests {
    @Test("accounts of oneself and of those below are seen and changed; all others look as if they were not there")
    func accounts() async throws {
        let world = try await ProvisioningWorld()
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let root = try await world.account("root", group: group)
        var ids: [Int: Int] = [1: root]
        for customer in 2...4 { ids[customer] = try await world.account("a\(customer)", as: customer) }
        let visible: [Int: Set<Int>] = [1: [1, 2, 3, 4], 2: [2, 3], 3: [3], 4: [4]]
        for customer in 1...4 {
            let rows = try await world.answer("listAccounts", as: customer).rows("accounts")
            #expect(try Set(rows.map { try $0.number("i_customer") }) == visible[customer])
            for other in 1...4 {
                let id = try #require(ids[other])
                let expected =
                    visible[customer]?.contains(other) == true ? nil : "wrong_reference Wrong i_account"
                for method in ["getAccountInfo", "blockAccount", "unblockAccount", "updateAccount"] {
                    #expect(try await world.refusal(method, ["i_account": .int(id)], as: customer) == expected)
                }
                #expect(try await world.refusal("getAccountCDRs", ["i_account": .int(id)], as: customer) == expected)
                let rule = try await world.refusal(
                    "addAuthRule",
                    [
                        "i_account": .int(id), "i_protocol": .int(1),
                        "remote_ip": .string("10.\(customer).\(other).1"),
                    ], as: customer)
                #expect(rule == expected)
            }
        }
        let unknown = try await world.refusal("deleteAccount", ["i_account": .int(9_999)], as: 3)
        #expect(try await world.refusal("deleteAccount", ["i_account": .int(root)], as: 3) == unknown)
        #expect(
            try await world.refusal("getAccountInfo", ["username": "root"], as: 2) == "wrong_reference Wrong username")
        #expect(
            try await world.refusal(
                "updateAccount", ["i_account": .int(ids[2]!), "i_routing_group": .int(group)], as: 2)
                == "wrong_reference Wrong i_routing_group")
        let narrowed = try await world.answer("listAccounts", ["i_customer": .int(3)], as: 1).rows("accounts")
        #expect(try narrowed.map { try $0.number("i_account") } == [ids[3]])
        #expect(try await world.refusal("listAccounts", ["i_customer": .int(1)], as: 2) == "401 Wrong i_customer")
        try await world.management.stop()
    }

    @Test("customers are made below oneself; limits and rights of one's own are out of reach")
    func customers() async throws {
        let world = try await ProvisioningWorld()
        let id = try await world.id(
            "createCustomer", "i_customer",
            [
                "name": "reseller", "web_password": "w", "i_tariff": .null, "web_login": "res",
                "api_password": "secret",
                "api_access": .int(1), "max_depth": .int(1), "max_sessions": .null, "email": "x@example.org",
            ], as: 2)
        let shown = try await world.answer("getCustomerInfo", ["i_customer": .int(id)], as: 2).structure("customer")
        #expect(shown["i_wholesaler"] == .int(2) && shown["max_sessions"] == .null && shown["email"] == "x@example.org")
        #expect(shown["api_password"] == nil && shown["web_password"] == nil && shown["api_access"] == .int(1))
        let listed = try await world.answer("listCustomers", as: 2).rows("customers")
        #expect(try listed.map { try $0.number("i_customer") } == [3, id])
        #expect(
            try await world.refusal("getCustomerInfo", ["i_customer": .int(id)], as: 4)
                == "wrong_reference Wrong i_customer")
        #expect(
            try await world.refusal("getCustomerInfo", ["i_customer": .int(1)], as: id)
                == "wrong_reference Wrong i_customer")
        #expect(
            try await world.refusal("updateCustomer", ["i_customer": .int(id), "max_sessions": .int(5)], as: id)?
                .hasPrefix("not_permitted") == true)
        #expect(try await world.refusal("updateCustomer", ["i_customer": .int(id), "phone": "1"], as: id) == nil)
        let below = try await world.id(
            "createCustomer", "i_customer", ["name": "b", "web_password": "w", "i_tariff": .null], as: id)
        let tooDeep = try await world.refusal(
            "createCustomer", ["name": "c", "web_password": "w", "i_tariff": .null], as: below)
        #expect(tooDeep != nil)
        #expect(
            try await world.refusal("deleteCustomer", ["i_customer": .int(id)], as: 2)?.hasPrefix("conflict") == true)
        _ = try await world.answer("updateCustomer", ["i_customer": .int(id), "accounts_mgmt": .int(2)], as: 2)
        await #expect(throws: (any Error).self) { _ = try await world.account("no", as: id) }
        _ = try await world.answer("deleteCustomer", ["i_customer": .int(below), "i_wholesaler": .int(2)])
        _ = try await world.answer("deleteCustomer", ["i_customer": .int(id)], as: 2)
        #expect(try await world.refusal("deleteCustomer", ["i_customer": .int(1)])?.hasPrefix("not_permitted") == true)
        #expect(try await world.refusal("blockCustomer", ["i_customer": .int(1)])?.hasPrefix("not_permitted") == true)
        try await world.management.stop()
    }

    @Test("what belongs to root is neither seen nor changed by anybody else")
    func carriers() async throws {
        let world = try await ProvisioningWorld()
        let (group, connection) = try await world.carrier(at: "127.0.0.1:9")
        for (method, name, value) in [
            ("getVendorInfo", "i_vendor", 1), ("getVendorConnectionInfo", "i_connection", connection),
            ("deleteVendorConnection", "i_connection", connection), ("getDestinationSetInfo", "i_destination_set", 1),
            ("deleteAllRoutesInDestinationSet", "i_destination_set", 1),
            ("delRoutingGroup", "i_routing_group", group), ("listRoutingGroupMembers", "i_routing_group", group),
            ("delRoutingGroupMember", "i_routing_group_member", 1),
        ] {
            #expect(try await world.refusal(method, [name: .int(value)], as: 2) == "wrong_reference Wrong \(name)")
        }
        for (method, list) in [
            ("listVendors", "vendors"), ("getVendorConnectionsList", "vendor_connections"),
            ("listDestinationSets", "list"), ("listRoutingGroups", "list"), ("getDIDsList", "dids"),
        ] {
            #expect(try await world.answer(method, as: 2).rows(list).isEmpty)
        }
        #expect(
            try await world.refusal("addRoutingGroup", ["name": "x", "policy": "order"], as: 2)?
                .hasPrefix("not_permitted") == true)
        try await world.management.stop()
    }
}
