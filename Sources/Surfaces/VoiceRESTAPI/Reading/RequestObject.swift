import Foundation

/// The JSON object that a request brings, read leniently: booleans and numbers may be strings, null is absent, words are
/// compared without case, unknown members are ignored. What cannot be understood is a `validation-error`.
public struct RequestObject: Hashable, Sendable {
    /// What the object describes, as "call"; errors name it.
    public let resource: String
    private let members: [String: JSONValue]

    /// Longest body, in bytes.
    public static let maximumBytes = 256 << 10

    public init(_ resource: String, _ members: [String: JSONValue]) {
        self.resource = resource
        self.members = members.filter { $0.value != .null }
    }

    /// Reads a body; an empty one is an object without members.
    public init(_ resource: String, parsing body: [UInt8]) throws(RESTError) {
        if body.allSatisfy({ $0 <= 0x20 }) {
            self.init(resource, [:])
            return
        }
        let value: JSONValue
        do throws(JSONValue.ReadingError) {
            value = try JSONValue(parsing: body)
        } catch {
            throw RESTError(
                .validationError,
                error == .tooDeep
                    ? "The body is nested deeper than \(JSONValue.maximumDepth) levels" : "The body is not valid JSON")
        }
        guard case .object(let members) = value else {
            throw RESTError(.validationError, "The body must be a JSON object")
        }
        self.init(resource, members)
    }

    /// Whether the member is there and not null.
    public func has(_ name: String) -> Bool { members[name] != nil }

    /// The member as it came; nil where it is absent or null.
    public func value(_ name: String) -> JSONValue? { members[name] }

    /// A text, also where it came as a number; nil where it is absent.
    public func string(_ name: String, upTo limit: Int = 2048) throws(RESTError) -> String? {
        let text: String
        switch members[name] {
        case nil: return nil
        case .string(let value): text = value
        case .integer(let value): text = String(value)
        case .number(let value): text = String(value)
        case .boolean, .array, .object, .null: throw .invalid(name, "a string")
        }
        guard text.count <= limit else { throw .invalid(name, "at most \(limit) characters long") }
        return text
    }

    /// A text without which the request means nothing; an empty one is as good as none.
    public func required(_ name: String, upTo limit: Int = 2048) throws(RESTError) -> String {
        guard let text = try string(name, upTo: limit), !text.isEmpty else {
            throw .missing(name, of: resource)
        }
        return text
    }

    /// A boolean: `true`, `"true"`, `"1"`, 1 and their opposites; an empty string is absent.
    public func boolean(_ name: String) throws(RESTError) -> Bool? {
        switch members[name] {
        case nil: return nil
        case .boolean(let value): return value
        case .integer(0): return false
        case .integer(1): return true
        case .string(let text):
            switch text.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            case "": return nil
            default: throw .invalid(name, "true or false")
            }
        case .integer, .number, .array, .object, .null: throw .invalid(name, "true or false")
        }
    }

    /// A whole number, also as a string; an empty string is absent.
    public func integer(_ name: String) throws(RESTError) -> Int? {
        switch members[name] {
        case nil: return nil
        case .integer(let value): return Int(value)
        case .number(let value):
            guard let whole = Int(exactly: value) else { throw .invalid(name, "a whole number") }
            return whole
        case .string(let text):
            let text = text.trimmingCharacters(in: .whitespaces)
            if text.isEmpty { return nil }
            let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            guard isDecimal, let value = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
                throw .invalid(name, "a whole number")
            }
            return value
        case .boolean, .array, .object, .null: throw .invalid(name, "a whole number")
        }
    }

    /// A whole number within bounds, also as a string.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(RESTError) -> Int? {
        guard let value = try integer(name) else { return nil }
        guard range.contains(value) else {
            throw .invalid(name, "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// One of the words of a type, without case; an empty string is absent.
    public func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type = Word.self
    ) throws(RESTError) -> Word? where Word.RawValue == String {
        guard let text = try string(name), !text.isEmpty else { return nil }
        let word = Word.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
        guard let word else {
            throw .invalid(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// An http or https URL; nil where it is absent or empty. `code` is answered for any other text.
    public func url(
        _ name: String, else code: RESTErrorCode = .callbackInvalidURL
    ) throws(RESTError) -> String? {
        guard let text = try string(name), !text.isEmpty else { return nil }
        guard Self.isWebAddress(text) else {
            throw RESTError(code, "The property '\(name)' must be an absolute http or https URL")
        }
        return text
    }

    /// Whether a text is an absolute URL of a web server.
    public static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let url = URLComponents(string: text),
            let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https"
        else { return false }
        return url.host?.isEmpty == false && (1...65_535).contains(url.port ?? 80)
    }

    /// An object inside this one; nil where it is absent.
    public func object(_ name: String) throws(RESTError) -> RequestObject? {
        switch members[name] {
        case nil: return nil
        case .object(let members): return RequestObject(resource, members)
        case .string(""): return nil
        case .boolean, .integer, .number, .string, .array, .null: throw .invalid(name, "an object")
        }
    }

    /// An array of texts, or a single one; nil where it is absent.
    public func strings(_ name: String, upTo limit: Int = 100) throws(RESTError) -> [String]? {
        guard let member = members[name] else { return nil }
        guard case .array(let values) = member else { return try string(name).map { [$0] } }
        guard values.count <= limit else { throw .invalid(name, "at most \(limit) values") }
        var texts: [String] = []
        for value in values {
            guard case .string(let text) = value else { throw .invalid(name, "an array of strings") }
            texts.append(text)
        }
        return texts
    }

    /// A map of texts, sorted by name; nil where it is absent.
    public func map(_ name: String) throws(RESTError) -> [(name: String, value: String)]? {
        guard let object = try object(name) else { return nil }
        var pairs: [(name: String, value: String)] = []
        for key in object.members.keys.sorted() {
            guard let text = try object.string(key) else { continue }
            pairs.append((key, text))
        }
        return pairs
    }

    /// The object without a mistake of one client, which puts all members into one: `{"fileUrl":{"sentence":…}}`.
    public func unwrapped(_ name: String) -> RequestObject {
        guard case .object(let inner) = members[name] else { return self }
        let outer = members.filter { $0.key != name }
        return RequestObject(resource, outer.merging(inner.filter { $0.value != .null }) { _, new in new })
    }
}
