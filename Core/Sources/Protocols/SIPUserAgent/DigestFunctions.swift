import SIPMessages

/// The hash functions that digest authentication needs, handed in because pure code brings none.
public struct DigestFunctions: Sendable {
    /// MD5: 16 bytes.
    public let md5: @Sendable ([UInt8]) -> [UInt8]
    /// SHA-256: 32 bytes.
    public let sha256: @Sendable ([UInt8]) -> [UInt8]

    public init(md5: @escaping @Sendable ([UInt8]) -> [UInt8], sha256: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.md5 = md5
        self.sha256 = sha256
    }

    /// The response of RFC 7616 §3.4.1 in lower-case hexadecimal digits, for the values in `credentials`; nil for an
    /// algorithm that is not known. Without `qop` it is that of RFC 2069.
    func response(for credentials: DigestCredentials, password: [UInt8], method: [UInt8]) -> [UInt8]? {
        let hash: @Sendable ([UInt8]) -> [UInt8]
        var isSession = false
        switch credentials.algorithm {
        case .md5: hash = md5
        case .sha256: hash = sha256
        case .md5Session:
            hash = md5
            isSession = true
        case .sha256Session:
            hash = sha256
            isSession = true
        case .unknown: return nil
        }
        let cnonce = credentials.cnonce ?? []
        var secret = Self.hexadecimal(hash(Self.joined(credentials.username, credentials.realm, password)))
        if isSession { secret = Self.hexadecimal(hash(Self.joined(secret, credentials.nonce, cnonce))) }
        let request = Self.hexadecimal(hash(Self.joined(method, credentials.uri)))
        guard let qop = credentials.qop else {
            return Self.hexadecimal(hash(Self.joined(secret, credentials.nonce, request)))
        }
        let count = credentials.nonceCount ?? []
        return Self.hexadecimal(hash(Self.joined(secret, credentials.nonce, count, cnonce, qop, request)))
    }

    /// The parts with a colon between each two.
    private static func joined(_ parts: [UInt8]...) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(parts.count) { $0 + $1.count })
        for (position, part) in parts.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ":")) }
            bytes.append(contentsOf: part)
        }
        return bytes
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return text
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 &+ value : 87 &+ value }
}
