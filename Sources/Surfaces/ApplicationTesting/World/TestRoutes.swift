import Addresses
import Routing
import SIPTransactions
import SwitchEngine
import SwitchSimulation
import Timeline

/// The configuration of a test's switch: callers are trusted by address, everybody who is no application is behind one
/// carrier.
enum TestRoutes {
    /// The account of all callers, which pays for the calls of applications, too.
    static let account = 3
    static let server = Endpoint(IPAddress(v4: 0x0A00_0001), 5060)
    static let callers = Endpoint(IPAddress(v4: 0x0A10_0001), 5060)
    static let carrier = Endpoint(IPAddress(v4: 0x0A02_0001), 5060)

    /// The id of the application that a number leads to.
    static func application(_ number: String) -> String { "a-\(number)" }

    static func flow(to peer: Endpoint) -> Flow { Flow(transport: .udp, listener: 0, local: server, remote: peer) }

    static func core(_ numbers: [String], seed: UInt64, at now: Instant) -> SwitchCore {
        var all = Provisioning()
        all.accounts = [Account(id: account, customer: 1)]
        all.accounts[0].routingGroup = 1
        all.accounts[0].authname = "applications"
        all.authenticationRules = [AuthenticationRule(id: 1, account: account, remoteIP: "10.16.0.0/16")]
        all.vendors = [Vendor(id: 1, name: "carrier")]
        all.connections = [Connection(id: 1, vendor: 1, name: "carrier", destination: "sip:\(carrier)")]
        all.destinationSets = [DestinationSet(id: 1, name: "world", routes: [Route(prefix: "")])]
        all.routingGroups = [
            RoutingGroup(id: 1, name: "all", members: [RoutingGroupMember(connection: 1, destinationSet: 1)])
        ]
        all.applications = numbers.map { number in
            var application = Application(id: application(number), name: number)
            application.builtin = "test"
            return application
        }
        all.dids = numbers.map { DID(number: $0, application: application($0)) }
        do {
            var snapshot = ConfigurationSnapshot(tables: try RoutingTables(compiling: all, builtins: ["test"]))
            snapshot.mediaMode = .direct
            snapshot.flows = [1: flow(to: carrier)]
            return SwitchCore(
                shard: 0, configuration: snapshot, hashes: .simulated, seed: seed,
                epochMilliseconds: 1_700_000_000_000, start: now)
        } catch {
            preconditionFailure("the numbers of applications have to be digits, each once: \(error)")
        }
    }
}
