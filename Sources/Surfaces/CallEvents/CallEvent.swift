import Timeline

/// One event of a call or a conference: what happened, when, and the id under which receivers know it.
public struct CallEvent: Equatable, Sendable {
    /// `ce-…`; the same however often the event is delivered.
    public let id: String
    /// When it happened.
    public let time: UTCTime
    /// What happened.
    public let content: CallEventContent

    public init(_ content: CallEventContent, at time: UTCTime, id: String = ResourceID.event.make()) {
        self.id = id
        self.time = time
        self.content = content
    }

    /// The value of `eventType`.
    public var type: CallEventType { content.type }

    /// Everything the event carries, in the order in which it is written; `eventType` comes first.
    public var members: [EventMember] {
        var members = EventMembers()
        members.add("eventType", type.rawValue)
        content.body.write(to: &members, at: time)
        return members.list
    }

    /// The event as the body of a POST: one JSON object (RFC 8259) in UTF-8.
    public var json: [UInt8] { EventJSON.text(of: members) }

    /// The event as the query of a GET, without the `?`.
    public var query: String { EventQuery.text(of: members) }
}

/// What happened, by type; a reject is a hangup with the cause CALL_REJECTED.
public enum CallEventContent: Equatable, Sendable {
    case incomingCall(IncomingCallEvent)
    case answer(AnswerEvent)
    case hangup(HangupEvent)
    case timeout(TimeoutEvent)
    case playback(PlaybackEvent)
    case speak(SpeakEvent)
    case dtmf(DTMFEvent)
    case gather(GatherEvent)
    case recording(RecordingEvent)
    case transcription(TranscriptionEvent)
    case transferComplete(TransferCompleteEvent)
    case redirect(RedirectEvent)
    case conference(ConferenceEvent)
    case conferenceMember(ConferenceMemberEvent)
    case conferencePlayback(ConferencePlaybackEvent)
    case conferenceSpeak(ConferenceSpeakEvent)

    /// The value of `eventType`.
    public var type: CallEventType { Swift.type(of: body).type }

    /// The members of the type.
    var body: any EventBody {
        switch self {
        case .incomingCall(let event): event
        case .answer(let event): event
        case .hangup(let event): event
        case .timeout(let event): event
        case .playback(let event): event
        case .speak(let event): event
        case .dtmf(let event): event
        case .gather(let event): event
        case .recording(let event): event
        case .transcription(let event): event
        case .transferComplete(let event): event
        case .redirect(let event): event
        case .conference(let event): event
        case .conferenceMember(let event): event
        case .conferencePlayback(let event): event
        case .conferenceSpeak(let event): event
        }
    }
}
