import SIPMessages
import SIPUserAgent
import Timeline

/// Digest credentials with qop=auth and MD5, computed from RFC 7616 §3.4.1 apart from the switch's own code.
struct AnsweredDigest: Sendable {
    private var credentials: DigestCredentials
    private let header: HeaderName

    /// The answer to the first challenge of a 401 or 407; nil where there is none or no account.
    init?(challenge response: SIPMessage, uri: [UInt8], account: AccountSecret?, dice: inout IdentifierSource) {
        let isProxy = response.status == .proxyAuthenticationRequired
        header = isProxy ? .proxyAuthorization : .authorization
        let challenges = DigestChallenge.all(of: response, isProxy ? .proxyAuthenticate : .wwwAuthenticate)
        guard let account, let challenge = challenges.first(where: { $0.algorithm == .md5 }) else { return nil }
        credentials = DigestCredentials()
        credentials.username = account.username
        credentials.realm = challenge.realm
        credentials.nonce = challenge.nonce
        credentials.uri = uri
        credentials.qop = Array("auth".utf8)
        credentials.nonceCount = Array("00000001".utf8)
        var cnonce: [UInt8] = []
        dice.appendToken(count: 8, to: &cnonce)
        credentials.cnonce = cnonce
        credentials.response = Self.response(credentials, account, method: Array("INVITE".utf8))
    }

    /// The proxy credentials of a request; nil where it has none.
    init?(credentialsOf request: SIPMessage) {
        guard let first = DigestCredentials.all(of: request, .proxyAuthorization).first else { return nil }
        credentials = first
        header = .proxyAuthorization
    }

    /// Whether they are the account's for this nonce.
    func proves(_ account: AccountSecret, nonce: [UInt8], method: Method) -> Bool {
        credentials.nonce == nonce && credentials.username == account.username
            && credentials.response == Self.response(credentials, account, method: Array("\(method.token)".utf8))
    }

    func write(to writer: inout MessageWriter) { credentials.write(as: header, into: &writer) }

    private static func response(_ credentials: DigestCredentials, _ account: AccountSecret, method: [UInt8]) -> [UInt8]
    {
        let secret = hash([credentials.username, credentials.realm, account.password], account)
        let request = hash([method, credentials.uri], account)
        let count = credentials.nonceCount ?? []
        return hash(
            [secret, credentials.nonce, count, credentials.cnonce ?? [], credentials.qop ?? [], request], account)
    }

    private static func hash(_ parts: [[UInt8]], _ account: AccountSecret) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return account.functions.md5(Array(parts.joined(separator: [UInt8(ascii: ":")]))).flatMap { byte in
            [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
