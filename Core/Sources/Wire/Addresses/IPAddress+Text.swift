/// Reading and writing addresses as text.
extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
    /// The address written in `bytes`: dotted IPv4 or any form of RFC 4291 §2.2, with or without brackets around
    /// IPv6; nil for everything else. `:::` is read as `::` (RFC 5118 §4.10). Zone identifiers are refused.
    public init?(_ bytes: [UInt8]) {
        let parsed = bytes.withUnsafeBufferPointer { IPAddress(text: $0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The address written in `text`; the same forms as for bytes.
    public init?(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The address written in `text`, which is read once and not kept; the same forms as for `[UInt8]`.
    public init?(text: UnsafeBufferPointer<UInt8>) {
        var reader = AddressReader(text: text)
        guard let address = reader.address(), reader.isAtEnd else { return nil }
        self = address
    }

    /// Appends the address: dotted for IPv4, the canonical form of RFC 5952 without brackets for IPv6.
    public func write(into bytes: inout [UInt8]) {
        guard isIPv6 else {
            for part in 0..<UInt64(4) {
                if part > 0 { bytes.append(UInt8(ascii: ".")) }
                bytes.appendDecimal((low >> (24 &- 8 &* part)) & 0xFF)
            }
            return
        }
        let zeros = longestZeroRun
        var position = 0
        while position < 8 {
            if zeros.count > 1 && position == zeros.start {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(UInt8(ascii: ":"))
                position += zeros.count
                continue
            }
            if position > 0 && position != zeros.start &+ zeros.count {
                bytes.append(UInt8(ascii: ":"))
            }
            bytes.appendHexadecimal(group(position))
            position += 1
        }
    }

    /// The address as `write(into:)` writes it.
    public var description: String {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the address as the host of a URI or of Via: IPv6 in brackets (RFC 3261 §25.1 `host`).
    public func writeHost(into bytes: inout [UInt8]) {
        guard isIPv6 else { return write(into: &bytes) }
        bytes.append(UInt8(ascii: "["))
        write(into: &bytes)
        bytes.append(UInt8(ascii: "]"))
    }

    private func group(_ position: Int) -> UInt64 {
        let half = position < 4 ? high : low
        return (half >> UInt64(48 &- (position & 3) &* 16)) & 0xFFFF
    }

    /// The first of the longest runs of zero groups; a run of one is not shortened (RFC 5952 §4.2.2).
    private var longestZeroRun: (start: Int, count: Int) {
        var best = (start: 0, count: 0)
        var start = 0
        while start < 8 {
            var end = start
            while end < 8 && group(end) == 0 { end += 1 }
            if end - start > best.count { best = (start, end - start) }
            start = max(end, start) + 1
        }
        return best.count > 1 ? best : (start: 8, count: 0)
    }
}
