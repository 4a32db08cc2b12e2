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
        var input: [UInt8] = []
        input.reserveCapacity(256)
        Self.append(credentials.username, credentials.realm, password, to: &input)
        let secret = hash(input)
        input.removeAll(keepingCapacity: true)
        Self.append(method, credentials.uri, to: &input)
        let request = hash(input)
        input.removeAll(keepingCapacity: true)
        Self.appendHexadecimal(secret, to: &input)
        if isSession {
            input.append(UInt8(ascii: ":"))
            Self.append(credentials.nonce, credentials.cnonce ?? [], to: &input)
            let session = hash(input)
            input.removeAll(keepingCapacity: true)
            Self.appendHexadecimal(session, to: &input)
        }
        input.append(UInt8(ascii: ":"))
        if let qop = credentials.qop {
            Self.append(credentials.nonce, credentials.nonceCount ?? [], credentials.cnonce ?? [], to: &input)
            input.append(UInt8(ascii: ":"))
            input.append(contentsOf: qop)
        } else {
            input.append(contentsOf: credentials.nonce)
        }
        input.append(UInt8(ascii: ":"))
        Self.appendHexadecimal(request, to: &input)
        let response = hash(input)
        input.removeAll(keepingCapacity: true)
        Self.appendHexadecimal(response, to: &input)
        return input
    }

    /// Appends the parts with a colon between each two.
    private static func append(_ first: [UInt8], _ second: [UInt8], _ third: [UInt8]? = nil, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: first)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: second)
        guard let third else { return }
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: third)
    }

    /// The digits are made aside, as appending them one by one costs three times as much.
    private static func appendHexadecimal(_ hash: [UInt8], to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * hash.count) { digits in
            for position in hash.indices {
                digits[2 &* position] = digit(hash[position] >> 4)
                digits[2 &* position &+ 1] = digit(hash[position] & 15)
            }
            bytes.append(contentsOf: UnsafeBufferPointer(digits))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 &+ value : 87 &+ value }
}
