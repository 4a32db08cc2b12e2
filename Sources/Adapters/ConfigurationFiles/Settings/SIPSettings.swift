import Addresses
import SIPMessages
import SIPTransactions

/// The keys under `sip`.
public struct SIPSettings: Equatable, Sendable {
    /// Where SIP is received.
    public var listen = [
        ListenAddress(.udp, Endpoint(IPAddress(v4: 0), 5060)), ListenAddress(.tcp, Endpoint(IPAddress(v4: 0), 5060)),
    ]
    /// Address put into Via, Contact and SDP where it differs from the bound one.
    public var advertise: IPAddress?
    /// Realm of digest challenges.
    public var realm = "martlet"
    /// What digest challenges offer, in this order; credentials of other algorithms prove nothing.
    public var digestAlgorithms: [DigestAlgorithm] = [.md5, .sha256]
    /// PEM files of TLS listeners.
    public var tls = TLSSettings()
    /// Value of User-Agent and Server.
    public var userAgent = "martlet/\(Release.version)"
    /// Timers of transactions and calls.
    public var timers = TimerSettings()

    public init() {}
}

extension ListenAddress {
    /// What a SIP listener may look like, for errors.
    static let allowed = "udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, as udp:0.0.0.0:5060 or tcp:[::]:5060"

    /// The listener that `text` writes; nil for anything else, and for transports that no listener has.
    static func listener(_ text: String) -> ListenAddress? {
        ListenAddress(text).flatMap { [.udp, .tcp, .tls].contains($0.transport) ? $0 : nil }
    }
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
