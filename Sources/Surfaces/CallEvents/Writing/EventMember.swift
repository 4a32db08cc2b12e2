import Timeline

/// One member of an event.
public struct EventMember: Equatable, Sendable {
    /// Its name, as "callId".
    public let name: String
    /// Its value.
    public let value: EventValue

    public init(_ name: String, _ value: EventValue) {
        self.name = name
        self.value = value
    }
}

/// A value of the types that events use.
public enum EventValue: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case object([EventMember])
    case array([EventValue])

    /// An array of texts.
    static func strings(_ texts: [String]) -> EventValue { .array(texts.map { .string($0) }) }
}

/// The members of an event while it is written; a member without a value is left out.
struct EventMembers {
    private(set) var list: [EventMember] = []

    init() { list.reserveCapacity(12) }

    mutating func add(_ name: String, _ value: String?) {
        if let value { list.append(EventMember(name, .string(value))) }
    }

    mutating func add(_ name: String, _ value: Int?) {
        if let value { list.append(EventMember(name, .integer(value))) }
    }

    mutating func add(_ name: String, _ value: Bool) { list.append(EventMember(name, .boolean(value))) }

    mutating func add(_ name: String, _ value: [EventMember]?) {
        if let value { list.append(EventMember(name, .object(value))) }
    }

    /// ISO 8601 in UTC with milliseconds and `Z`.
    mutating func add(_ name: String, _ value: UTCTime?) { add(name, value?.extended) }
}
