import Crypto
import Foundation

/// Signs callbacks as Standard Webhooks 1.0 says: HMAC-SHA256 over id, time and content, joined by full stops.
struct WebhookSignature: Sendable {
    private let key: SymmetricKey

    /// Takes a key: `whsec_` and base64, or any other text as it is. Nil where the base64 is none or the key is empty.
    init?(key text: String) {
        let prefix = "whsec_"
        if text.hasPrefix(prefix) {
            guard let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))), !bytes.isEmpty else {
                return nil
            }
            key = SymmetricKey(data: bytes)
        } else {
            guard !text.isEmpty else { return nil }
            key = SymmetricKey(data: Data(text.utf8))
        }
    }

    /// The value of `webhook-signature` for an event with `id`, sent at `seconds` since 1970.
    func value(id: String, seconds: Int64, content: [UInt8]) -> String {
        var authentication = HMAC<SHA256>(key: key)
        authentication.update(data: Array("\(id).\(seconds).".utf8))
        authentication.update(data: content)
        return "v1," + Data(authentication.finalize()).base64EncodedString()
    }
}
