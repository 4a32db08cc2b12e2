import Timeline

/// A call joined a conference, left it, or was muted or held in it.
public struct ConferenceMemberEvent: EventBody {
    static let type = CallEventType.conferenceMember
    static let schema: [MemberSchema] = [
        .always("conferenceId", .string), .always("callId", .string), .always("memberId", .string),
        .always("memberUri", .url), .always("activeMembers", .integer),
        .always("state", .oneOf(["active", "completed"])), .always("hold", .boolean), .always("mute", .boolean),
        .always("time", .time), .sometimes("tag", .string),
    ]

    public var conference: EventConference
    /// `c-…`.
    public var call: String
    /// `member-…`, and its URL.
    public var member: String
    public var memberUri: String
    /// How many are in the conference after the change.
    public var activeMembers: Int
    /// Whether the member is in it.
    public var isActive: Bool
    public var isHeld = false
    public var isMuted = false

    public init(
        _ member: String, uri: String, call: String, of conference: EventConference, activeMembers: Int
    ) {
        self.conference = conference
        self.call = call
        self.member = member
        memberUri = uri
        self.activeMembers = activeMembers
        isActive = true
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("conferenceId", conference.id)
        members.add("callId", call)
        members.add("memberId", member)
        members.add("memberUri", memberUri)
        members.add("activeMembers", activeMembers)
        members.add("state", isActive ? "active" : "completed")
        members.add("hold", isHeld)
        members.add("mute", isMuted)
        members.add("time", time)
        members.add("tag", conference.tag)
    }
}
