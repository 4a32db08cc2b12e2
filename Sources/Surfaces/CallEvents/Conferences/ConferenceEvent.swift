import Timeline

/// A conference was created or has ended.
public struct ConferenceEvent: EventBody {
    static let type = CallEventType.conference
    static let schema: [MemberSchema] = [
        .always("conferenceId", .string), .always("conferenceUri", .url),
        .always("status", .oneOf(["created", "completed"])), .always("createdTime", .time),
        .sometimes("completedTime", .time), .sometimes("tag", .string),
    ]

    public var conference: EventConference
    public var created: UTCTime
    /// When it ended; nil while it lasts.
    public var completed: UTCTime?

    public init(_ conference: EventConference, created: UTCTime, completed: UTCTime? = nil) {
        self.conference = conference
        self.created = created
        self.completed = completed
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("conferenceId", conference.id)
        members.add("conferenceUri", conference.uri)
        members.add("status", completed == nil ? "created" : "completed")
        members.add("createdTime", created)
        members.add("completedTime", completed)
        members.add("tag", conference.tag)
    }
}
