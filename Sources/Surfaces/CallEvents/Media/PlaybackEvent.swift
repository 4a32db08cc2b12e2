import Timeline

/// A file began or ceased to play to a call.
public struct PlaybackEvent: EventBody {
    static let type = CallEventType.playback
    static let schema: [MemberSchema] = [
        .always("callId", .string), .always("callUri", .url), .always("status", PlayStatus.kind),
        .sometimes("tag", .string), .always("time", .time),
    ]

    public var call: EventCall
    public var status: PlayStatus
    /// Tag of the playback.
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
        members.add("tag", tag)
        members.add("time", time)
    }
}
