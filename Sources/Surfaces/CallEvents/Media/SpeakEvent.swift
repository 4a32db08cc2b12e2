import Timeline

/// A sentence began or ceased to be spoken to a call.
public struct SpeakEvent: EventBody {
    static let type = CallEventType.speak
    static let schema: [MemberSchema] = [
        .always("callId", .string), .always("callUri", .url), .always("status", PlayStatus.kind),
        .always("state", .oneOf(["PLAYBACK_START", "PLAYBACK_STOP"])), .sometimes("tag", .string),
        .always("time", .time),
    ]

    public var call: EventCall
    public var status: PlayStatus
    /// Tag of the sentence.
    public var tag: String?

    public init(_ call: EventCall, _ status: PlayStatus, tag: String? = nil) {
        self.call = call
        self.status = status
        self.tag = tag
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("callId", call.id)
        members.add("callUri", call.uri)
        members.add("status", status.rawValue)
        members.add("state", status == .started ? "PLAYBACK_START" : "PLAYBACK_STOP")
        members.add("tag", tag)
        members.add("time", time)
    }
}
