/// Writes members as JSON (RFC 8259), in their order and without spaces.
enum EventJSON {
    static func text(of members: [EventMember]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        append(members, to: &bytes)
        return bytes
    }

    private static func append(_ members: [EventMember], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (position, member) in members.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            append(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(member.value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    static func append(_ value: EventValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text): append(text, to: &bytes)
        case .integer(let number): bytes.append(contentsOf: "\(number)".utf8)
        case .boolean(let flag): bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
        case .object(let members): append(members, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (position, value) in values.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hexadecimal(byte >> 4))
                bytes.append(hexadecimal(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexadecimal(_ value: UInt8) -> UInt8 { value < 10 ? value + 48 : value + 87 }
}
