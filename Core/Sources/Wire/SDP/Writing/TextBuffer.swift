import Addresses

/// Appending of what descriptions are written of.
extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(number: UInt64) {
        if number >= 10 { append(number: number / 10) }
        append(UInt8(truncatingIfNeeded: 48 &+ number % 10))
    }

    /// `IN IP4 192.0.2.1` or `IN IP6 2001:db8::1`.
    mutating func append(connection address: IPAddress) {
        append(address.isIPv6 ? "IN IP6 " : "IN IP4 ")
        address.write(into: &self)
    }

    /// `- 4711 2 IN IP4 192.0.2.1`.
    mutating func append(origin: Origin) {
        append("- ")
        append(number: origin.sessionID)
        append(UInt8(ascii: " "))
        append(number: origin.version)
        append(UInt8(ascii: " "))
        append(connection: origin.address)
    }

    mutating func appendLineEnd() {
        append(13)
        append(10)
    }
}
