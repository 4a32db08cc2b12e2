import Timeline

/// The conference that an event is about.
public struct EventConference: Equatable, Sendable {
    /// `conf-…`.
    public var id: String
    /// URL of the conference.
    public var uri: String
    public var tag: String?

    public init(id: String, uri: String, tag: String? = nil) {
        self.id = id
        self.uri = uri
        self.tag = tag
    }

    /// Writes the members of an event that tells of something played to the conference.
    func writePlay(_ status: PlayStatus, at time: UTCTime, to members: inout EventMembers) {
        members.add("conferenceId", id)
        members.add("conferenceUri", uri)
        members.add("status", status.rawValue)
        members.add("time", time)
        members.add("tag", tag)
    }

    /// The members of `writePlay`.
    static let playSchema: [MemberSchema] = [
        .always("conferenceId", .string), .always("conferenceUri", .url), .always("status", PlayStatus.kind),
        .always("time", .time), .sometimes("tag", .string),
    ]
}
