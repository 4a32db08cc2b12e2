extension IPNetwork: CustomStringConvertible, LosslessStringConvertible {
    /// The block written as `10.0.0.0/8`, `2001:db8::/32` or a single address; nil for everything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let parsed = bytes.withUnsafeBufferPointer { text -> IPNetwork? in
            var reader = AddressReader(text: text)
            guard let address = reader.address() else { return nil }
            let longest = address.isIPv6 ? 128 : 32
            if reader.isAtEnd { return IPNetwork(address, prefixLength: longest) }
            guard reader.take(UInt8(ascii: "/")), let length = reader.port(), reader.isAtEnd, Int(length) <= longest
            else { return nil }
            return IPNetwork(address, prefixLength: Int(length))
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The block as `address/length`.
    public var description: String { "\(address)/\(prefixLength)" }
}
