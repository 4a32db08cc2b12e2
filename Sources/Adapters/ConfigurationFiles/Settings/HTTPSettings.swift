import Addresses

/// The keys under `http`.
public struct HTTPSettings: Equatable, Sendable {
    /// Where HTTP is served.
    public var listen = [HTTPListener(isSecure: false, Endpoint(IPAddress(v4: 0x7F00_0001), 8080))]
    /// Peers taken at their word by the XML-RPC interface.
    public var trustedHosts: [IPNetwork] = []
    /// Base of the URLs in answers and events of the voice REST interface, without a slash at its end; nil for the host
    /// that a request names, and for events the first listener.
    public var publicURL: String?
    /// Whether users of the voice REST interface may show no numbers but their own; else none of anybody else's.
    public var ownNumbersOnly = false
    /// PEM files of the certificate and key of https listeners; those of `sip.tls` where not given.
    public var tls = TLSFiles()
    /// Realm of digest challenges; without quotes, commas and equals signs, which old clients stumble over.
    public var realm = "martlet"
    /// Whether challenges offer SHA-256 besides MD5.
    public var offersSHA256 = false

    public init() {}
}

/// A certificate and its key: paths of PEM files, read at start and again on SIGHUP.
public struct TLSFiles: Equatable, Sendable {
    /// The certificate chain shown to peers.
    public var certificate: String?
    /// Its private key.
    public var key: String?

    public init(certificate: String? = nil, key: String? = nil) {
        self.certificate = certificate
        self.key = key
    }
}

/// One HTTP listener, `http:127.0.0.1:8080`.
public struct HTTPListener: Hashable, Sendable, CustomStringConvertible {
    /// Whether TLS is spoken.
    public var isSecure: Bool
    /// The address to bind; port 0 lets the system choose.
    public var endpoint: Endpoint

    public init(isSecure: Bool, _ endpoint: Endpoint) {
        self.isSecure = isSecure
        self.endpoint = endpoint
    }

    /// What a listener may look like, for errors.
    static let allowed = "http:ADDRESS:PORT or https:ADDRESS:PORT, as http:127.0.0.1:8080"

    /// The listener that `text` writes; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let endpoint = Endpoint(String(text[text.index(after: colon)...]))
        else { return nil }
        switch text[..<colon] {
        case "http": self.init(isSecure: false, endpoint)
        case "https": self.init(isSecure: true, endpoint)
        default: return nil
        }
    }

    /// The listener as the file writes it.
    public var description: String { "\(isSecure ? "https" : "http"):\(endpoint)" }
}
