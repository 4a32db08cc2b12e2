import Accounting
import MediaSessions
import Routing
import SIPUserAgent
import SwitchEngine
import Timeline

/// The configuration of the switch in a simulated world.
enum SimulatedSwitch {
    /// Ids of the accounts.
    enum AccountID { static let trusted = 3, limited = 4, digest = 5, prepaid = 6 }

    /// The application that all numbers of applications lead to.
    static let application = "a-scripted"

    /// The account of a customer.
    static func account(of customer: CallPlan.Customer) -> Int {
        switch customer {
        case .trusted: AccountID.trusted
        case .limited: AccountID.limited
        case .digest: AccountID.digest
        case .prepaid: AccountID.prepaid
        }
    }

    /// User and password of the digest account.
    static func account(_ functions: DigestFunctions) -> AccountSecret {
        AccountSecret(username: Array("alice".utf8), password: Array("secret".utf8), functions: functions)
    }

    /// User and password that the switch proves to vendors.
    static func trunk(_ functions: DigestFunctions) -> AccountSecret {
        AccountSecret(username: Array("trunk".utf8), password: Array("hidden".utf8), functions: functions)
    }

    /// A switch that is started `now`.
    static func core(for plan: SimulationPlan, seed: UInt64, at now: Instant) throws -> SwitchCore {
        SwitchCore(
            shard: 0, configuration: try configuration(for: plan, isReversed: false), hashes: .simulated, seed: seed,
            epochMilliseconds: 1_700_000_000_000, start: now)
    }

    /// The snapshot for a plan; `isReversed` turns the order of the vendors round.
    static func configuration(for plan: SimulationPlan, isReversed: Bool) throws -> ConfigurationSnapshot {
        var snapshot = ConfigurationSnapshot(tables: try RoutingTables(compiling: provisioning(for: plan, isReversed)))
        snapshot.mediaMode = plan.relays ? .relay : .direct
        snapshot.noAnswer = .seconds(30)
        snapshot.nonceWindow = 256
        for index in 0..<plan.vendorCount {
            snapshot.flows[index + 1] = SimulatedAddresses.flow(to: SimulatedAddresses.vendor(index))
        }
        return snapshot
    }

    private static func provisioning(for plan: SimulationPlan, _ isReversed: Bool) -> Provisioning {
        var all = Provisioning()
        all.accounts = [
            Account(id: AccountID.trusted, customer: 1), Account(id: AccountID.limited, customer: 1),
            Account(id: AccountID.digest, customer: 1, authname: "alice", voipPassword: "secret"),
            Account(id: AccountID.prepaid, customer: 1),
        ]
        for position in all.accounts.indices { all.accounts[position].routingGroup = 1 }
        all.accounts[1].maxSessions = plan.sessionLimit
        all.accounts[3].maxCreditTime = .seconds(2)
        all.authenticationRules = [
            AuthenticationRule(id: 1, account: AccountID.trusted, remoteIP: "10.16.0.0/16"),
            AuthenticationRule(id: 2, account: AccountID.limited, remoteIP: "10.17.0.0/16"),
            AuthenticationRule(id: 3, account: AccountID.prepaid, remoteIP: "10.18.0.0/16"),
        ]
        all.vendors = [Vendor(id: 1, name: "carrier")]
        all.connections = (0..<plan.vendorCount).map { index in
            var connection = Connection(
                id: index + 1, vendor: 1, name: "trunk\(index + 1)",
                destination: "sip:\(SimulatedAddresses.vendor(index))")
            connection.username = "trunk"
            connection.password = "hidden"
            connection.keepalive = plan.keepalive ?? .zero
            return connection
        }
        var scripted = Application(id: application, name: application)
        scripted.builtin = "echo"
        all.applications = [scripted]
        let isNumber = { (call: CallPlan) in call.application != nil && call.beginning == .caller }
        all.dids = plan.calls.indices.filter { isNumber(plan.calls[$0]) }.map {
            DID(number: String(decoding: CalledNumber.bytes(of: $0), as: UTF8.self), application: application)
        }
        all.destinationSets = [DestinationSet(id: 1, name: "world", routes: [Route(prefix: "")])]
        var members = (0..<plan.vendorCount).map { RoutingGroupMember(connection: $0 + 1, destinationSet: 1) }
        if isReversed { members.reverse() }
        all.routingGroups = [RoutingGroup(id: 1, name: "all", policy: .order, members: members)]
        return all
    }
}

extension DigestFunctions {
    /// Hashes that are only good where nobody attacks them.
    public static let simulated = DigestFunctions(md5: { fold($0, count: 16) }, sha256: { fold($0, count: 32) })

    private static func fold(_ bytes: [UInt8], count: Int) -> [UInt8] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<count).map { position in
            state = (state ^ UInt64(position)) &* 0x100_0000_01B3
            return UInt8(truncatingIfNeeded: state >> 32)
        }
    }
}
