import Addresses
import Glibc
import NIOCore

extension SocketAddress {
    /// The kernel's shape of an endpoint.
    init(_ endpoint: Endpoint) {
        if endpoint.address.isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = endpoint.port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
                bytes.storeBytes(of: endpoint.address.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: endpoint.address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            self.init(address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.address.low).bigEndian
            self.init(address)
        }
    }

    /// The endpoint; nil for sockets of the file system.
    var endpoint: Endpoint? {
        switch self {
        case .v4(let address):
            let number = UInt32(bigEndian: address.address.sin_addr.s_addr)
            return Endpoint(IPAddress(v4: number), UInt16(bigEndian: address.address.sin_port))
        case .v6(let address):
            let (high, low) = withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            let ours = IPAddress(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
            return Endpoint(ours, UInt16(bigEndian: address.address.sin6_port))
        case .unixDomainSocket:
            return nil
        }
    }
}
