import Timeline

/// A call was answered. One that came in never has a tag.
public struct AnswerEvent: EventBody {
    static let type = CallEventType.answer
    static let schema =
        EventCall.schema + [
            .always("callState", .oneOf(["active"])), .always("time", .time), .sometimes("tag", .string),
        ] + CallerPresentation.schema

    public var call: EventCall
    public var tag: String?
    public var presentation: CallerPresentation

    public init(
        _ call: EventCall, tag: String? = nil, presentation: CallerPresentation = CallerPresentation()
    ) {
        self.call = call
        self.tag = tag
        self.presentation = presentation
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        call.write(to: &members)
        members.add("callState", "active")
        members.add("time", time)
        members.add("tag", tag)
        presentation.write(to: &members)
    }
}
