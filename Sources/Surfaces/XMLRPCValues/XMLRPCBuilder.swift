import XMLReading

/// Makes a request from the elements and texts of its document.
struct XMLRPCBuilder: XMLContentHandler {
    /// An element that is open.
    private enum Frame {
        case call
        case methodName
        case parameters
        /// With its value once that was read.
        case parameter(XMLRPCValue?)
        /// With what stands in it once that was read; until then its text may be the value.
        case value(XMLRPCValue?)
        case scalar(XMLRPCScalar)
        /// With its value once `data` was read.
        case array(XMLRPCValue?)
        /// Its values are those of `values` from `start` on.
        case data(start: Int)
        /// Its members are those of `members` from `start` on.
        case structure(start: Int)
        case member(name: String?, XMLRPCValue?)
        case name
        case null
    }

    /// The request, once its element has been closed.
    private(set) var call: XMLRPCCall?
    private let maximumDepth: Int
    private var frames: [Frame] = []
    private var text = ""
    private var depth = 0
    private var method: String?
    private var parameters: [XMLRPCValue] = []
    private var values: [XMLRPCValue] = []
    private var members: [XMLRPCStruct.Member] = []

    init(maximumDepth: Int) { self.maximumDepth = maximumDepth }

    /// An element opens.
    mutating func begin(_ element: String, _ attributes: [String: String]) throws(XMLProblem) {
        let frame = try self.frame(for: element)
        if case .value = frame {
            depth += 1
            guard depth <= maximumDepth else {
                throw XMLProblem("values are nested more than \(maximumDepth) deep")
            }
        }
        try expectBlank(text)
        text = ""
        frames.append(frame)
    }

    /// Text follows; it may come in several parts.
    mutating func append(_ part: String) throws(XMLProblem) {
        switch frames.last {
        case .methodName, .value(nil), .scalar, .name: text += part
        default: try expectBlank(part)
        }
    }

    /// The innermost element closes.
    mutating func end() throws(XMLProblem) {
        guard let frame = frames.popLast() else { return }
        switch frame {
        case .call:
            guard let method else { throw XMLProblem("there is no methodName") }
            call = XMLRPCCall(method, parameters)
        case .methodName:
            guard method == nil else { throw XMLProblem("there are two methodNames") }
            method = text.withoutOuterBlanks
        case .parameters: break
        case .parameter(let value):
            guard let value else { throw XMLProblem("there is a param without a value") }
            parameters.append(value)
        case .value(let value):
            depth -= 1
            try give(value ?? .string(text))
        case .scalar(let scalar):
            guard let value = scalar.value(of: text) else {
                throw XMLProblem("there is a wrong \(scalar.rawValue)")
            }
            try give(value)
        case .array(let value):
            guard let value else { throw XMLProblem("there is an array without data") }
            try give(value)
        case .data(let start):
            let elements = Array(values[start...])
            values.removeSubrange(start...)
            try give(.array(elements))
        case .structure(let start): try closeStructure(start)
        case .member(let name, let value):
            guard let name, let value else { throw XMLProblem("there is a member without a name or a value") }
            members.append(XMLRPCStruct.Member(name, value))
        case .name:
            guard case .member(nil, let value) = frames.popLast() else { throw .place }
            frames.append(.member(name: text.withoutOuterBlanks, value))
        case .null: try give(.null)
        }
        text = ""
    }

    private mutating func closeStructure(_ start: Int) throws(XMLProblem) {
        let all = Array(members[start...])
        members.removeSubrange(start...)
        let structure = XMLRPCStruct(all)
        guard structure.members.count == all.count else { throw XMLProblem("a member is given twice") }
        try give(.structure(structure))
    }

    // MARK: Elements

    /// What `element` is where it stands.
    private func frame(for element: String) throws(XMLProblem) -> Frame {
        switch (frames.last, element) {
        case (nil, "methodCall") where call == nil: return .call
        case (.call, "methodName"): return .methodName
        case (.call, "params"): return .parameters
        case (.parameters, "param"): return .parameter(nil)
        case (.parameter(nil), "value"), (.data, "value"), (.member(_, nil), "value"): return .value(nil)
        case (.array(nil), "data"): return .data(start: values.count)
        case (.structure, "member"): return .member(name: nil, nil)
        case (.member(nil, _), "name"): return .name
        case (.value(nil), _): return try typed(element)
        default: throw .place
        }
    }

    /// An element inside of `value`; those of Apache's extensions have a prefix.
    private func typed(_ element: String) throws(XMLProblem) -> Frame {
        switch element {
        case "array": return .array(nil)
        case "struct": return .structure(start: members.count)
        case "nil", "ex:nil": return .null
        default:
            guard let scalar = XMLRPCScalar(element: element) else { throw XMLProblem("there is an unknown type") }
            return .scalar(scalar)
        }
    }

    /// Hands a finished value to the element around it.
    private mutating func give(_ value: XMLRPCValue) throws(XMLProblem) {
        guard let place = frames.indices.last else { throw .place }
        switch frames[place] {
        case .value(nil): frames[place] = .value(value)
        case .parameter(nil): frames[place] = .parameter(value)
        case .array(nil): frames[place] = .array(value)
        case .member(let name, nil): frames[place] = .member(name: name, value)
        case .data: values.append(value)
        default: throw .place
        }
    }

    private func expectBlank(_ part: String) throws(XMLProblem) {
        guard part.utf8.allSatisfy(\.isXMLBlank) else { throw XMLProblem("text stands where none may be") }
    }
}

extension XMLProblem {
    /// An element out of place.
    fileprivate static let place = XMLProblem("an element stands where it may not be")
}
