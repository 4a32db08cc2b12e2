import Accounting
import Addresses
import Routing
import Testing

@Suite struct RoutingTablesTests {
    @Test("the example of the provisioning file compiles and is found by id, name, number and address")
    func example() throws {
        let tables = try RoutingTables(compiling: exampleProvisioning())
        let account = try #require(tables.account(authname: bytes("alice")))
        #expect(tables.accounts[account].id == 3)
        #expect(tables.accounts[account].password == bytes("alice-secret"))
        #expect(tables.accounts[account].maxCreditTime == .seconds(3600))
        #expect(tables.account(authname: bytes("alic")) == nil && tables.account(authname: bytes("")) == nil)
        #expect(tables.account(id: 3) == account && tables.account(id: 4) == nil)
        #expect(tables.did(bytes("13235550100")) == .application(1))
        #expect(tables.did(bytes("1323555010")) == nil)
        #expect(tables.application("shop") == 0 && tables.application("a-front") == 1)
        #expect(tables.user(token: "t-acme") == 0 && tables.user(id: "u-acme") == 0)
        #expect(tables.connection(at: IPAddress(v4: 0x7F00_0001)) == 0)
        #expect(tables.customer(2, isWithin: 1) && !tables.customer(1, isWithin: 2))
        let destination = tables.connections[0].destination
        #expect(destination.endpoint == Endpoint(IPAddress(v4: 0x7F00_0001), 5070))
        #expect(tables.connections[1].destination.endpoint == nil)
        #expect(text(tables.connections[1].destination.host) == "carrier.example")
    }

    @Test("root exists where no file names it, and groups and blocks are inherited down the tree")
    func inheritance() throws {
        var provisioning = exampleProvisioning()
        provisioning.customers = [
            Customer(id: 4, parent: 3, name: "leaf"), Customer(id: 3, parent: 2, name: "middle"),
            Customer(id: 2, parent: 1, name: "top"),
        ]
        provisioning.customers[2].routingGroup = 1
        provisioning.customers[1].isBlocked = true
        provisioning.accounts = [
            Account(id: 3, customer: 2), Account(id: 4, customer: 4), Account(id: 5, customer: 1),
        ]
        let tables = try RoutingTables(compiling: provisioning)
        #expect(tables.customer(id: 1) == 0)
        #expect(tables.accounts.map(\.isBlocked) == [false, true, false])
        #expect(tables.accounts.map(\.routingGroup) == [0, 0, nil])
        #expect(tables.customer(4, isWithin: 2))
    }

    /// Each row breaks the example in one place and names the kind, the id and the key of the error.
    private static let faults:
        [(ProvisioningError.ObjectKind, String, String, @Sendable (inout Provisioning) -> Void)] = [
            (.customer, "2", "id", { $0.customers.append(Customer(id: 2, parent: 1, name: "x")) }),
            (.customer, "0", "id", { $0.customers.append(Customer(id: 0, parent: 1, name: "x")) }),
            (.customer, "2", "parent", { $0.customers[1].parent = 9 }),
            (.customer, "2", "parent", { $0.customers[1].parent = nil }),
            (.customer, "1", "parent", { $0.customers[0].parent = 2 }),
            (.customer, "2", "parent", { $0.customers[1].parent = 2 }),
            (.customer, "2", "max_sessions", { $0.customers[1].maxSessions = -2 }),
            (.customer, "2", "routing_group", { $0.customers[1].routingGroup = 9 }),
            (.customer, "2", "name", { $0.customers[1].name = "a\r\nb" }),
            (.account, "3", "customer", { $0.accounts[0].customer = 9 }),
            (.account, "3", "routing_group", { $0.accounts[0].routingGroup = 9 }),
            (.account, "3", "max_credit_time", { $0.accounts[0].maxCreditTime = .zero }),
            (.account, "3", "max_calls_per_second", { $0.accounts[0].maxCallsPerSecond = -5 }),
            (.account, "3", "cld_translation", { $0.accounts[0].cldTranslation = "s/(/x/" }),
            (.account, "3", "voip_password", { $0.accounts[0].authname = nil }),
            (.account, "4", "authname", { $0.accounts.append(Account(id: 4, customer: 2, authname: "alice")) }),
            (.authenticationRule, "1", "account", { $0.authenticationRules[0].account = 9 }),
            (.authenticationRule, "1", "remote_ip", { $0.authenticationRules[0].remoteIP = "127.0.0.5/33" }),
            (.authenticationRule, "1", "cli", { $0.authenticationRules[0].cli = "4*4" }),
            (.authenticationRule, "1", "cld", { $0.authenticationRules[0].cld = "" }),
            (.vendor, "1", "id", { $0.vendors.append(Vendor(id: 1, name: "x")) }),
            (.connection, "1", "vendor", { $0.connections[0].vendor = 9 }),
            (.connection, "1", "destination", { $0.connections[0].destination = "sip:127.0.0.1:0" }),
            (.connection, "1", "huntstop_codes", { $0.connections[0].huntstopCodes = "486,9" }),
            (.connection, "1", "password", { $0.connections[0].password = "x" }),
            (.connection, "1", "register", { $0.connections[0].register = true }),
            (.connection, "1", "capacity", { $0.connections[0].capacity = -2 }),
            (.connection, "1", "keepalive", { $0.connections[0].keepalive = .seconds(-1) }),
            (.connection, "1", "cli_translation", { $0.connections[0].cliTranslation = "s/a/b" }),
            (.destinationSet, "1", "routes[2].prefix", { $0.destinationSets[0].routes.append(Route(prefix: "44")) }),
            (.destinationSet, "1", "routes[2].prefix", { $0.destinationSets[0].routes.append(Route(prefix: "4 4")) }),
            (.destinationSet, "1", "routes[0].price", { $0.destinationSets[0].routes[0].price = Money("-1")! }),
            (.destinationSet, "1", "routes[0].timeout_1xx", { $0.destinationSets[0].routes[0].timeout1xx = .zero }),
            (
                .destinationSet, "1", "routes[1].timeout_2xx",
                { $0.destinationSets[0].routes[1].timeout2xx = .seconds(90_000) }
            ),
            (.routingGroup, "1", "members[0].connection", { $0.routingGroups[0].members[0].connection = 9 }),
            (.routingGroup, "1", "members[0].destination_set", { $0.routingGroups[0].members[0].destinationSet = 9 }),
            (.routingGroup, "1", "members[0].weight", { $0.routingGroups[0].members[0].weight = -1 }),
            (.did, "13235550100", "account, application, connection", { $0.dids[0].account = 3 }),
            (.did, "13235550100", "application", { $0.dids[0].application = "none" }),
            (.did, "13235550100", "number", { $0.dids.append($0.dids[0]) }),
            (.user, "u-acme", "account", { $0.users[0].account = 9 }),
            (.user, "u-acme", "account", { $0.accounts[0].customer = 1 }),
            (
                .user, "u-2", "token",
                { $0.users.append(User(id: "u-2", customer: 2, account: 3, token: "t-acme", secret: "x")) }
            ),
            (.user, "u-acme", "secret", { $0.users[0].secret = "" }),
            (.application, "a-shop", "user", { $0.applications[0].user = "nobody" }),
            (.application, "a-shop", "user", { $0.applications[0].user = nil }),
            (.application, "a-shop", "incoming_call_url", { $0.applications[0].incomingCallURL = "ftp://x" }),
            (.application, "a-front", "builtin", { $0.applications[1].builtin = "chat" }),
            (.application, "a-shop", "callback_timeout", { $0.applications[0].callbackTimeout = .zero }),
            (.application, "a-front", "id", { $0.applications.append($0.applications[1]) }),
        ]

