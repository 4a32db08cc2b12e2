/// Digest credentials: Authorization or Proxy-Authorization (RFC 7616 §3.4). Quoted values are stored without quotes and
/// escapes.
public struct DigestCredentials: Equatable, Sendable {
    public var username: [UInt8] = []
    public var realm: [UInt8] = []
    public var nonce: [UInt8] = []
    /// The URI that was hashed, as written.
    public var uri: [UInt8] = []
    /// The hash in hexadecimal digits, as written.
    public var response: [UInt8] = []
    public var opaque: [UInt8]?
    /// MD5 where none is named.
    public var algorithm: DigestAlgorithm = .md5
    /// Whether the algorithm was named.
    public var namesAlgorithm = false
    public var cnonce: [UInt8]?
    /// The nonce count's eight hexadecimal digits, as written.
    public var nonceCount: [UInt8]?
    /// `auth`, or another token; nil for RFC 2069.
    public var qop: [UInt8]?

    public init() {}

    /// The digest credentials of one field value; nil for other schemes and where username, nonce or response is missing.
    public init?(_ value: [UInt8]) {
        var found: DigestCredentials?
        DigestReader.read(value) { parameters in
            guard found == nil else { return }
            var credentials = DigestCredentials()
            for (name, text) in parameters { credentials.set(name, text) }
            if !credentials.username.isEmpty && !credentials.nonce.isEmpty && !credentials.response.isEmpty {
                found = credentials
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// The digest credentials of all fields of this name, in order; other schemes are left out.
    public static func all(of message: SIPMessage, _ name: HeaderName) -> [DigestCredentials] {
        message.values(of: name).compactMap { DigestCredentials(message.unfolded($0)) }
    }

    /// The nonce count as a number; nil where it is absent or malformed.
    public var nonceCountNumber: UInt32? {
        guard let nonceCount, !nonceCount.isEmpty, nonceCount.count <= 8 else { return nil }
        var number: UInt32 = 0
        for byte in nonceCount {
            guard byte.isHexadecimal else { return nil }
            let digit = byte &- 48 < 10 ? byte &- 48 : (byte | 0x20) &- 87
            number = number << 4 | UInt32(digit)
        }
        return number
    }

    private mutating func set(_ name: DigestReader.Name, _ text: [UInt8]) {
        switch name {
        case .username: username = text
        case .realm: realm = text
        case .nonce: nonce = text
        case .uri: uri = text
        case .response: response = text
        case .opaque: opaque = text
        case .algorithm:
            algorithm = DigestAlgorithm(text)
            namesAlgorithm = true
        case .cnonce: cnonce = text
        case .nc: nonceCount = text
        case .qop: qop = text
        case .stale, .other: break
        }
    }

    /// Writes the credentials as a field.
    public func write(as name: HeaderName, into writer: inout MessageWriter) {
        writer.begin(name)
        writer.append("Digest username=")
        writer.quoted(username)
        writer.append(", realm=")
        writer.quoted(realm)
        writer.append(", nonce=")
        writer.quoted(nonce)
        writer.append(", uri=")
        writer.quoted(uri)
        writer.append(", response=")
        writer.quoted(response)
        if namesAlgorithm && algorithm != .unknown {
            writer.append(", algorithm=")
            writer.append(algorithm.token)
        }
        if let opaque {
            writer.append(", opaque=")
            writer.quoted(opaque)
        }
        if let qop {
            writer.append(", qop=")
            writer.append(qop)
        }
        if let nonceCount {
            writer.append(", nc=")
            writer.append(nonceCount)
        }
        if let cnonce {
            writer.append(", cnonce=")
            writer.quoted(cnonce)
        }
        writer.end()
    }
}
