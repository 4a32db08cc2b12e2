import Timeline

/// A call came in for an application.
public struct IncomingCallEvent: EventBody {
    static let type = CallEventType.incomingCall
    static let schema =
        EventCall.schema + [
            .always("callState", .oneOf(["active"])), .always("applicationId", .string), .always("time", .time),
        ] + CallerPresentation.schema

    public var call: EventCall
    /// `a-…`.
    public var application: String
    public var presentation: CallerPresentation

    public init(_ call: EventCall, application: String, presentation: CallerPresentation = CallerPresentation()) {
        self.call = call
        self.application = application
        self.presentation = presentation
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        call.write(to: &members)
        members.add("callState", "active")
        members.add("applicationId", application)
        members.add("time", time)
        presentation.write(to: &members)
    }
}