    @Test(
        "each impossible value is refused with the object, the key, the value and what is allowed",
        arguments: faults.indices)
    func refusals(row: Int) {
        let (kind, id, key, change) = Self.faults[row]
        var provisioning = exampleProvisioning()
        change(&provisioning)
        let error = #expect(throws: ProvisioningError.self) { try RoutingTables(compiling: provisioning) }
        #expect(error?.kind == kind)
        #expect(error?.id == id)
        #expect(error?.key == key)
        #expect(error?.allowed.isEmpty == false)
        #expect(error?.description.contains(key) == true)
    }

    @Test("customers below each other in a circle, and trees too deep, are refused")
    func circles() {
        var provisioning = exampleProvisioning()
        provisioning.customers += [Customer(id: 8, parent: 9, name: "a"), Customer(id: 9, parent: 8, name: "b")]
        #expect(throws: ProvisioningError.self) { try RoutingTables(compiling: provisioning) }
        for order in [Array(2...17), Array((2...17).reversed())] {
            provisioning = Provisioning()
            provisioning.customers = order.map { Customer(id: $0, parent: $0 - 1, name: "c\($0)") }
            #expect(throws: ProvisioningError.self) { try RoutingTables(compiling: provisioning) }
            provisioning.customers.removeAll { $0.id == 17 }
            #expect(throws: Never.self) { try RoutingTables(compiling: provisioning) }
        }
    }

    private static let places: [(String, Bool)] = [
        ("sip:10.0.0.1", true), ("10.0.0.1:5080", true), ("SIP:gw.example.com;transport=TCP", true),
        ("sips:gw.example.com", true), ("sip:[2001:db8::1]:5062", true), ("sip:gw;transport=tls", true),
        ("", false), ("sip:", false), ("sip:user@host", false), ("sip:host:65536", false), ("sip:ho st", false),
        ("sip:host;transport=sctp", false), ("sip:host;lr", false), ("tel:+44", false), ("sip:0.0.0.0", false),
        ("sip:224.0.0.1", false), ("sip:1.2.3", false), ("sips:host;transport=udp", false),
        ("sip:host\r\nX: y", false),
        ("http://host", false), ("sip:host:", false), ("sip:[::1", false),
    ]

    @Test(
        "destinations are SIP URIs, or a host and a port",
        arguments: places)
    func destinations(destination: String, isAllowed: Bool) {
        var provisioning = exampleProvisioning()
        provisioning.connections[0].destination = destination
        let compiled = try? RoutingTables(compiling: provisioning)
        #expect((compiled != nil) == isAllowed)
    }
}
