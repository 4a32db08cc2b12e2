import Management
import SQLiteStore
import XMLRPCValues

/// A documented member of an object that the switch acts on.
struct ProvisioningField<Object: Sendable>: Sendable {
    /// Its name on the interface.
    let name: String
    /// Its value; nil for a secret, which is never given back.
    var read: (@Sendable (Provisioned<Object>) -> XMLRPCValue)?
    /// Takes the member, which is given, `nil` or not.
    let write: @Sendable (XMLRPCArguments, inout Provisioned<Object>) throws -> Void
}

/// A documented member that is kept and given back.
struct KeptField: Sendable {
    /// What values it may have.
    enum Kind: Sendable { case text, integer, number, boolean }

    let name: String
    let kind: Kind
    /// Its value while none was given.
    let fallback: XMLRPCValue
    /// Whether it is never given back.
    var isSecret = false

    /// The value of the member, which is given and not `nil`.
    func value(in arguments: XMLRPCArguments) throws -> AttributeValue? {
        switch kind {
        case .text: try arguments.string(name).map { .text($0) }
        case .integer: try arguments.integer(name).map { .integer($0) }
        case .number: try arguments.double(name).map { .number($0) }
        case .boolean: try arguments.boolean(name).map { .boolean($0) }
        }
    }

    /// The kept value as it is given back.
    func value(of kept: AttributeValue?) -> XMLRPCValue {
        switch kept {
        case nil: fallback
        case .null: .null
        case .integer(let value): kind == .number ? .double(Double(value)) : .int(value)
        case .number(let value): .double(value)
        case .text(let value): .string(value)
        case .boolean(let value): .boolean(value)
        }
    }
}

extension [KeptField] {
    /// Texts, empty while none was given.
    static func texts(_ names: String...) -> [KeptField] {
        names.map { KeptField(name: $0, kind: .text, fallback: .string("")) }
    }

    /// Texts that are never given back.
    static func secrets(_ names: String...) -> [KeptField] {
        names.map { KeptField(name: $0, kind: .text, fallback: .string(""), isSecret: true) }
    }

    /// Whole numbers with the values that they have while none was given.
    static func integers(_ fields: KeyValuePairs<String, Int?>) -> [KeptField] {
        fields.map { KeptField(name: $0.key, kind: .integer, fallback: .optional($0.value)) }
    }

    /// Numbers with the values that they have while none was given.
    static func numbers(_ fields: KeyValuePairs<String, Double?>) -> [KeptField] {
        fields.map { KeptField(name: $0.key, kind: .number, fallback: $0.value.map { .double($0) } ?? .null) }
    }

    /// Truth values, false while none was given, but for `isTrue`.
    static func booleans(_ names: String..., isTrue: Bool = false) -> [KeptField] {
        names.map { KeptField(name: $0, kind: .boolean, fallback: .boolean(isTrue)) }
    }

    /// The people behind an object.
    static var contacts: [KeptField] {
        texts(
            "company_name", "salutation", "first_name", "last_name", "mid_init", "street_addr", "state", "postal_code",
            "city", "country", "contact", "phone", "fax", "alt_phone", "alt_contact", "email", "cc", "bcc")
    }
}

/// All documented members of an object; those of each kind are in `DocumentedFields`.
struct ObjectFields<Object: Sendable>: Sendable {
    let fields: [ProvisioningField<Object>]
    let kept: [KeptField]

    /// What the switch acts on, and what it keeps.
    init(_ fields: [ProvisioningField<Object>], keeping kept: [KeptField]...) {
        self.fields = fields
        self.kept = kept.flatMap { $0 }
    }

    /// Longest text that is kept, in bytes.
    static var longestText: Int { 4096 }

    /// Takes over every documented member that is given; others are ignored.
    func fill(_ object: inout Provisioned<Object>, from arguments: XMLRPCArguments) throws {
        let names = arguments.names
        for field in fields where names.contains(field.name) { try field.write(arguments, &object) }
        for field in kept where names.contains(field.name) {
            if arguments.isNull(field.name) {
                object.attributes[field.name] = .null
            } else if let value = try field.value(in: arguments) {
                if case .text(let text) = value, text.utf8.count > Self.longestText {
                    throw XMLRPCFault.wrongType(field.name, "at most \(Self.longestText) bytes")
                }
                object.attributes[field.name] = value
            }
        }
    }

    /// Every documented member that may be given back, in the order of the documentation.
    func members(of object: Provisioned<Object>) -> [XMLRPCStruct.Member] {
        var members: [XMLRPCStruct.Member] = []
        for field in fields {
            if let read = field.read { members.append(XMLRPCStruct.Member(field.name, read(object))) }
        }
        for field in kept where !field.isSecret {
            members.append(XMLRPCStruct.Member(field.name, field.value(of: object.attributes[field.name])))
        }
        return members
    }
}

/// The documented members of every kind of object.
enum DocumentedFields {}
