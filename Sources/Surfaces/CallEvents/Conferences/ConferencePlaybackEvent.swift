import Timeline

/// A file began or ceased to play to a whole conference.
public struct ConferencePlaybackEvent: EventBody {
    static let type = CallEventType.conferencePlayback
    static let schema = EventConference.playSchema

    /// The conference, with the tag of what is played.
    public var conference: EventConference
    public var status: PlayStatus

    public init(_ conference: EventConference, _ status: PlayStatus) {
        self.conference = conference
        self.status = status
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        conference.writePlay(status, at: time, to: &members)
    }
}
