/// What the Diversion header of an incoming call told (RFC 5806).
public struct Diversion: Equatable, Sendable {
    /// Last number that the call was diverted from; "Anonymous" where privacy is full.
    public var originalTo: String?
    /// Why, as "user-busy".
    public var reason: String?
    /// `yes` or `no`.
    public var screen: String?
    /// `off` or `full`.
    public var privacy: String?
    public var counter: Int?
    public var limit: Int?
    /// Further parameters of the header, in their order.
    public var others: [(name: String, value: String)] = []

    public init() {}

    public static func == (left: Diversion, right: Diversion) -> Bool { left.members == right.members }

    var members: [EventMember] {
        var members = EventMembers()
        members.add("origTo", originalTo)
        members.add("reason", reason)
        members.add("screen", screen)
        members.add("privacy", privacy)
        members.add("counter", counter)
        members.add("limit", limit)
        let known = ["origTo", "reason", "screen", "privacy", "counter", "limit"]
        for other in others where !known.contains(other.name) { members.add(other.name, other.value) }
        return members.list
    }

    static let definition: [EventMember] = [
        EventMember("type", .string("object")),
        EventMember(
            "properties",
            .object(
                [("origTo", "string"), ("reason", "string"), ("screen", "string"), ("privacy", "string")]
                    .map { EventMember($0.0, .object([EventMember("type", .string($0.1))])) }
                    + [("counter", "integer"), ("limit", "integer")]
                    .map { EventMember($0.0, .object([EventMember("type", .string($0.1))])) })),
    ]
}
