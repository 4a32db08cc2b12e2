import Timeline

/// The request of a BXML Redirect.
public struct RedirectEvent: EventBody {
    static let type = CallEventType.redirect
    static let schema: [MemberSchema] = [
        .always("from", .string), .always("to", .string), .always("callState", .oneOf(["active"])),
        .always("callId", .string),
    ]

    public var call: EventCall

    public init(_ call: EventCall) { self.call = call }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("from", call.from)
        members.add("to", call.to)
        members.add("callState", "active")
        members.add("callId", call.id)
    }
}
