import SIPMessages

/// The client side of digest authentication (RFC 7616 §3.4, RFC 8760): answers the challenges of one peer.
///
/// It exists only for a connection that has credentials, and is asked only about responses on legs that we opened
/// towards it; nobody else's challenge is ever answered.
public struct DigestClient: Sendable {
    private let username: [UInt8]
    private let password: [UInt8]
    private let realm: [UInt8]?
    private let functions: DigestFunctions

    /// Credentials good for `realm`, or for whatever realm the peer names where it is nil.
    public init(username: [UInt8], password: [UInt8], realm: [UInt8]? = nil, functions: DigestFunctions) {
        self.username = username
        self.password = password
        self.realm = realm
        self.functions = functions
    }

    /// The answer to the first challenge whose realm and algorithm fit, in the peer's order (RFC 8760 §2.4); nil where
    /// none does. `nonceCount` is 1 for a nonce not answered before; `cnonce` is a new random token.
    public func answer(
        _ challenges: [DigestChallenge], method: [UInt8], uri: [UInt8], cnonce: [UInt8], nonceCount: UInt32 = 1
    ) -> DigestCredentials? {
        let fitting = challenges.first { challenge in
            challenge.algorithm != .unknown && (challenge.offersAuth || !challenge.hasQOP)
                && (realm == nil || realm == challenge.realm)
        }
        guard let challenge = fitting else { return nil }
        var credentials = DigestCredentials()
        credentials.username = username
        credentials.realm = challenge.realm
        credentials.nonce = challenge.nonce
        credentials.uri = uri
        credentials.opaque = challenge.opaque
        credentials.algorithm = challenge.algorithm
        credentials.namesAlgorithm = true
        if challenge.hasQOP {
            credentials.qop = Array("auth".utf8)
            credentials.nonceCount = Self.digits(nonceCount)
        }
        let isSession = challenge.algorithm == .md5Session || challenge.algorithm == .sha256Session
        if challenge.hasQOP || isSession { credentials.cnonce = cnonce }
        guard let response = functions.response(for: credentials, password: password, method: method) else {
            return nil
        }
        credentials.response = response
        return credentials
    }

    /// Eight hexadecimal digits.
    private static func digits(_ number: UInt32) -> [UInt8] {
        (0..<UInt32(8)).map { position in
            let digit = UInt8(truncatingIfNeeded: number >> (28 - 4 * position) & 15)
            return digit < 10 ? 48 &+ digit : 87 &+ digit
        }
    }
}
