import Crypto
import Foundation

/// The client side of HTTP digest with MD5 and qop=auth (RFC 7616 §3.4).
struct DemoDigest {
    private let realm: String
    private let nonce: String

    /// A challenge as `WWW-Authenticate` holds it; nil where it is no digest.
    init?(_ challenge: String) {
        func value(_ name: String) -> String? {
            guard let start = challenge.range(of: "\(name)=\"")?.upperBound else { return nil }
            return String(challenge[start...].prefix { $0 != "\"" })
        }
        guard challenge.hasPrefix("Digest "), let realm = value("realm"), let nonce = value("nonce") else { return nil }
        self.realm = realm
        self.nonce = nonce
    }

    /// The value of `Authorization`.
    func answer(method: String, uri: String, user: String, password: String) -> String {
        let cnonce = "\(UInt64.random(in: .min ... .max))"
        let secret = Self.hash("\(user):\(realm):\(password)")
        let response = Self.hash("\(secret):\(nonce):00000001:\(cnonce):auth:\(Self.hash("\(method):\(uri)"))")
        return "Digest username=\"\(user)\", realm=\"\(realm)\", nonce=\"\(nonce)\", uri=\"\(uri)\", qop=auth, "
            + "nc=00000001, cnonce=\"\(cnonce)\", response=\"\(response)\", algorithm=MD5"
    }

    private static func hash(_ text: String) -> String {
        Insecure.MD5.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
