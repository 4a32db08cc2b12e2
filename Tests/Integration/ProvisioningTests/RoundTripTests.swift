import Management
import Testing
import XMLRPCValues

/// What is made through the interface is shown, changed and removed through it.
@Suite("Provisioning over XML-RPC: round trips", .timeLimit(.minutes(5)))
struct RoundTripTests {
    @Test("an account is made, shown without its passwords, listed, changed, blocked and removed")
    func account() async throws {
        let world = try await ProvisioningWorld()
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let made = try await world.answer(
            "createAccount",
            [
                "username": "shop12", "web_password": "w-1", "authname": "pbx12", "voip_password": "v-1",
                "i_billing_plan": .int(1), "i_routing_group": .int(group), "max_sessions": .string("8"),
                "max_credit_time": .int(600), "translation_rule": "s/^00//", "description": "a <shop> & more",
                "balance": .int(-5), "preferred_codec": .null, "trust_cli": .int(1), "unknown": .array([]),
            ])
        let id = try made.number("i_account")
        #expect(made["username"] == "shop12" && made["authname"] == "pbx12")
        #expect(made["web_password"] == "w-1" && made["voip_password"] == "v-1")
        guard case .string(let pin) = made["vm_password"] else { throw XMLRPCFault(0, "no vm_password") }
        #expect(pin.count == 4)

        let shown = try await world.answer("getAccountInfo", ["i_account": .int(id)])
        #expect(shown["max_sessions"] == .int(8) && shown["max_credit_time"] == .int(600))
        #expect(shown["translation_rule"] == "s/^00//" && shown["description"] == "a <shop> & more")
        #expect(shown["balance"] == .double(-5) && shown["trust_cli"] == .boolean(true))
        #expect(shown["preferred_codec"] == .null && shown["lifetime"] == .int(-1) && shown["blocked"] == .int(0))
        for secret in ["web_password", "voip_password", "vm_password"] { #expect(shown[secret] == nil) }
        #expect(try await world.answer("getAccountInfo", ["username": "shop12"]) == shown)

        let row = try #require(try await world.answer("listAccounts").rows("accounts").first)
        #expect(row["i_account"] == .int(id) && row["balance"] == .double(5) && row["registration_status"] == .null)

        _ = try await world.answer("updateAccount", ["i_account": .int(id), "max_sessions": .int(-1), "cc": "x"])
        let changed = try await world.answer("getAccountInfo", ["i_account": .int(id)])
        #expect(
            changed["max_sessions"] == .int(-1) && changed["cc"] == "x"
                && changed["description"] == shown["description"])
        _ = try await world.answer("blockAccount", ["i_account": .int(id)])
        #expect(try await world.answer("getAccountInfo", ["i_account": .int(id)])["blocked"] == .int(1))
        _ = try await world.answer("unblockAccount", ["i_account": .int(id)])
        #expect(
            try await world.refusal("getRegistrationStatus", ["i_account": .int(id)])
                == "403 Account is not registered")
        _ = try await world.answer("deleteAccount", ["i_account": .int(id)])
        #expect(try await world.refusal("getAccountInfo", ["i_account": .int(id)]) == "wrong_reference Wrong i_account")
        #expect(try await world.answer("listAccounts").rows("accounts").isEmpty)
        try await world.management.stop()
    }

    @Test("what is refused because its name is taken leaves the first of that name where it was")
    func taken() async throws {
        let world = try await ProvisioningWorld()
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let first = try await world.account("shop", group: group)
        let second = try await world.account("other", group: group)
        await #expect(throws: ManagementError.self) { _ = try await world.account("shop", group: group) }
        #expect(
            try await world.refusal("updateAccount", ["i_account": .int(second), "username": "shop"])
                == "conflict username is taken; allowed is a name that no other account has")
        #expect(try await world.answer("getAccountInfo", ["username": "shop"])["i_account"] == .int(first))
        #expect(try await world.answer("getAccountInfo", ["username": "other"])["i_account"] == .int(second))

        let number: KeyValuePairs<String, XMLRPCValue> = ["did": "442079", "incoming_did": "442079"]
        let did = try await world.id("addDID", "i_did", number)
        #expect(try await world.refusal("addDID", number) != nil)
        #expect(try await world.answer("getDIDInfo", ["did": "442079"])["i_did"] == .int(did))
        _ = try await world.answer("updateDID", ["did": "442079", "i_account": .int(first)])
        _ = try await world.answer("deleteDID", ["did": "442079"])
        #expect(try await world.refusal("getDIDInfo", ["did": "442079"]) == "wrong_reference Wrong did")
        _ = try await world.answer("deleteAccount", ["i_account": .int(first)])
        #expect(try await world.account("shop", group: group) > second)
        try await world.management.stop()
    }

    @Test("an account under root needs a routing group, and what is missing, taken or impossible is named")
    func accountRefusals() async throws {
        let world = try await ProvisioningWorld()
        #expect(
            try await world.refusal("createAccount", ["username": "a"]) == "501 Parameter web_password is required.")
        await #expect(throws: ManagementError(.missing, message: "i_routing_group is mandatory for root customer")) {
            _ = try await world.account("none")
        }
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let id = try await world.account("one", group: group)
        let taken = try await world.refusal(
            "createAccount",
            [
                "username": "one", "web_password": "w", "authname": "x", "voip_password": "v",
                "i_billing_plan": .int(1),
                "i_routing_group": .int(group),
            ])
        #expect(taken?.hasPrefix("conflict username") == true)
        #expect(
            try await world.refusal("updateAccount", ["i_account": .int(id), "i_routing_group": .int(99)])
                == "wrong_reference Wrong i_routing_group")
        let broken = try await world.refusal("updateAccount", ["i_account": .int(id), "translation_rule": "s/(/x/"])
        #expect(broken?.hasPrefix("invalid_value translation_rule") == true)
        let wrong = try await world.refusal("updateAccount", ["i_account": .int(id), "max_sessions": .int(-2)])
        #expect(wrong?.hasPrefix("invalid_value max_sessions") == true)
        #expect(try await world.answer("getAccountInfo", ["i_account": .int(id)])["max_sessions"] == .int(-1))
        try await world.management.stop()
    }

    @Test("an authentication rule is made, not twice, shown, listed, changed and removed")
    func rule() async throws {
        let world = try await ProvisioningWorld()
        let (group, _) = try await world.carrier(at: "127.0.0.1:9")
        let account = try await world.account("one", group: group)
        let members: KeyValuePairs<String, XMLRPCValue> = [
            "i_account": .int(account), "i_protocol": .int(1), "remote_ip": "198.51.100.20",
        ]
        let id = try await world.id("addAuthRule", "i_authentication", members)
        #expect(try await world.refusal("addAuthRule", members)?.contains("conflicting parameters") == true)
        #expect(
            try await world.refusal(
                "addAuthRule", ["i_account": .int(account), "i_protocol": .int(1), "remote_ip": "198.51.100.20/32"])?
                .contains("conflicting parameters") == true)
        #expect(
            try await world.refusal("addAuthRule", ["i_account": .int(account), "i_protocol": .int(1)])
                == "501 Parameter remote_ip is required.")
        let rule = try await world.answer("getAuthRuleInfo", ["i_authentication": .int(id)]).structure("authrule")
        #expect(rule["remote_ip"] == "198.51.100.20" && rule["incoming_cli"] == .null && rule["i_tariff"] == .null)
        #expect(rule["cli_translation_rule"] == "" && rule["max_sessions"] == .int(-1) && rule["max_cps"] == .null)
        #expect(try await world.answer("listAuthRules", ["i_account": .int(account)]).rows("authrules") == [rule])
        _ = try await world.answer(
            "updateAuthRule", ["i_authentication": .int(id), "max_cps": .int(5), "to_domain": "x.example"])
        let changed = try await world.answer("getAuthRuleInfo", ["i_authentication": .int(id)]).structure("authrule")
        #expect(changed["max_cps"] == .double(5) && changed["to_domain"] == "x.example")
        _ = try await world.answer("addAuthRule", members)
        _ = try await world.answer("delAuthRule", ["i_authentication": .int(id)])
        #expect(try await world.answer("listAuthRules", ["i_account": .int(account)]).rows("authrules").count == 1)
        try await world.management.stop()
    }

    @Test("vendors, connections, destination sets, routes, groups and members are shown as they were given")
    func carriers() async throws {
        let world = try await ProvisioningWorld()
        let (group, connection) = try await world.carrier(at: "203.0.113.9:5060")
        _ = try await world.answer(
            "updateVendorConnection",
            [
                "i_connection": .int(connection), "capacity": .int(60), "enforce_capacity": .boolean(true),
                "huntstop_scodes": "404,486", "i_proto_transport": .int(2), "from_domain": "f.example",
                "max_cps": .double(2.5), "password": "p", "username": "u", "timeout_100": .int(3),
            ])
        let shown = try await world.answer("getVendorConnectionInfo", ["i_connection": .int(connection)])
            .structure("vendor_connection")
        #expect(shown["destination"] == "203.0.113.9:5060" && shown["i_proto_transport"] == .int(2))
        #expect(shown["capacity"] == .int(60) && shown["huntstop_scodes"] == "404,486" && shown["password"] == nil)
        #expect(
            shown["from_domain"] == "f.example" && shown["timeout_100"] == .int(3) && shown["max_cps"] == .double(2))
        #expect(try await world.answer("listVendorConnections").rows("vendor_connections") == [shown])
        #expect(try await world.answer("getVendorsList", ["name_pattern": "carr%"]).rows("vendors").count == 1)
        #expect(try await world.answer("listVendors", ["name_pattern": "carr"]).rows("vendors").isEmpty)

        _ = try await world.answer(
            "addRouteToDestinationSet",
            [
                "i_destination_set": .int(1), "prefix": "4420", "preference": .int(5), "huntstop": .int(0),
                "price_1": .double(0.0041), "price_n": .double(0.0042), "timeout": .int(60),
                "forbidden": .boolean(true),
                "activation_date": "20200101T00:00:00",
            ])
        let routes = try await world.answer("getDestinationSetRoutesList", ["i_destination_set": .int(1)]).rows("list")
        #expect(routes.count == 2 && routes[1]["prefix"] == "4420" && routes[1]["price_n"] == .double(0.0042))
        #expect(routes[1]["price_1"] == .double(0.0041) && routes[1]["activation_date"] == "20200101T00:00:00.000")
        #expect(
            try await world.refusal("addRouteToDestinationSet", ["i_destination_set": .int(1), "prefix": "4420"])?
                .hasPrefix("conflict") == true)
        _ = try await world.answer(
            "updateRouteInDestinationSet", ["i_destination_set": .int(1), "prefix": "4420", "new_prefix": "4421"])
        let renamed = try await world.answer("getDestinationSetRoutesList", ["i_destination_set": .int(1)]).rows("list")
        #expect(renamed[1]["prefix"] == "4421" && renamed[1]["price_1"] == .double(0.0041))
        _ = try await world.answer("delRouteFromDestinationSet", ["i_destination_set": .int(1), "prefix": "4421"])

        let list = try await world.answer("listRoutingGroupMembers", ["i_routing_group": .int(group)])
        let member = try #require(try list.rows("list").first)
        #expect(try list.rows("routing_group_members") == [member] && member["preference"] == .int(10))
        let number = try member.number("i_routing_group_member")
        _ = try await world.answer(
            "updateRoutingGroupMember", ["i_routing_group_member": .int(number), "weight": .int(7)])
        _ = try await world.answer(
            "updateRoutingGroup", ["i_routing_group": .int(group), "policy": "prefix,preference"])
        let groups = try await world.answer("listRoutingGroups", ["i_routing_group": .int(group)]).rows("list")
        #expect(groups[0]["policy"] == "prefix,preference" && groups[0]["members_count"] == .int(1))

        for (method, name, value) in [
            ("deleteVendor", "i_vendor", 1), ("deleteVendorConnection", "i_connection", connection),
            ("deleteDestinationSet", "i_destination_set", 1),
        ] {
            #expect(try await world.refusal(method, [name: .int(value)])?.hasPrefix("conflict") == true)
        }
        _ = try await world.answer("delRoutingGroupMember", ["i_routing_group_member": .int(number)])
        _ = try await world.answer("delRoutingGroup", ["i_routing_group": .int(group)])
        _ = try await world.answer("deleteVendorConnection", ["i_connection": .int(connection)])
        _ = try await world.answer("deleteDestinationSet", ["i_destination_set": .int(1)])
        _ = try await world.answer("deleteVendor", ["i_vendor": .int(1)])
        #expect(try await world.answer("listDestinationSets").rows("list").isEmpty)
        let again = try await world.carrier(at: "127.0.0.1:9")
        #expect(again.group == group + 1 && again.connection == connection + 1)
        try await world.management.stop()
    }

    @Test("a number is made, assigned, taken back, listed and removed")
    func number() async throws {
        let world = try await ProvisioningWorld()
        let (group, connection) = try await world.carrier(at: "127.0.0.1:9")
        let account = try await world.account("one", group: group)
        let id = try await world.id(
            "addDID", "i_did",
            [
                "did": "442079460011", "incoming_did": "442079460011", "i_account": .int(account),
                "i_connection": .int(connection),
            ])
        let shown = try await world.answer("getDIDInfo", ["did": "442079460011"])
        #expect(shown["i_account"] == .int(account) && shown["i_connection"] == .int(connection))
        _ = try await world.answer(
            "updateDID", ["i_did": .int(id), "i_account": .null, "i_ivr_application": .null])
        #expect(try await world.answer("getDIDsList", ["not_assigned": .int(1)]).rows("dids").count == 1)
        #expect(
            try await world.refusal("addDID", ["did": "1", "incoming_did": "442079460011"])?.hasPrefix("conflict")
                == true)
        _ = try await world.answer("deleteDID", ["i_did": .int(id)])
        #expect(try await world.answer("getDIDsList").rows("dids").isEmpty)
        try await world.management.stop()
    }
}
