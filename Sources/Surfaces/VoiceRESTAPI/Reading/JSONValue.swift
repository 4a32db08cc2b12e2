import Foundation

/// A JSON value, as read from a request or written into an answer.
public enum JSONValue: Hashable, Sendable, Codable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Deepest nesting of what is read.
    public static let maximumDepth = 32

    /// Why bytes are not taken as JSON.
    public enum ReadingError: Error, Hashable, Sendable { case malformed, tooDeep }

    /// Reads one JSON value. Nothing that is sent can do more harm than an error: nesting is limited before a parser sees
    /// it, and numbers that do not fit are malformed. So is a comma after the last value, which the parser would take.
    public init(parsing bytes: [UInt8]) throws(ReadingError) {
        let shape = Self.shape(of: bytes)
        guard shape.depth <= Self.maximumDepth else { throw .tooDeep }
        guard !shape.hasTrailingComma else { throw .malformed }
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw .malformed
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }

    /// The value as text without blanks; members in the order of their names.
    public var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only numbers that JSON cannot write can fail, and those are never made from what JSON can read.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("null".utf8)
    }

    /// An object of the members that have a value.
    public static func members(_ members: [String: JSONValue?]) -> JSONValue {
        .object(members.compactMapValues { $0 })
    }

    /// How deep arrays and objects are nested, and whether one of them ends with a comma, whether or not the rest is JSON.
    private static func shape(of bytes: [UInt8]) -> (depth: Int, hasTrailingComma: Bool) {
        var (depth, deepest, isText, isEscaped) = (0, 0, false, false)
        var (isAfterComma, hasTrailingComma) = (false, false)
        for byte in bytes {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if !isText { depth += 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if !isText {
                    depth -= 1
                    hasTrailingComma = hasTrailingComma || isAfterComma
                }
            default: break
            }
            deepest = max(deepest, depth)
            let isBlank = byte == 32 || (9...13).contains(byte)
            if !isBlank { isAfterComma = byte == UInt8(ascii: ",") && !isText }
        }
        return (deepest, hasTrailingComma)
    }
}

extension JSONValue {
    /// The text, or nil where there is none; no member is written for it then.
    public static func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }

    public static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    /// The member of an object; nil where it is not one or has none.
    public subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The text of a string; nil for everything else.
    public var text: String? { if case .string(let text) = self { text } else { nil } }
}
