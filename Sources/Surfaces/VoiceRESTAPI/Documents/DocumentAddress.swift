import Foundation

/// The addresses that documents name, absolute or relative to where the document came from.
enum DocumentAddress {
    /// The absolute http or https URL that `text` means in a document from `base`; nil where it means none. A relative one
    /// keeps host and credentials of `base` (RFC 3986 §5).
    static func resolve(_ text: String, from base: String?) -> String? {
        if RequestObject.isWebAddress(text) { return text }
        guard let base = base.flatMap({ URL(string: $0) }), let url = URL(string: text, relativeTo: base) else {
            return nil
        }
        let absolute = url.absoluteString
        return RequestObject.isWebAddress(absolute) ? absolute : nil
    }

    /// Whether a reply is meant to be a document: its first character is `<`, or it begins as text in UTF-16 does.
    static func isDocument(_ reply: [UInt8]) -> Bool {
        if reply.starts(with: [0xFF, 0xFE]) || reply.starts(with: [0xFE, 0xFF]) { return true }
        let text = reply.starts(with: [0xEF, 0xBB, 0xBF]) ? reply.dropFirst(3) : reply[...]
        return text.first { !($0 == 32 || (9...13).contains($0)) } == UInt8(ascii: "<")
    }
}
