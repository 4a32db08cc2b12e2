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
    /// An array that is made while it is written: never read, and costs no memory.
    case rows(XMLRPCRows)

    /// An integer of the machine's size.
    public static func int(_ number: Int) -> XMLRPCValue { .integer(Int64(number)) }

    /// An integer, or `nil` where there is none.
    public static func optional(_ number: Int?) -> XMLRPCValue { number.map { .integer(Int64($0)) } ?? .null }

    /// A string, or `nil` where there is none.
    public static func optional(_ text: String?) -> XMLRPCValue { text.map { .string($0) } ?? .null }

    /// A struct with its members in this order.
    public static func members(_ members: KeyValuePairs<String, XMLRPCValue>) -> XMLRPCValue {
        .structure(XMLRPCStruct(members.map { XMLRPCStruct.Member($0.key, $0.value) }))
    }

    /// What the type is called in errors.
    public var kind: String {
        switch self {
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .double: "a double"
        case .string: "a string"
        case .dateTime: "a date"
        case .base64: "base64"
        case .array, .rows: "an array"
        case .structure: "a struct"
        case .null: "nil"
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
        case (.rows, _), (_, .rows): XMLRPCWriter.bytes(of: left) == XMLRPCWriter.bytes(of: right)
        default: false
        }
    }
}

/// The elements of an array that are written one by one, each straight into the answer.
public struct XMLRPCRows: Sendable {
    /// How many there are.
    public let count: Int
    let write: @Sendable (_ row: Int, _ writer: inout XMLRPCWriter) -> Void

    /// `write` writes exactly one value for each row from 0 to `count` - 1, in order.
    public init(count: Int, write: @escaping @Sendable (_ row: Int, _ writer: inout XMLRPCWriter) -> Void) {
        self.count = count
        self.write = write
    }
}
