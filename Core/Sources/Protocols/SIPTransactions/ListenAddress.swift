import Addresses
import SIPMessages

/// Where to listen for SIP, as the configuration writes it: `udp:0.0.0.0:5060`, `tcp:[::]:5060`.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// How the bytes come.
    public var transport: SIPTransport
    /// The address and port to bind; port 0 lets the system choose.
    public var endpoint: Endpoint

    public init(_ transport: SIPTransport, _ endpoint: Endpoint) {
        self.transport = transport
        self.endpoint = endpoint
    }

    /// The address written as `transport:address:port`, transport in lower case and IPv6 in brackets; nil for
    /// everything else, host names included.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let transport = SIPTransport.allCases.first(where: { Self.word(for: $0) == bytes[..<colon] }),
            let endpoint = Endpoint(Array(bytes[(colon + 1)...]))
        else { return nil }
        self.init(transport, endpoint)
    }

    /// The form that `init` reads.
    public var description: String {
        String(decoding: Self.word(for: transport), as: UTF8.self) + ":" + endpoint.description
    }

    private static func word(for transport: SIPTransport) -> ArraySlice<UInt8> {
        transport.token.withUTF8Buffer { token in token.map { $0 | 0x20 } }[...]
    }
}
