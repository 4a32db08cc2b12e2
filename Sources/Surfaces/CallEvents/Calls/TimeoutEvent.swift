import Timeline

/// A placed call was not answered within its `callTimeout`; a hangup NO_ANSWER follows.
public struct TimeoutEvent: EventBody {
    static let type = CallEventType.timeout
    static let schema = EventCall.schema + [.always("time", .time), .sometimes("tag", .string)]

    public var call: EventCall
    public var tag: String?

    public init(_ call: EventCall, tag: String? = nil) {
        self.call = call
        self.tag = tag
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        call.write(to: &members)
        members.add("time", time)
        members.add("tag", tag)
    }
}
