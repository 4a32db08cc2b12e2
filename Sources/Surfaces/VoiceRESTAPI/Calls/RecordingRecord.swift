import CallEvents
import Timeline

/// A recording as its resource shows it.
public struct RecordingRecord: Hashable, Sendable, Codable {
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case recording
        /// Not yet to be had.
        case saving
        case complete, error
    }

    /// `rec-…`.
    public var id: String
    public var user: String
    /// Id of the call.
    public var call: String
    /// Name of the media file, `{callId}-{n}.wav`.
    public var media: String
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var startTime: Int64
    public var endTime: Int64?
    public var state = State.recording

    init(id: String, user: String, call: String, media: String, startTime: Int64) {
        self.id = id
        self.user = user
        self.call = call
        self.media = media
        self.startTime = startTime
    }

    /// What tells what became of it.
    func event(_ addresses: ResourceAddresses, tag: String?, at now: UTCTime) -> RecordingEvent {
        var event = RecordingEvent(
            id, uri: addresses.url("recordings", id), of: call, state == .complete ? .complete : .error,
            from: UTCTime(milliseconds: startTime), to: UTCTime(milliseconds: endTime ?? now.milliseconds))
        event.tag = tag
        return event
    }

    func resource(_ addresses: ResourceAddresses) -> JSONValue {
        .members([
            "id": .string(id), "startTime": .time(startTime), "endTime": .time(ifAny: endTime),
            "call": .string(addresses.call(call)), "media": .string(addresses.url("media", media)),
            "state": .string(state.rawValue),
        ])
    }
}
