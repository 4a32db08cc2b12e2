/// Parts of JSON Schema (draft 2020-12), as the OpenAPI document uses them.
enum OpenAPISchema {
    /// A member of an object.
    struct Member {
        let name: String
        let schema: JSONValue
        let isRequired: Bool
    }

    /// An object of these members; others may stand beside them.
    static func object(_ members: [Member]) -> JSONValue {
        let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
        let properties = Dictionary(members.map { ($0.name, $0.schema) }) { first, _ in first }
        return .members([
            "type": .string("object"), "properties": .object(properties),
            "required": required.isEmpty ? nil : .array(required),
        ])
    }

    /// A reference to a schema of the document.
    static func reference(_ name: String) -> JSONValue { .object(["$ref": .string("#/components/schemas/\(name)")]) }

    static func array(of schema: JSONValue) -> JSONValue {
        .object(["type": .string("array"), "items": schema])
    }

    // MARK: What answers hold

    static func text(_ about: String? = nil) -> JSONValue {
        .members(["type": .string("string"), "description": .text(about)])
    }

    static func word(_ words: String..., about: String? = nil) -> JSONValue {
        .members([
            "type": .string("string"), "enum": .array(words.map { .string($0) }), "description": .text(about),
        ])
    }

    static func integer(_ about: String? = nil) -> JSONValue {
        .members(["type": .string("integer"), "description": .text(about)])
    }

    static func boolean(_ about: String? = nil) -> JSONValue {
        .members(["type": .string("boolean"), "description": .text(about)])
    }

    static let url: JSONValue = .object(["type": .string("string"), "format": .string("uri")])

    static let time: JSONValue = .object(["type": .string("string"), "format": .string("date-time")])

    /// A map of texts.
    static let texts: JSONValue = .object([
        "type": .string("object"), "additionalProperties": .object(["type": .string("string")]),
    ])

    // MARK: What requests hold: read leniently

    /// A text that a request may bring; null is as good as none.
    static func sentText(_ about: String? = nil, upTo limit: Int? = nil) -> JSONValue {
        .members([
            "type": types("string", "null"), "maxLength": limit.map { .integer($0) }, "description": .text(about),
        ])
    }

    /// A web address; an empty text is as good as none.
    static let sentURL: JSONValue = .object([
        "type": types("string", "null"), "maxLength": .integer(2048),
        "description": .string("An absolute http or https URL"),
    ])

    /// A whole number, also as text.
    static func sentInteger(_ range: ClosedRange<Int>, default fallback: Int? = nil) -> JSONValue {
        .members([
            "type": types("integer", "string", "null"), "minimum": .integer(range.lowerBound),
            "maximum": .integer(range.upperBound), "pattern": .string("^-?[0-9]*$"),
            "default": fallback.map { .integer($0) },
        ])
    }

    /// `true` or `false`, also as text.
    static func sentBoolean(default fallback: Bool? = nil) -> JSONValue {
        .members([
            "type": types("boolean", "string", "null"),
            "pattern": .string("^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])?$"),
            "default": fallback.map { .boolean($0) },
        ])
    }

    /// One of these words, in any case.
    static func sentWord(_ words: String...) -> JSONValue {
        .object([
            "type": types("string", "null"),
            "description": .string("One of \(words.joined(separator: ", ")), in any case"),
            "examples": .array(words.map { .string($0) }),
        ])
    }

    private static func types(_ names: String...) -> JSONValue { .array(names.map { .string($0) }) }
}

extension OpenAPISchema.Member {
    static func always(_ name: String, _ schema: JSONValue) -> Self {
        Self(name: name, schema: schema, isRequired: true)
    }

    static func sometimes(_ name: String, _ schema: JSONValue) -> Self {
        Self(name: name, schema: schema, isRequired: false)
    }
}
