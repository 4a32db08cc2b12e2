import SIPMessages

/// How one route attempt failed.
public enum AttemptOutcome: Equatable, Sendable {
    /// The peer's final answer, 300 to 699.
    case answered(StatusCode)
    /// No provisional answer within the route's timeout_1xx, or none at all (timer B).
    case noReply
    /// No final answer within the route's timeout_2xx, or timer C.
    case noAnswer
    /// The bytes could not be sent, the stream closed, or the name did not resolve.
    case unreachable
    /// The connection's capacity or rate was used up: nothing was sent.
    case overCapacity
}
