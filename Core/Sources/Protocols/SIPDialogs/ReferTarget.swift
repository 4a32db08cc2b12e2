import SIPMessages

/// Whom a REFER is about: a URI, and the dialog there that is to be replaced (RFC 3515 §2.1, RFC 3891 §7.2).
public struct ReferTarget: Equatable, Sendable {
    /// The URI without its header fields.
    public var uri: [UInt8]
    /// What the `Replaces` of the URI says.
    public var replaces: ReplacedDialog?

    /// Most bytes of a URI that is looked at.
    public static let maximumLength = 2048

    public init(uri: [UInt8], replaces: ReplacedDialog? = nil) {
        self.uri = uri
        self.replaces = replaces
    }

    /// A URI that may have header fields. Throws the status that a REFER to it deserves: 400 where it cannot be read, 416
    /// where it is neither `sip`, `sips` nor `tel`, 501 where it asks for anything but an INVITE.
    public init(reading text: [UInt8]) throws(Refusal) {
        guard text.count <= Self.maximumLength, text.allSatisfy({ $0 > 32 && $0 != 127 && !Self.isDelimiter($0) }),
            let parsed = try? SIPURI(parsing: text)
        else { throw Refusal(status: .badRequest) }
        if parsed.scheme == .other { throw Refusal(status: .unsupportedURIScheme) }
        for parameter in text[parsed.parameters.start..<parsed.parameters.end].split(separator: UInt8(ascii: ";")) {
            let name = Self.lowercased(parameter.prefix { $0 != UInt8(ascii: "=") })
            guard name == Array("method".utf8) else { continue }
            let method = parameter.drop { $0 != UInt8(ascii: "=") }.dropFirst()
            if !method.elementsEqual("INVITE".utf8) { throw Refusal(status: .notImplemented) }
        }
        self.init(uri: Array(text[..<(parsed.headers.map { max($0.start - 1, 0) } ?? text.count)]))
        guard let headers = parsed.headers else { return }
        for header in text[headers.start..<headers.end].split(separator: UInt8(ascii: "&")) {
            guard Self.lowercased(header.prefix { $0 != UInt8(ascii: "=") }) == Array("replaces".utf8) else { continue }
            let value = SIPURI.unescaped(header.drop { $0 != UInt8(ascii: "=") }.dropFirst())
            guard replaces == nil, let dialog = ReplacedDialog(value) else { throw Refusal(status: .badRequest) }
            replaces = dialog
        }
    }

    /// Why a REFER cannot be obeyed.
    public struct Refusal: Error, Equatable, Sendable {
        public var status: StatusCode

        public init(status: StatusCode) { self.status = status }
    }

    /// The value of Refer-To: the URI in angle brackets, with `Replaces` as one of its header fields.
    public var value: [UInt8] {
        var value: [UInt8] = [UInt8(ascii: "<")]
        value += uri
        if let replaces {
            value += Array((uri.contains(UInt8(ascii: "?")) ? "&Replaces=" : "?Replaces=").utf8)
            Self.appendEscaped(replaces.value, to: &value)
        }
        value.append(UInt8(ascii: ">"))
        return value
    }

    /// Escapes everything that is not `unreserved` (RFC 3261 §25.1), `;` and `=` among it.
    private static func appendEscaped(_ value: [UInt8], to bytes: inout [UInt8]) {
        for byte in value {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || "-_.!~*'()".utf8.contains(byte)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\"")
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

    private static func lowercased(_ text: ArraySlice<UInt8>) -> [UInt8] {
        text.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 }
    }
}
