import Accounting
import Addresses
import Routing
import SIPMessages
import SIPUserAgent
import Timeline

/// What routing, admission and authentication cost per call, with 10, 10,000 and 100,000 accounts, rules and routes.
enum RoutingBenchmarks {
    static func run() {
        for count in [10, 10_000, 100_000] { run(count) }
        authenticate()
    }

    private static func run(_ count: Int) {
        let isAsked = CommandLine.arguments.count != 3 || CommandLine.arguments[1].hasPrefix("\(count):")
        guard isAsked, let tables = try? RoutingTables(compiling: provisioning(count)) else { return }
        if count == 10 {
            Measurement.run("translate s/^0([1-9]\\d*)$/44\\1/") {
                tables.connections[0].cldTranslation?.apply(to: [48, 50, 48, 55, 49, 50, 51, 52, 53, 54])?.count ?? 0
            }
        }
        var dice = IdentifierSource(seed: 3)
        let names = (0..<4096).map { _ in Array("user\(1 + dice.number(below: count))".utf8) }
        let sources = (0..<4096).map { _ in IPAddress(v4: 0x0A00_0001 + UInt32(dice.number(below: count))) }
        let numbers = (0..<4096).map { _ in (0..<13).map { $0 < 2 ? 48 : UInt8(48 + dice.number(below: 10)) } }
        var turn = 0
        Measurement.run("\(count): account by digest user") {
            turn &+= 1
            return tables.account(authname: names[turn & 4095]) ?? 0
        }
        Measurement.run("\(count): account by address") {
            turn &+= 1
            return tables.account(source: sources[turn & 4095], cli: [], cld: numbers[turn & 4095])?.account ?? 0
        }
        let selector = RouteSelector(tables: tables)
        var candidates: [RouteCandidate] = []
        Measurement.run("\(count): select of 3 members") {
            turn &+= 1
            _ = selector.select(account: turn % count, cld: numbers[turn & 4095], dice: &dice, into: &candidates)
            return candidates.count
        }
        var admission = Admission(tables: tables, limits: SwitchLimits())
        var now = Instant.zero
        Measurement.run("\(count): a call's look-up, routing and admission") {
            turn &+= 1
            now = now + .microseconds(100)
            guard let account = tables.account(authname: names[turn & 4095]),
                case .admitted(let call) = admission.admit(
                    account: tables.accounts[account].id, source: sources[turn & 4095], at: now)
            else { return 0 }
            let called = tables.accounts[account].cldTranslation?.apply(to: numbers[turn & 4095]) ?? []
            _ = selector.select(account: account, cld: called, dice: &dice, into: &candidates)
            if case .admitted(let attempt) = admission.admit(connection: 1, at: now) { admission.release(attempt) }
            admission.release(call)
            return candidates.count
        }
    }

    /// Three members over two destination sets, one of them with `count` prefixes; rates and limits everywhere.
    private static func provisioning(_ count: Int) -> Provisioning {
        var provisioning = Provisioning()
        var dice = IdentifierSource(seed: 9)
        provisioning.customers = [.root, Customer(id: 2, parent: 1, name: "a"), Customer(id: 3, parent: 2, name: "b")]
        provisioning.customers[1].maxSessions = 1_000_000
        provisioning.vendors = [Vendor(id: 1, name: "carrier")]
        provisioning.connections = (1...3).map {
            Connection(id: $0, vendor: 1, name: "carrier-\($0)", destination: "sip:127.0.0.1:507\($0)")
        }
        provisioning.connections[0].cldTranslation = "s/^0([1-9]\\d*)$/44\\1/"
        provisioning.accounts = (1...count).map { id in
            var account = Account(id: id, customer: 3, authname: "user\(id)", voipPassword: "secret\(id)")
            account.routingGroup = 1
            account.maxSessions = 100
            account.cldTranslation = "s/^00//"
            return account
        }
        provisioning.authenticationRules = (1...count).map {
            AuthenticationRule(id: $0, account: $0, remoteIP: "\(IPAddress(v4: 0x0A00_0000 + UInt32($0)))")
        }
        var prefixes: Set<String> = [""]
        while prefixes.count < count {
            prefixes.insert((0...dice.number(below: 8)).map { _ in String(dice.number(below: 10)) }.joined())
        }
        provisioning.destinationSets = [
            DestinationSet(id: 1, name: "many", routes: prefixes.sorted().map { Route(prefix: $0) }),
            DestinationSet(id: 2, name: "one", routes: [Route(prefix: "")]),
        ]
        provisioning.routingGroups = [
            RoutingGroup(
                id: 1, name: "default",
                members: [(1, 1), (2, 1), (3, 2)].map { RoutingGroupMember(connection: $0, destinationSet: $1) })
        ]
        return provisioning
    }

    /// Digest authentication with hash functions that do nothing: its own share.
    private static func authenticate() {
        let short = Array(repeating: UInt8(7), count: 16)
        let long = Array(repeating: UInt8(7), count: 32)
        let functions = DigestFunctions(md5: { _ in short }, sha256: { _ in long })
        var authenticator = DigestAuthenticator(
            configuration: .init(realm: Array("martlet".utf8)), functions: functions, secret: [1], shard: 0)
        let client = DigestClient(username: [97], password: [98], functions: functions)
        let request = DigestRequest(
            method: Array("INVITE".utf8), uri: Array("sip:100@127.0.0.1".utf8), source: IPAddress(v4: 1))
        Measurement.run("digest: challenge") { authenticator.challenges(isStale: false, at: .zero).count }
        let one = authenticator.challenges(isStale: false, at: .zero)
        guard let credentials = client.answer(one, method: request.method, uri: request.uri, cnonce: [99]) else {
            return
        }
        Measurement.run("digest: verify") {
            let verdict = authenticator.verify(credentials, for: request, at: .zero) { _ in
                DigestSecret(account: 1, password: [98])
            }
            return verdict == .challenge(isStale: true) ? 1 : 0
        }
    }
}
