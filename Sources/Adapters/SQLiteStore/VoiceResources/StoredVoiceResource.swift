/// A resource of the voice REST interface as the store keeps it: what lists are filtered and sorted by, and the rest as
/// JSON.
public struct StoredVoiceResource: Equatable, Sendable {
    /// What it is.
    public enum Kind: String, Sendable, CaseIterable { case call, recording, bridge, conference }

    public var kind: Kind
    public var id: String
    /// Id of the user.
    public var user: String
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var created: Int64
    /// Caller and called party of a call; empty for others.
    public var origin = ""
    public var destination = ""
    /// Bridges and conferences that a call has been in.
    public var groups: [String] = []
    /// Whether it is over: what is not when the process starts was cut off.
    public var isOver: Bool
    public var body: String

    public init(kind: Kind, id: String, user: String, created: Int64, isOver: Bool, body: String) {
        self.kind = kind
        self.id = id
        self.user = user
        self.created = created
        self.isOver = isOver
        self.body = body
    }
}

/// Which resources of a user are wanted.
public struct VoiceResourceFilter: Equatable, Sendable {
    public var kind: StoredVoiceResource.Kind
    public var user: String
    public var origin: String?
    public var destination: String?
    /// A bridge or a conference that calls have been in.
    public var group: String?
    public var isAscending = false
    public var offset = 0
    /// nil for all.
    public var limit: Int?

    public init(_ kind: StoredVoiceResource.Kind, of user: String) {
        self.kind = kind
        self.user = user
    }
}
