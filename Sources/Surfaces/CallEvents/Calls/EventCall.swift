/// The call that an event is about, and who called whom.
public struct EventCall: Equatable, Sendable {
    /// `c-…`.
    public var id: String
    /// URL of the call.
    public var uri: String
    /// E.164 number or SIP address of the caller.
    public var from: String
    /// The same of the called party.
    public var to: String

    public init(id: String, uri: String, from: String, to: String) {
        self.id = id
        self.uri = uri
        self.from = from
        self.to = to
    }

    /// Writes `callId`, `callUri`, `from` and `to`.
    func write(to members: inout EventMembers) {
        members.add("callId", id)
        members.add("callUri", uri)
        members.add("from", from)
        members.add("to", to)
    }

    /// The members of `write(to:)`.
    static let schema: [MemberSchema] = [
        .always("callId", .string), .always("callUri", .url), .always("from", .string), .always("to", .string),
    ]
}
