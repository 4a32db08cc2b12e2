import Hummingbird

/// What a route of the voice REST interface answers.
public enum VoiceRESTResponse: Sendable {
    /// 200 without a body: a command was carried out, something was changed or deleted.
    case done
    /// 201 with the absolute URL of what was made.
    case created(String)
    /// 200 with a JSON value.
    case value(JSONValue)
    /// One page of a list, and whether more follow.
    case page([JSONValue], PageRequest, hasMore: Bool)
    /// Anything else, as a file or a stream of events.
    case other(Response)
}
