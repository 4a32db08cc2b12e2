import Foundation

/// A value of a documented field that the switch keeps and gives back without acting on it.
public enum AttributeValue: Hashable, Sendable {
    case null
    case integer(Int)
    case number(Double)
    case text(String)
    case boolean(Bool)
}

/// Kept fields by their names on the XML-RPC interface.
public typealias Attributes = [String: AttributeValue]

extension AttributeValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        }
    }
}

/// Attributes as a column holds them.
enum StoredAttributes {
    /// JSON; nil for none.
    static func write(_ attributes: Attributes) throws -> String? {
        attributes.isEmpty ? nil : String(decoding: try JSONEncoder().encode(attributes), as: UTF8.self)
    }

    /// The attributes of a column.
    static func read(_ text: String?) throws -> Attributes {
        try text.map { try JSONDecoder().decode(Attributes.self, from: Data($0.utf8)) } ?? [:]
    }
}
