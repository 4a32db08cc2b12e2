/// An IPv4 or IPv6 address as numbers; IPv4-mapped IPv6 addresses are kept as the IPv4 address they carry.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The upper 64 bits of an IPv6 address; 0 for IPv4.
    public var high: UInt64
    /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
    public var low: UInt64
    /// Whether this is an IPv6 address.
    public var isIPv6: Bool

    /// An IPv4 address from its 32 bits in host order: `0x7F00_0001` is 127.0.0.1.
    public init(v4: UInt32) {
        high = 0
        low = UInt64(v4)
        isIPv6 = false
    }

    /// An IPv6 address from its two halves in host order.
    public init(high: UInt64, low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        self.high = high
        self.low = isMapped ? low & 0xFFFF_FFFF : low
        isIPv6 = !isMapped
    }

    /// 0.0.0.0 or ::, the address of a wildcard listener and of RFC 2543 hold.
    public var isUnspecified: Bool { high == 0 && low == 0 }
    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { isIPv6 ? high == 0 && low == 1 : low >> 24 == 127 }
    /// 224.0.0.0/4, 255.255.255.255 or ff00::/8: never a target of ours.
    public var isMulticastOrBroadcast: Bool { isIPv6 ? high >> 56 == 0xFF : low >> 28 == 0xE || low == 0xFFFF_FFFF }
}
