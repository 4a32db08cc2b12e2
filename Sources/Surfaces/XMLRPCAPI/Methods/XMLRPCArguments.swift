import Management
import Timeline
import XMLRPCValues

/// The members of a call's one struct.
///
/// Members that nobody asks for are ignored. `nil` counts as not given, except for `given`. Values of another type that
/// can be converted without loss are converted; what cannot is fault 400 with the member's name, what is missing and
/// required fault 501.
public struct XMLRPCArguments: Sendable {
    private let members: [String: XMLRPCValue]

    /// The arguments of a call with no parameter, an empty one or a struct; throws fault 400 for anything else.
    public init(_ parameters: [XMLRPCValue]) throws(XMLRPCFault) {
        guard parameters.count <= 1 else {
            throw .malformed("a method takes one struct, not \(parameters.count) parameters")
        }
        switch parameters.first {
        case nil, .null: members = [:]
        case .array(let values) where values.isEmpty: members = [:]
        case .string(let text) where text.isEmpty: members = [:]
        case .structure(let structure):
            members = Dictionary(structure.members.map { ($0.name, $0.value) }) { first, _ in first }
        case .some(let value): throw .malformed("a method takes one struct, not \(value.kind)")
        }
    }

    /// The members of a struct inside an argument.
    public init(_ structure: XMLRPCStruct) {
        members = Dictionary(structure.members.map { ($0.name, $0.value) }) { first, _ in first }
    }

    // MARK: Presence

    /// The value of a member as it came; nil where it is not given or `nil`.
    public func value(_ name: String) -> XMLRPCValue? {
        if case .null = members[name] { return nil }
        return members[name]
    }

    /// Whether a member is given and not `nil`.
    public func has(_ name: String) -> Bool { value(name) != nil }

    /// Whether a member is given as `nil`: a column is to be set to null.
    public func isNull(_ name: String) -> Bool {
        if case .null = members[name] { return true }
        return false
    }

    /// The names of all members that are given, `nil` or not.
    public var names: Set<String> { Set(members.keys) }

    /// What a member says about a column that may be null: nothing, null, or a value that `read` makes of it.
    public func given<Value>(
        _ name: String, _ read: (XMLRPCArguments) -> (String) throws(XMLRPCFault) -> Value?
    ) throws(XMLRPCFault) -> XMLRPCGiven<Value> {
        if isNull(name) { return .null }
        return try read(self)(name).map { .value($0) } ?? .absent
    }

    // MARK: Values

    /// A whole number: an integer, a double without a fraction, a boolean, or decimal digits.
    public func integer(_ name: String) throws(XMLRPCFault) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.asInteger else { throw .wrongType(name, "an integer") }
        return number
    }

    /// A whole number that must be given.
    public func requiredInteger(_ name: String) throws(XMLRPCFault) -> Int {
        guard let number = try integer(name) else { throw .missing(name) }
        return number
    }

    /// A text: a string, or a number as it is written.
    public func string(_ name: String) throws(XMLRPCFault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.asString else { throw .wrongType(name, "a string") }
        return text
    }

    /// A text that must be given; it may be empty.
    public func requiredString(_ name: String) throws(XMLRPCFault) -> String {
        guard let text = try string(name) else { throw .missing(name) }
        return text
    }

    /// A truth value: a boolean, 0 or 1, or `true`, `false`, `True`, `False`.
    public func boolean(_ name: String) throws(XMLRPCFault) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let isTrue = value.asBoolean else { throw .wrongType(name, "a boolean") }
        return isTrue
    }

    /// A number: a double, an integer, or decimal digits.
    public func double(_ name: String) throws(XMLRPCFault) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.asDouble else { throw .wrongType(name, "a double") }
        return number
    }

    /// A date of either form, as a string or `dateTime.iso8601`: milliseconds since 1970-01-01 00:00 UTC.
    public func date(_ name: String) throws(XMLRPCFault) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let time = value.asDateText.flatMap({ UTCTime($0) }) else {
            throw .wrongType(name, "a date, as 20260305T08:15:42 or 08:15:42.000 GMT Thu Mar 05 2026")
        }
        return time.milliseconds
    }

    /// The elements of an array.
    public func array(_ name: String) throws(XMLRPCFault) -> [XMLRPCValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let values) = value else { throw .wrongType(name, "an array") }
        return values
    }

    /// The part of a list that `offset` and `limit` ask for.
    public func page<Element>(of list: [Element]) throws(XMLRPCFault) -> ArraySlice<Element> {
        let offset = try integer("offset") ?? 0
        let limit = try integer("limit") ?? list.count
        guard offset >= 0 else { throw .wrongType("offset", "0 or more") }
        guard limit >= 0 else { throw .wrongType("limit", "0 or more") }
        return list.dropFirst(offset).prefix(limit)
    }
}

/// What a member says about a column that may be null.
public enum XMLRPCGiven<Value> {
    /// Nothing: the column stays as it is.
    case absent
    /// The column is to be null.
    case null
    case value(Value)
}

extension XMLRPCGiven: Sendable where Value: Sendable {}
extension XMLRPCGiven: Equatable where Value: Equatable {}
