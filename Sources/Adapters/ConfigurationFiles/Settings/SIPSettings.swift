import Addresses
import SIPMessages

/// The keys under `sip`.
public struct SIPSettings: Equatable, Sendable {
    /// Where SIP is received.
    public var listen = [
        SIPListener(.udp, Endpoint(IPAddress(v4: 0), 5060)), SIPListener(.tcp, Endpoint(IPAddress(v4: 0), 5060)),
    ]
    /// Address put into Via, Contact and SDP where it differs from the bound one.
    public var advertise: IPAddress?
    /// Realm of digest challenges.
    public var realm = "martlet"
    /// PEM files of TLS listeners.
    public var tls = TLSSettings()
    /// Value of User-Agent and Server.
    public var userAgent = "martlet/\(Release.version)"
    /// Timers of transactions and calls.
    public var timers = TimerSettings()

    public init() {}
}

/// One SIP listener, `udp:0.0.0.0:5060`.
public struct SIPListener: Hashable, Sendable, CustomStringConvertible {
    /// How bytes travel.
    public var transport: SIPTransport
    /// The address to bind; port 0 lets the system choose.
    public var endpoint: Endpoint

    public init(_ transport: SIPTransport, _ endpoint: Endpoint) {
        self.transport = transport
        self.endpoint = endpoint
    }

    /// What a listener may look like, for errors.
    static let allowed = "udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, as udp:0.0.0.0:5060 or tcp:[::]:5060"

    /// The listener that `text` writes; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let endpoint = Endpoint(String(text[text.index(after: colon)...]))
        else { return nil }
        switch text[..<colon] {
        case "udp": self.init(.udp, endpoint)
        case "tcp": self.init(.tcp, endpoint)
        case "tls": self.init(.tls, endpoint)
        default: return nil
        }
    }

    /// The listener as the file writes it.
    public var description: String { "\(transport):\(endpoint)" }
}

/// The keys under `sip.tls`: paths of PEM files, read at start and again on SIGHUP.
public struct TLSSettings: Equatable, Sendable {
    /// The certificate chain shown to peers.
    public var certificate: String?
    /// Its private key.
    public var key: String?
    /// The authorities that peers' certificates are checked against.
    public var authorities: String?

    public init() {}
}

/// The keys under `sip.timers`.
public struct TimerSettings: Equatable, Sendable {
    /// Round-trip estimate T1 (RFC 3261 §17.1.1.1).
    public var t1: Duration = .milliseconds(500)
    /// Longest retransmission interval T2.
    public var t2: Duration = .seconds(4)
    /// Longest time a message stays in the network, T4.
    public var t4: Duration = .seconds(5)
    /// Longest time a call may ring.
    public var noAnswer: Duration = .seconds(180)
    /// Session interval of RFC 4028; zero for no session timers.
    public var sessionExpires: Duration = .seconds(1800)

    public init() {}
}
