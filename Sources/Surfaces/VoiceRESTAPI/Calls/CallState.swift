/// The states of a call that the REST side shows: these five and no others, as clients insist on them.
public enum CallState: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is being placed, or came in and is not answered.
    case started
    /// It was refused. Final.
    case rejected
    case active
    /// It is over. Final.
    case completed
    /// It is active, and the call to the transfer's target is under way.
    case transferring

    public var isFinal: Bool { self == .completed || self == .rejected }
}
