import Crypto
import SIPMessages

/// Answers to digest challenges (RFC 7616 §3.4, RFC 8760).
enum PhoneDigest {
    /// The credentials for the first of `challenges` that a phone can answer; nil where there is none.
    static func answer(
        _ challenges: [DigestChallenge], _ credentials: PhoneCredentials, method: Method, uri: [UInt8], cnonce: [UInt8]
    ) -> DigestCredentials? {
        guard let challenge = challenges.first(where: isAnswerable) else { return nil }
        func hash(_ parts: [[UInt8]]) -> [UInt8] {
            let text = Array(parts.joined(separator: [UInt8(ascii: ":")]))
            switch challenge.algorithm {
            case .sha256, .sha256Session: return hexadecimal(SHA256.hash(data: text))
            case .md5, .md5Session, .unknown: return hexadecimal(Insecure.MD5.hash(data: text))
            }
        }
        var answer = DigestCredentials()
        answer.username = Array(credentials.username.utf8)
        answer.realm = challenge.realm
        answer.nonce = challenge.nonce
        answer.uri = uri
        answer.opaque = challenge.opaque
        answer.algorithm = challenge.algorithm
        answer.namesAlgorithm = true
        var secret = hash([answer.username, challenge.realm, Array(credentials.password.utf8)])
        if challenge.algorithm == .md5Session || challenge.algorithm == .sha256Session {
            secret = hash([secret, challenge.nonce, cnonce])
        }
        let request = hash([Array("\(method.token)".utf8), uri])
        guard challenge.offersAuth else {
            answer.response = hash([secret, challenge.nonce, request])
            return answer
        }
        answer.cnonce = cnonce
        answer.nonceCount = Array("00000001".utf8)
        answer.qop = Array("auth".utf8)
        answer.response = hash([
            secret, challenge.nonce, Array("00000001".utf8), cnonce, Array("auth".utf8), request,
        ])
        return answer
    }

    private static func isAnswerable(_ challenge: DigestChallenge) -> Bool {
        challenge.algorithm != .unknown && (challenge.offersAuth || !challenge.hasQOP)
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> [UInt8] {
        digest.flatMap { byte in [byte >> 4, byte & 15].map { $0 < 10 ? 48 + $0 : 87 + $0 } }
    }
}
