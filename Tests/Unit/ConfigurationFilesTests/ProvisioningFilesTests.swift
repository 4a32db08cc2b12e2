import Accounting
import Routing
import TestFiles
import Testing

@testable import ConfigurationFiles

@Suite("Provisioning files")
struct ProvisioningFilesTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func complaint(_ texts: String...) throws -> String {
        let files = try texts.enumerated().map { try folder.write($0.element, to: "\($0.offset + 1).yaml") }
        do {
            _ = try ProvisioningFiles.read(files, environment: [:])
            return "nothing"
        } catch {
            return error.description.replacing(folder.path + "/", with: "")
        }
    }

    @Test("the documented file is read")
    func documentedFile() throws {
        let file = try folder.write(documentedProvisioning)
        let provisioning = try ProvisioningFiles.read([file], environment: [:]).provisioning
        #expect(provisioning.customers.count == 2)
        #expect(provisioning.customers[1].parent == 1)
        #expect(provisioning.customers[1].maxSessions == 100)
        #expect(provisioning.accounts[0].maxCreditTime == .seconds(3600))
        #expect(provisioning.accounts[0].cliTranslation == nil)
        #expect(provisioning.authenticationRules[0].remoteIP == "127.0.0.5/32")
        #expect(provisioning.connections[0].destination == "sip:127.0.0.1:5070;transport=udp")
        #expect(provisioning.connections[0].huntstopCodes == "486,600-699")
        var route = Route(prefix: "")
        route.price = Money("0.01") ?? .zero
        var other = Route(prefix: "44")
        other.preference = 5
        #expect(provisioning.destinationSets[0].routes == [route, other])
        #expect(provisioning.routingGroups[0].members == [RoutingGroupMember(connection: 1, destinationSet: 1)])
        #expect(provisioning.dids[0].application == "front-desk")
        #expect(provisioning.users[0].secret == "s-acme")
        #expect(provisioning.applications.map(\.builtin) == [nil, "front-desk"])
    }

    @Test("numbers may be written without quotes and keep their zeros")
    func plainNumbers() throws {
        let file = try folder.write(
            """
            dids: [{ number: 0049301, account: 1 }]
            accounts: [{ id: 1, customer: 1, authname: 0123, voip_password: 007 }]
            """)
        let provisioning = try ProvisioningFiles.read([file], environment: [:]).provisioning
        #expect(provisioning.dids[0].number == "0049301")
        #expect(provisioning.accounts[0].authname == "0123")
        #expect(provisioning.accounts[0].voipPassword == "007")
    }

    @Test("a time-out of 0s or null is no limit")
    func noTimeout() throws {
        let file = try folder.write(
            "destination_sets: [{ id: 1, name: x, routes: [{ prefix: 1, timeout_1xx: 0s, timeout_2xx: null }] }]")
        let route = try ProvisioningFiles.read([file], environment: [:]).provisioning.destinationSets[0].routes[0]
        #expect(route.timeout1xx == nil)
        #expect(route.timeout2xx == nil)
    }

    @Test("secrets come from the environment and from files")
    func secrets() throws {
        let secret = try folder.write("from file\n", to: "secret")
        let file = try folder.write(
            """
            accounts:
              - { id: 1, customer: 1, voip_password: "env:ALICE" }
              - { id: 2, customer: 1, voip_password: "file:\(secret)" }
            """)
        let provisioning = try ProvisioningFiles.read([file], environment: ["ALICE": "from variable"]).provisioning
        #expect(provisioning.accounts.map(\.voipPassword) == ["from variable", "from file"])
    }

    @Test("mistakes name file, line, key, value and what is allowed")
    func mistakes() throws {
        #expect(
            try complaint("accounts:\n  - id: 3\n    custmer: 2")
                == "1.yaml:2: accounts[0].customer: is missing; allowed is a whole number from 1 to 2147483647\n"
                + "1.yaml:3: accounts[0].custmer: unknown key; did you mean \"customer\"? allowed keys are "
                + "authname, blocked, cld_translation, cli_translation, customer, expiration_date, id, max_calls_per_second, "
                + "max_credit_time, max_sessions, media, routing_group, username, voip_password")
        #expect(try complaint("acounts: []").contains("1.yaml:1: acounts: unknown key; did you mean \"accounts\"?"))
        #expect(try complaint("customers: [{ id: one, name: x }]").contains("customers[0].id: \"one\" is not allowed"))
        #expect(try complaint("customers: [{ id: 0, name: x }]").contains("customers[0].id: \"0\""))
        #expect(try complaint("customers: { id: 1 }").contains("customers: a group of keys is not allowed"))
        #expect(try complaint("customers: [1]").contains("customers[0]: a single value is not allowed"))
        #expect(try complaint("customers: [{ id: 1, name: x, max_sessions: -2 }]").contains("-1 for no limit"))
        #expect(try complaint("routing_groups: [{ id: 1, name: x, policy: cheapest }]").contains("least_cost"))
        #expect(
            try complaint("destination_sets: [{ id: 1, name: x, routes: [{ prefix: 1, price: -1 }] }]")
                .contains("1.yaml:1: destination_sets[0].routes[0].price: \"-1\" is not allowed; allowed is an amount"))
        let user = "users: [{ id: u, customer: 1, account: 1, token: t }]"
        #expect(try complaint(user).contains("users[0].secret: is missing"))
    }

    @Test("an id given twice is refused, in one file and across files")
    func duplicates() throws {
        #expect(
            try complaint("vendors:\n  - { id: 1, name: a }\n  - { id: 1, name: b }")
                == "1.yaml:3: vendors[1].id: \"1\" is given twice, first at 1.yaml:2")
        #expect(
            try complaint("dids: [{ number: 1, account: 1 }]", "\ndids: [{ number: 1, account: 1 }]")
                == "2.yaml:2: dids[0].number: \"1\" is given twice, first at 1.yaml:1")
        #expect(
            try complaint("destination_sets: [{ id: 1, name: x, routes: [{ prefix: 1 }, { prefix: 1 }] }]")
                .contains("routes[1].prefix: \"1\" is given twice"))
    }

    @Test("no secret is shown, however wrong the file is")
    func secretsNotShown() throws {
        for text in [
            "accounts: [{ id: 1, customer: 1, voip_password: \"hidden\\tword\" }]",
            "accounts: [{ id: x, customer: 1, voip_password: hidden }]",
            "accounts: [{ id: 1, customer: 1, voip_password: hidden, voip_password: hidden }]",
            "accounts: [{ id: 1, customer: 1, voip_password: [hidden] }]",
            "accounts: [{ id: 1, customer: 1, voip_password: hidden",
            "connections: [{ id: 1, password: 'hidden\n\n...\n",
        ] {
            let complaint = try complaint(text)
            #expect(complaint != "nothing")
            #expect(!complaint.contains("hidden"), "\(complaint)")
        }
        #expect(
            try complaint("users: [{ id: u, customer: 1, account: 1, token: t, secret: env:NONE }]")
                == "1.yaml:1: users[0].secret: the environment variable \"NONE\" is not set")
    }

    @Test("a problem found later is told at the line of its key")
    func laterProblem() throws {
        let file = try folder.write(
            "destination_sets:\n  - id: 4\n    name: x\n    routes:\n      - { prefix: 1 }\n      - prefix: 2\n        price: 1"
        )
        let files = try ProvisioningFiles.read([file], environment: [:])
        let error = ProvisioningError(.destinationSet, id: "4", key: "routes[1].price", value: "1", allowed: "less")
        #expect(
            files.problem(error).description
                == "\(file):7: destination_sets[0].routes[1].price: \"1\" is not allowed; allowed is less")
        let secret = ProvisioningError(.account, id: "9", key: "voip_password", value: "hidden", allowed: "more")
        #expect(!files.problem(secret).description.contains("hidden"))
    }

    @Test("objects are described in the words of the file, secrets apart")
    func description() throws {
        let file = try folder.write(documentedProvisioning)
        let objects = try ProvisioningFiles.read([file], environment: [:]).provisioning.objects
        let shown = objects.flatMap { $0.fields.map { "\($0.key): \($0.shown)" } }
        let route =
            "{ preference: 5, price: \"0\", timeout_1xx: 5s, timeout_2xx: 1m, huntstop: false, forbidden: false }"
        #expect(shown.contains("routes \"44\": \(route)"))
        #expect(shown.contains("voip_password: (secret)"))
        #expect(!shown.joined().contains("alice-secret") && !shown.joined().contains("s-acme"))
    }
}
