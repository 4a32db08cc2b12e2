/// Writes members as the query of a URL: everything but the unreserved characters of RFC 3986 §2.3 is percent-encoded.
enum EventQuery {
    static func text(of members: [EventMember]) -> String {
        members.map { "\(encode($0.name))=\(encode(plain($0.value)))" }.joined(separator: "&")
    }

    /// The value as text; an object as its JSON.
    private static func plain(_ value: EventValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .object, .array: json(value)
        }
    }

    private static func json(_ value: EventValue) -> String {
        var bytes: [UInt8] = []
        EventJSON.append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Percent-encodes one name or value.
    static func encode(_ text: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded.unicodeScalars.append("%")
                encoded.unicodeScalars.append(hexadecimal(byte >> 4))
                encoded.unicodeScalars.append(hexadecimal(byte & 15))
            }
        }
        return encoded
    }

    private static func hexadecimal(_ value: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(value < 10 ? value + 48 : value + 55)
    }
}
