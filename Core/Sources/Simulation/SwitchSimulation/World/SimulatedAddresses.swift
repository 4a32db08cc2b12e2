import Addresses
import SIPMessages
import SIPTransactions

/// Where everybody lives in a simulated world.
enum SimulatedAddresses {
    /// The switch: 10.0.0.1.
    static let server = Endpoint(IPAddress(v4: 0x0A00_0001), 5060)
    /// A stranger who is neither customer nor vendor: 10.9.0.1.
    static let stranger = Endpoint(IPAddress(v4: 0x0A09_0001), 5060)

    /// Vendors: 10.2.0.1 and up.
    static func vendor(_ index: Int) -> Endpoint { Endpoint(IPAddress(v4: 0x0A02_0001 &+ UInt32(index)), 5060) }

    /// The phone of a call; the network it lives in says which account it belongs to.
    static func phone(_ index: Int, _ customer: CallPlan.Customer) -> Endpoint {
        let network: UInt32
        switch customer {
        case .trusted: network = 0x0A10_0000
        case .limited: network = 0x0A11_0000
        case .prepaid: network = 0x0A12_0000
        case .digest: network = 0x0A13_0000
        }
        return Endpoint(IPAddress(v4: network &+ 1 &+ UInt32(index)), 5060)
    }

    /// Where redirections point to; nobody may ever be called there: 10.66.0.1.
    static let elsewhere = Endpoint(IPAddress(v4: 0x0A42_0001), 5060)

    /// The flow between the switch and a peer: datagrams where `stream` is 0.
    static func flow(to peer: Endpoint, stream: UInt32 = 0) -> Flow {
        stream == 0
            ? Flow(transport: .udp, listener: 0, local: server, remote: peer)
            : Flow(transport: .tcp, listener: 1, stream: stream, local: server, remote: peer)
    }
}
