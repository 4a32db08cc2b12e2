import Timeline

/// A sentence began or ceased to be spoken to a whole conference.
public struct ConferenceSpeakEvent: EventBody {
    static let type = CallEventType.conferenceSpeak
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
