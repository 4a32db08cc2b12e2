import Accounting
import CallControl
import Timeline

/// A call ended; one that the application rejected ends with the cause CALL_REJECTED.
public struct HangupEvent: EventBody {
    static let type = CallEventType.hangup
    static let schema =
        EventCall.schema + [
            .always("callState", .oneOf(["completed"])),
            .always("cause", .oneOf(HangupCause.allCases.map { "\($0.name)" })), .always("time", .time),
            .sometimes("tag", .string), .sometimes("duration", .integer), .sometimes("sipCode", .integer),
            .sometimes("releasedBy", .oneOf(EndedBy.allCases.map { "\($0.word)" })),
        ]

    public var call: EventCall
    public var cause: HangupCause
    public var tag: String?
    /// Whole seconds from the answer to the end; 0 where the call was not answered.
    public var duration: Int?
    /// The final SIP status.
    public var sipCode: Int?
    /// Who ended the call.
    public var releasedBy: EndedBy?

    public init(_ call: EventCall, cause: HangupCause, tag: String? = nil) {
        self.call = call
        self.cause = cause
        self.tag = tag
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        call.write(to: &members)
        members.add("callState", "completed")
        members.add("cause", "\(cause.name)")
        members.add("time", time)
        members.add("tag", tag)
        members.add("duration", duration)
        members.add("sipCode", sipCode)
        members.add("releasedBy", releasedBy.map { "\($0.word)" })
    }
}
