import Accounting
import Routing

/// The example of interfaces.md §3, with a second connection.
func exampleProvisioning() -> Provisioning {
    var provisioning = Provisioning()
    var acme = Customer(id: 2, parent: 1, name: "acme")
    acme.maxSessions = 100
    provisioning.customers = [.root, acme]
    var alice = Account(id: 3, customer: 2, authname: "alice", voipPassword: "alice-secret")
    alice.routingGroup = 1
    alice.maxSessions = 10
    alice.maxCreditTime = .seconds(3600)
    provisioning.accounts = [alice]
    provisioning.authenticationRules = [AuthenticationRule(id: 1, account: 3, remoteIP: "127.0.0.5/32")]
    provisioning.vendors = [Vendor(id: 1, name: "carrier")]
    provisioning.connections = [
        Connection(id: 1, vendor: 1, name: "carrier-a", destination: "sip:127.0.0.1:5070;transport=udp"),
        Connection(id: 2, vendor: 1, name: "carrier-b", destination: "sip:carrier.example"),
    ]
    var world = Route(prefix: "")
    world.price = Money("0.01")!
    var britain = Route(prefix: "44")
    britain.preference = 5
    provisioning.destinationSets = [DestinationSet(id: 1, name: "world", routes: [world, britain])]
    provisioning.routingGroups = [
        RoutingGroup(
            id: 1, name: "default", members: [RoutingGroupMember(connection: 1, destinationSet: 1)])
    ]
    provisioning.dids = [DID(number: "13235550100", application: "front-desk")]
    provisioning.users = [User(id: "u-acme", customer: 2, account: 3, token: "t-acme", secret: "s-acme")]
    var shop = Application(id: "a-shop", name: "shop", user: "u-acme")
    shop.incomingCallURL = "http://127.0.0.1:9000/events"
    var front = Application(id: "a-front", name: "front-desk")
    front.builtin = "front-desk"
    provisioning.applications = [shop, front]
    return provisioning
}

/// The bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The text of bytes.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
