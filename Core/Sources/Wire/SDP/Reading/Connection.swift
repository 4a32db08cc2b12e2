import Addresses

/// What a `c=` line or the end of an `a=rtcp` line says (RFC 8866 §5.7).
struct Connection: Equatable, BitwiseCopyable {
    /// The address; nil for a name, and for a network that is not the Internet.
    var address: IPAddress?

    /// Whether it is the old form of hold (RFC 3264 §8.4).
    var isHold: Bool { address?.isUnspecified ?? false }

    init(address: IPAddress?) { self.address = address }

    /// Reads `IN IP4 192.0.2.1[/127[/3]]`; nil when a word is missing or the address is of another family than said.
    /// An IPv4-mapped address under `IP6` counts as the IPv4 address it carries (RFC 5118 §4.9).
    init?(reading reader: inout FieldReader) {
        let network = reader.word()
        let family = reader.word()
        let host = reader.word()
        guard !host.isEmpty else { return nil }
        let literal = UnsafeBufferPointer(rebasing: host[0..<host.position(of: UInt8(ascii: "/"))])
        guard network.spells("in"), let parsed = IPAddress(text: literal) else {
            let isName = literal.contains { $0 | 0x20 > 96 } || !network.spells("in")
            guard !family.isEmpty, isName else { return nil }
            address = nil
            return
        }
        if family.spells("ip4") {
            guard !parsed.isIPv6 else { return nil }
        } else {
            guard family.spells("ip6"), literal.contains(UInt8(ascii: ":")) else { return nil }
        }
        address = parsed
    }
}
