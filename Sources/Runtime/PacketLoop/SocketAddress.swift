import Addresses
import CPacketIO

/// An endpoint in the kernel's shape, made once and used for many sends.
public struct SocketAddress: Sendable {
    var raw: cpio_address

    /// The kernel's shape of `endpoint`.
    public init(_ endpoint: Endpoint) { raw = cpio_address_make(cpio_endpoint(endpoint)) }

    init(raw: cpio_address) { self.raw = raw }

    /// The address and port in ours; 0.0.0.0:0 for a family that is neither IPv4 nor IPv6.
    public var endpoint: Endpoint {
        withUnsafePointer(to: raw) { Endpoint(cpio_address_endpoint($0)) }
    }
}

extension cpio_endpoint {
    init(_ endpoint: Endpoint) { self.init(endpoint.address, port: endpoint.port) }

    init(_ address: IPAddress, port: UInt16 = 0) {
        self.init(high: address.high, low: address.low, port: port, is_ipv6: address.isIPv6)
    }
}

extension Endpoint {
    init(_ endpoint: cpio_endpoint) { self.init(IPAddress(endpoint), endpoint.port) }
}

extension IPAddress {
    init(_ endpoint: cpio_endpoint) {
        if endpoint.is_ipv6 {
            self.init(high: endpoint.high, low: endpoint.low)
        } else {
            self.init(v4: UInt32(truncatingIfNeeded: endpoint.low))
        }
    }
}
