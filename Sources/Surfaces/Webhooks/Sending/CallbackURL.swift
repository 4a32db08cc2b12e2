import Addresses
import Foundation

/// The URL of a callback, taken apart: one object however many requests go there.
final class CallbackURL: Sendable {
    /// Without credentials and fragment.
    let url: URL
    /// Host as the name service is asked for it, in lower case and without brackets.
    let host: String
    let port: Int
    let isSecure: Bool
    /// Path and own query, as a request names them.
    let target: String
    /// `Basic …`, from the credentials of the URL; never to be logged.
    let authorization: String?
    /// Whom it leads to, and what is asked there, without its query: numbers that are the same for the same.
    let receiver: Int
    let resource: Int

    /// Longest URL that is taken.
    static let longest = 8192

    /// Reads `text`; nil where it is not an absolute http or https URL.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, var parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        let user = parts.user
        let password = parts.password
        parts.user = nil
        parts.password = nil
        parts.fragment = nil
        parts.scheme = scheme
        parts.host = host
        if parts.percentEncodedPath.isEmpty { parts.percentEncodedPath = "/" }
        guard let url = parts.url else { return nil }
        self.url = url
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        target = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        isSecure = scheme == "https"
        port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65535).contains(port), (self.host + target).utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        let place = "\(self.host):\(port)"
        receiver = place.hashValue
        resource = (place + parts.percentEncodedPath).hashValue
        authorization = user.map { "Basic " + Data("\($0):\(password ?? "")".utf8).base64EncodedString() }
    }

    /// The value of `Host`: the port stands there where it is not the scheme's own (RFC 9110 §7.2).
    var hostField: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The target with `query` added to its own query.
    func target(adding query: String) -> String {
        guard let last = target.utf8.last, target.utf8.contains(UInt8(ascii: "?")) else { return "\(target)?\(query)" }
        let isOpen = last == UInt8(ascii: "?") || last == UInt8(ascii: "&")
        return isOpen ? target + query : "\(target)&\(query)"
    }

    /// `text` without credentials, for people.
    static func shown(_ text: String) -> String {
        if let url = CallbackURL(text) { return url.url.absoluteString }
        // What is no URL may still hold a password.
        guard let at = text.lastIndex(of: "@") else { return String(text.prefix(longest)) }
        return String(text[text.index(after: at)...].prefix(longest))
    }
}
