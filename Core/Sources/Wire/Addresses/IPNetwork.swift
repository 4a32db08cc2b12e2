/// A block of addresses, `10.0.0.0/8` or `2001:db8::/32`; a single address is a block of full length.
public struct IPNetwork: Hashable, Sendable {
    public var address: IPAddress
    public var prefixLength: Int

    public init(_ address: IPAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Whether `other` is of the same family and inside the block.
    public func contains(_ other: IPAddress) -> Bool {
        guard other.isIPv6 == address.isIPv6 else { return false }
        if !address.isIPv6 {
            return prefixLength == 0 || (other.low ^ address.low) >> UInt64(32 - prefixLength) == 0
        }
        if prefixLength <= 64 {
            return prefixLength == 0 || (other.high ^ address.high) >> UInt64(64 - prefixLength) == 0
        }
        return other.high == address.high && (other.low ^ address.low) >> UInt64(128 - prefixLength) == 0
    }
}
