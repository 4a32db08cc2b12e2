/// A digest challenge: WWW-Authenticate or Proxy-Authenticate (RFC 7616 §3.3). Quoted values are stored without quotes
/// and escapes.
public struct DigestChallenge: Equatable, Sendable {
    public var realm: [UInt8] = []
    public var nonce: [UInt8] = []
    public var opaque: [UInt8]?
    /// MD5 where the challenge names none.
    public var algorithm: DigestAlgorithm = .md5
    /// Whether `qop` offers `auth`.
    public var offersAuth = false
    /// Whether `qop` is there at all; without it the answer is that of RFC 2069.
    public var hasQOP = false
    /// Whether only the nonce was too old.
    public var isStale = false

    public init(realm: [UInt8], nonce: [UInt8], algorithm: DigestAlgorithm = .md5) {
        self.realm = realm
        self.nonce = nonce
        self.algorithm = algorithm
        offersAuth = true
        hasQOP = true
    }

    init() {}

    /// The digest challenges of one field value, in order; other schemes and malformed challenges are left out.
    public static func parse(_ value: [UInt8]) -> [DigestChallenge] {
        var challenges: [DigestChallenge] = []
        DigestReader.read(value) { parameters in
            var challenge = DigestChallenge()
            for (name, text) in parameters { challenge.set(name, text) }
            if !challenge.nonce.isEmpty { challenges.append(challenge) }
        }
        return challenges
    }

    /// The digest challenges of all fields of this name, in order.
    public static func all(of message: SIPMessage, _ name: HeaderName) -> [DigestChallenge] {
        message.values(of: name).flatMap { parse(message.unfolded($0)) }
    }

    private mutating func set(_ name: DigestReader.Name, _ text: [UInt8]) {
        switch name {
        case .realm: realm = text
        case .nonce: nonce = text
        case .opaque: opaque = text
        case .algorithm: algorithm = DigestAlgorithm(text)
        case .stale: isStale = DigestReader.isTrue(text)
        case .qop:
            hasQOP = true
            offersAuth = DigestReader.list(text, holds: "auth")
        case .username, .uri, .response, .cnonce, .nc, .other: break
        }
    }

    /// Writes the challenge as a field.
    public func write(as name: HeaderName, into writer: inout MessageWriter) {
        writer.begin(name)
        writer.append("Digest realm=")
        writer.quoted(realm)
        writer.append(", nonce=")
        writer.quoted(nonce)
        if let opaque {
            writer.append(", opaque=")
            writer.quoted(opaque)
        }
        writer.append(", algorithm=")
        writer.append(algorithm.token)
        if offersAuth { writer.append(", qop=\"auth\"") }
        if isStale { writer.append(", stale=true") }
        writer.end()
    }
}
