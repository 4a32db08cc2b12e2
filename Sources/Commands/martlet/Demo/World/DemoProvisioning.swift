import Addresses

/// What the demonstration provisions: one customer, one account, one vendor with three connections.
struct DemoProvisioning {
    /// Digest user of the demonstration's account.
    static let user = "alice"
    /// Its password.
    static let password = "alice-secret"
    /// User of the XML-RPC interface, who may see and end every call.
    static let login = "root"
    /// Its password.
    static let secret = "root-secret"
    /// Calls from this address need no password: for sipp, which asks for none.
    static let trustedAddress = "127.0.0.5"
    /// Calls from this machine under this name need no password either: baresip 1.0, Debian 12's, gives up on a 401
    /// that offers SHA-256 besides MD5.
    static let trustedUser = "softphone"
    /// A number that the vendor answers.
    static let goodNumber = "442055501"
    /// A number that is always busy.
    static let busyNumber = "486001"
    /// A number whose first route leads to a vendor that is gone.
    static let failoverNumber = "770001"

    /// A number that leads to an application: a prompt, a digit, digits that come back.
    static let deskNumber = "1001"
    /// A number whose application rejects every call with BUSY.
    static let rejectingNumber = "1002"
    /// A number whose application transfers its caller to an agent, and takes the caller back.
    static let transferNumber = "1003"
    /// The agent, who answers after a while and soon hangs up.
    static let agentNumber = "205550"

    /// A number whose calls are driven by a program that answers webhooks.
    static let drivenNumber = "1005550142"
    /// User of the voice REST interface.
    static let apiUser = "u-demo"

    /// Where the events of driven calls go.
    var receiver: String
    /// The vendor's switch that answers.
    var carrier: Endpoint
    /// The vendor's switch that refuses with 486.
    var busy: Endpoint
    /// The agent's phone.
    var agent: Endpoint
    /// An address where nobody listens.
    var dead: Endpoint

    /// The provisioning file, as `martlet apply` reads it.
    var yaml: String {
        """
        customers:
          - { id: 1, name: root, web_login: \(Self.login), api_password: \(Self.secret), api_access: true }
          - { id: 2, parent: 1, name: acme, max_sessions: 100 }
        accounts:
          - { id: 3, customer: 2, authname: \(Self.user), voip_password: \(Self.password), max_sessions: 50, \
        routing_group: 1 }
        authentication_rules:
          - { id: 1, account: 3, remote_ip: \(Self.trustedAddress)/32 }
          - { id: 2, account: 3, remote_ip: 127.0.0.1/32, cli: \(Self.trustedUser) }
        vendors:
          - { id: 1, name: carrier }
        connections:
          - { id: 1, vendor: 1, name: carrier, destination: "sip:\(carrier);transport=udp" }
          - { id: 2, vendor: 1, name: busy, destination: "sip:\(busy);transport=udp" }
          - { id: 3, vendor: 1, name: gone, destination: "sip:\(dead);transport=udp" }
          - { id: 4, vendor: 1, name: agent, destination: "sip:\(agent);transport=udp" }
        destination_sets:
          - { id: 1, name: world, routes: [{ prefix: "44", price: "0.01" }, { prefix: "77", price: "0.03" }] }
          - { id: 2, name: always-busy, routes: [{ prefix: "486" }] }
          - { id: 3, name: first-choice, routes: [{ prefix: "77", preference: 9, price: "0.02", timeout_1xx: 2s }] }
          - { id: 4, name: agents, routes: [{ prefix: "205" }] }
        routing_groups:
          - id: 1
            name: default
            policy: preference
            members:
              - { connection: 1, destination_set: 1 }
              - { connection: 2, destination_set: 2 }
              - { connection: 3, destination_set: 3 }
              - { connection: 4, destination_set: 4 }
        users:
          - { id: u-demo, customer: 2, account: 3, token: t-demo, secret: s-demo }
        applications:
          - { id: a-driven, user: u-demo, name: driven, incoming_call_url: "\(receiver)", callback_http_method: GET }
          - { id: a-desk, user: u-demo, name: desk, builtin: front-desk }
          - { id: a-busy, user: u-demo, name: rejecting, builtin: reject-busy }
          - { id: a-transfer, user: u-demo, name: transfer, builtin: retrievable-transfer, \
        parameters: { to: "\(Self.agentNumber)" } }
        dids:
          - { number: "\(Self.drivenNumber)", application: a-driven }
          - { number: "\(Self.deskNumber)", application: a-desk }
          - { number: "\(Self.rejectingNumber)", application: a-busy }
          - { number: "\(Self.transferNumber)", application: a-transfer }

        """
    }
}
