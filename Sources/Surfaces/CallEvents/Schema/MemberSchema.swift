/// What may stand in one member of an event.
public struct MemberSchema: Equatable, Sendable {
    /// The kinds of values.
    public enum Kind: Equatable, Sendable {
        /// Any text.
        case string
        /// An ISO 8601 time in UTC.
        case time
        /// The URL of a resource.
        case url
        case integer
        case boolean
        /// One of these texts.
        case oneOf([String])
        /// The object of a diverted call.
        case diversion
    }

    /// Its name.
    public let name: String
    /// What is in it.
    public let kind: Kind
    /// Whether every event of the type has it.
    public let isRequired: Bool

    static func always(_ name: String, _ kind: Kind) -> MemberSchema {
        MemberSchema(name: name, kind: kind, isRequired: true)
    }

    static func sometimes(_ name: String, _ kind: Kind) -> MemberSchema {
        MemberSchema(name: name, kind: kind, isRequired: false)
    }

    /// The members in JSON Schema.
    var definition: [EventMember] {
        switch kind {
        case .string: [EventMember("type", .string("string"))]
        case .time: [EventMember("type", .string("string")), EventMember("format", .string("date-time"))]
        case .url: [EventMember("type", .string("string")), EventMember("format", .string("uri"))]
        case .integer: [EventMember("type", .string("integer"))]
        case .boolean: [EventMember("type", .string("boolean"))]
        case .oneOf(let texts): [EventMember("type", .string("string")), EventMember("enum", .strings(texts))]
        case .diversion: Diversion.definition
        }
    }
}
