/// The JSON Schema (draft 2020-12) of the events, made from the types that write them.
public enum EventSchema {
    /// The members of the events of `type` behind `eventType`, in their order.
    public static func members(of type: CallEventType) -> [MemberSchema] { body(of: type).schema }

    /// The schema of the events of `type`, as members of a JSON object.
    public static func schema(of type: CallEventType) -> [EventMember] {
        let members = members(of: type)
        var properties = [EventMember("eventType", .object([EventMember("const", .string(type.rawValue))]))]
        properties += members.map { EventMember($0.name, .object($0.definition)) }
        let required = ["eventType"] + members.filter(\.isRequired).map(\.name)
        return [
            EventMember("title", .string("\(type.rawValue) event")), EventMember("type", .string("object")),
            EventMember("properties", .object(properties)), EventMember("required", .strings(required)),
        ]
    }

    /// One document with the schemas of all types, each below `$defs` under the value of its `eventType`; a value is
    /// valid where it is one of them.
    public static var document: [UInt8] {
        let definitions = CallEventType.allCases.map { EventMember($0.rawValue, .object(schema(of: $0))) }
        let choices = CallEventType.allCases.map { type in
            EventValue.object([EventMember("$ref", .string("#/$defs/\(type.rawValue)"))])
        }
        return EventJSON.text(of: [
            EventMember("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            EventMember("title", .string("Voice events of Martlet")), EventMember("oneOf", .array(choices)),
            EventMember("$defs", .object(definitions)),
        ])
    }

    /// The JSON text of a schema.
    public static func text(of members: [EventMember]) -> [UInt8] { EventJSON.text(of: members) }

    private static func body(of type: CallEventType) -> any EventBody.Type {
        switch type {
        case .incomingCall: IncomingCallEvent.self
        case .answer: AnswerEvent.self
        case .hangup: HangupEvent.self
        case .timeout: TimeoutEvent.self
        case .playback: PlaybackEvent.self
        case .speak: SpeakEvent.self
        case .dtmf: DTMFEvent.self
        case .gather: GatherEvent.self
        case .recording: RecordingEvent.self
        case .transcription: TranscriptionEvent.self
        case .transferComplete: TransferCompleteEvent.self
        case .redirect: RedirectEvent.self
        case .conference: ConferenceEvent.self
        case .conferenceMember: ConferenceMemberEvent.self
        case .conferencePlayback: ConferencePlaybackEvent.self
        case .conferenceSpeak: ConferenceSpeakEvent.self
        }
    }
}
