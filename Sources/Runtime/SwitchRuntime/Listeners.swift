import Addresses
import PacketLoop
import Routing
import SIPMessages
import SIPTransactions
import SwitchEngine

/// The addresses a switch is bound to, and which of them leads to a peer.
public struct Listeners: Sendable {
    /// Every listener in the order of the configuration, with its real port.
    public let addresses: [ListenAddress]

    public init(_ addresses: [ListenAddress]) { self.addresses = addresses }

    /// The way to `remote`: over the listener bound to the address that faces it, else over the first of the same
    /// transport and address family; nil where there is none, or no route.
    public func flow(to remote: Endpoint, over transport: SIPTransport) -> Flow? {
        let candidates = addresses.indices.filter { index in
            addresses[index].transport == transport
                && addresses[index].endpoint.address.isIPv6 == remote.address.isIPv6
        }
        guard !candidates.isEmpty, let facing = try? SourceAddress.facing(remote) else { return nil }
        let best =
            candidates.first { addresses[$0].endpoint.address == facing }
            ?? candidates.first { addresses[$0].endpoint.address.isUnspecified } ?? candidates[0]
        let bound = addresses[best].endpoint
        let local = bound.address.isUnspecified ? facing : bound.address
        return Flow(
            transport: transport, listener: UInt16(clamping: best), local: Endpoint(local, bound.port), remote: remote)
    }

    /// The way to each connection of `tables` whose host is an address, by connection id.
    public func flows(for tables: RoutingTables) -> [Int: Flow] {
        var flows: [Int: Flow] = [:]
        for connection in tables.connections {
            guard let remote = connection.destination.endpoint else { continue }
            flows[connection.id] = flow(to: remote, over: connection.destination.transport)
        }
        return flows
    }
}
