/// A value of XML-RPC: the types of its specification, `nil`, and 64-bit integers.
public enum XMLRPCValue: Sendable {
    /// `int`, `i4` or `i8`.
    case integer(Int64)
    case boolean(Bool)
    /// Always finite.
    case double(Double)
    case string(String)
    /// `dateTime.iso8601` as it is written.
    case dateTime(String)
    case base64([UInt8])
    case array([XMLRPCValue])
    case structure(XMLRPCStruct)
    /// `nil`: not given, or a column set to null.
    case null
    /// One value that has been written already, in blocks: how long answers are given without being held twice.
    case written([[UInt8]])

    /// An integer of the machine's size.
    public static func int(_ number: Int) -> XMLRPCValue { .integer(Int64(number)) }

    /// An integer, or `nil` where there is none.
    public static func optional(_ number: Int?) -> XMLRPCValue { number.map { .integer(Int64($0)) } ?? .null }

    /// A string, or `nil` where there is none.
    public static func optional(_ text: String?) -> XMLRPCValue { text.map { .string($0) } ?? .null }

    /// What the type is called in errors.
    public var kind: String {
        switch self {
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .double: "a double"
        case .string: "a string"
        case .dateTime: "a date"
        case .base64: "base64"
        case .array: "an array"
        case .structure: "a struct"
        case .null: "nil"
        case .written: "a written value"
        }
    }
}

extension XMLRPCValue: Equatable {
    /// Whether both are written alike.
    public static func == (left: XMLRPCValue, right: XMLRPCValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.dateTime(let left), .dateTime(let right)): left == right
        case (.base64(let left), .base64(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.structure(let left), .structure(let right)): left == right
        case (.null, .null): true
        case (.written, _), (_, .written): XMLRPCWriter.bytes(of: left) == XMLRPCWriter.bytes(of: right)
        default: false
        }
    }
}

extension XMLRPCValue: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
}

extension XMLRPCValue: ExpressibleByDictionaryLiteral {
    /// A struct with its members in this order.
    public init(dictionaryLiteral members: (String, XMLRPCValue)...) {
        self = .structure(XMLRPCStruct(members.map { XMLRPCStruct.Member($0.0, $0.1) }))
    }
}
