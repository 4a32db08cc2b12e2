import Timeline

/// The text of a recording was asked for, and there is none: no engine transcribes.
public struct TranscriptionEvent: EventBody {
    /// What became of it; written as `state` and as `status`.
    public enum State: String, Hashable, Sendable, CaseIterable { case error }

    static let type = CallEventType.transcription
    static let schema: [MemberSchema] = [
        .always("transcriptionId", .string), .always("recordingId", .string),
        .always("state", .oneOf(State.allCases.map(\.rawValue))),
        .always("status", .oneOf(State.allCases.map(\.rawValue))),
    ]

    /// `t-…`.
    public var transcription: String
    /// `rec-…`.
    public var recording: String

    public init(_ transcription: String, of recording: String) {
        self.transcription = transcription
        self.recording = recording
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("transcriptionId", transcription)
        members.add("recordingId", recording)
        members.add("state", State.error.rawValue)
        members.add("status", State.error.rawValue)
    }
}
