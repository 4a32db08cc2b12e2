import Timeline

/// The call that a BXML Transfer placed has ended after it had answered; sent to the call that was transferred.
public struct TransferCompleteEvent: EventBody {
    static let type = CallEventType.transferComplete
    static let schema =
        EventCall.schema + [
            .always("callState", .oneOf(["active"])), .always("time", .time), .sometimes("tag", .string),
        ]

    /// The transferred call, with the numbers of the call that was placed.
    public var call: EventCall
    public var tag: String?

    public init(_ call: EventCall, tag: String? = nil) {
        self.call = call
        self.tag = tag
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        call.write(to: &members)
        members.add("callState", "active")
        members.add("time", time)
        members.add("tag", tag)
    }
}
