import Addresses
import TestPhone

/// A phone that answers whatever comes, and one that calls it through a switch.
struct PhonePair {
    let answering: TestPhone
    let calling: TestPhone
    private static let loopback = IPAddress(v4: 0x7F00_0001)

    init() throws {
        answering = try TestPhone(listen: Endpoint(Self.loopback, 0))
        answering.answer(AnswerPolicy(.answer(after: .zero)))
        calling = try TestPhone(listen: Endpoint(Self.loopback, 0))
    }

    /// What sends every call from loopback to the answering phone, as account 3 over connection 4.
    var provisioning: String {
        """
        accounts: [{ id: 3, customer: 1, routing_group: 1 }]
        authentication_rules: [{ id: 1, account: 3, remote_ip: 127.0.0.0/8 }]
        vendors: [{ id: 1, name: carrier }]
        connections: [{ id: 4, vendor: 1, name: c, destination: "sip:\(answering.local)" }]
        destination_sets: [{ id: 1, name: world, routes: [{ prefix: "" }] }]
        routing_groups: [{ id: 1, name: g, members: [{ connection: 4, destination_set: 1 }] }]
        """
    }

    /// A call from 100 to 4420 that the caller ends after `duration`.
    func request(through served: ServedSwitch, lasting duration: Duration) -> CallRequest {
        let target = Endpoint(Self.loopback, served.port)
        var request = CallRequest("sip:4420@\(target)", from: "sip:100@127.0.0.1", through: target)
        request.duration = duration
        return request
    }

    func stop() {
        for phone in [answering, calling] { phone.stop() }
    }
}
