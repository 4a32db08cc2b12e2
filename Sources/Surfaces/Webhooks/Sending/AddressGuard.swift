import Addresses

/// Which addresses callbacks may go to: those of the public internet, unless all are allowed. This keeps users from
/// reaching what stands beside the switch (server-side request forgery).
struct AddressGuard: Equatable, Sendable {
    /// Whether loopback and private networks are allowed.
    let allowsPrivate: Bool

    func permits(_ address: IPAddress) -> Bool {
        if address.isUnspecified || address.isMulticastOrBroadcast { return false }
        return allowsPrivate || Self.isPublic(address)
    }

    /// Whether an address is globally reachable unicast (IANA special-purpose registries, RFC 6890).
    static func isPublic(_ address: IPAddress) -> Bool {
        guard address.isIPv6 else { return !special4.contains { $0.contains(address) } }
        // Only 2000::/3 is given out; what translates or tunnels to IPv4 could lead anywhere.
        return address.high >> 61 == 1 && !special6.contains { $0.contains(address) }
    }

    private static let special4: [IPNetwork] = [
        network(0, 0, 8), network(10, 0, 8), network(100, 64, 10), network(127, 0, 8), network(169, 254, 16),
        network(172, 16, 12), network(192, 0, 24), IPNetwork(IPAddress(v4: 0xC000_0200), prefixLength: 24),
        IPNetwork(IPAddress(v4: 0xC058_6300), prefixLength: 24), network(192, 168, 16), network(198, 18, 15),
        IPNetwork(IPAddress(v4: 0xC633_6400), prefixLength: 24),
        IPNetwork(IPAddress(v4: 0xCB00_7100), prefixLength: 24), network(224, 0, 3),
    ]

    private static let special6: [IPNetwork] = [
        IPNetwork(IPAddress(high: 0x2001_0000_0000_0000, low: 0), prefixLength: 23),
        IPNetwork(IPAddress(high: 0x2001_0DB8_0000_0000, low: 0), prefixLength: 32),
        IPNetwork(IPAddress(high: 0x2002_0000_0000_0000, low: 0), prefixLength: 16),
        IPNetwork(IPAddress(high: 0x3FFF_0000_0000_0000, low: 0), prefixLength: 20),
    ]

    private static func network(_ first: UInt32, _ second: UInt32, _ length: Int) -> IPNetwork {
        IPNetwork(IPAddress(v4: first << 24 | second << 16), prefixLength: length)
    }
}
