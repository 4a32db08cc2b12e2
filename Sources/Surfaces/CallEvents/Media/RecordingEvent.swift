import Timeline

/// A recording is ready, or could not be made.
public struct RecordingEvent: EventBody {
    /// What became of it; written as `state` and as `status`.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case complete, error
    }

    static let type = CallEventType.recording
    static let schema: [MemberSchema] = [
        .always("callId", .string), .always("recordingId", .string), .always("recordingUri", .url),
        .always("state", .oneOf(State.allCases.map(\.rawValue))),
        .always("status", .oneOf(State.allCases.map(\.rawValue))), .always("startTime", .time),
        .always("endTime", .time), .sometimes("tag", .string),
    ]

    /// `c-…`.
    public var call: String
    /// `rec-…`.
    public var recording: String
    /// URL of the recording.
    public var uri: String
    public var state: State
    public var start: UTCTime
    public var end: UTCTime
    public var tag: String?

    public init(
        _ recording: String, uri: String, of call: String, _ state: State, from start: UTCTime, to end: UTCTime
    ) {
        self.call = call
        self.recording = recording
        self.uri = uri
        self.state = state
        self.start = start
        self.end = end
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("callId", call)
        members.add("recordingId", recording)
        members.add("recordingUri", uri)
        members.add("state", state.rawValue)
        members.add("status", state.rawValue)
        members.add("startTime", start)
        members.add("endTime", end)
        members.add("tag", tag)
    }
}
