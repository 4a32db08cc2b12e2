import Addresses
import SIPMessages
import SIPTransactions

extension Flow {
    /// The flow on which requests to `target` leave: its literal address where it is one, else the way on which the
    /// peer was heard (RFC 3261 §8.1.2; names are not resolved here).
    ///
    /// A stream is kept as long as it lives. A private address behind a public source is a peer behind address
    /// translation that cannot be reached but the way it came, and nothing is ever sent to a group of hosts.
    public func toward(_ target: [UInt8]) -> Flow {
        guard !transport.isReliable, let uri = try? SIPURI(parsing: target), let address = uri.hostAddress(in: target),
            !address.isUnspecified, !address.isMulticastOrBroadcast, address.isIPv6 == remote.address.isIPv6,
            !(address.isPrivate && !remote.address.isPrivate && !remote.address.isLoopback)
        else { return self }
        let port = uri.port ?? transport.defaultPort
        guard port != 0 else { return self }
        var flow = self
        flow.remote = Endpoint(address, port)
        return flow
    }
}

extension IPAddress {
    /// RFC 1918, RFC 6598 and RFC 4193 addresses, which have no meaning on the public Internet.
    var isPrivate: Bool {
        if isIPv6 { return high >> 57 == 0x7E }
        return low >> 24 == 10 || low >> 20 == 0xAC1 || low >> 16 == 0xC0A8 || low >> 22 == 0x191
    }
}
