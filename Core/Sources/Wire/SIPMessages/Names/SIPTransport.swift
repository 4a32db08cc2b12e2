/// How SIP bytes travel: the transport token of Via and of the `transport` URI parameter (RFC 3261 §18).
public enum SIPTransport: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    case udp, tcp, tls, ws, wss

    /// Whether the transport repeats lost bytes itself, so that transactions must not (RFC 3261 §17).
    public var isReliable: Bool { self != .udp }

    /// The token in upper case, as Via carries it.
    public var token: StaticString {
        switch self {
        case .udp: "UDP"
        case .tcp: "TCP"
        case .tls: "TLS"
        case .ws: "WS"
        case .wss: "WSS"
        }
    }

    /// The port used where an address names none: 5061 over TLS, 5060 else (RFC 3261 §19.1.2).
    public var defaultPort: UInt16 { self == .tls || self == .wss ? 5061 : 5060 }
}
