/// The URLs of one user's resources, as `*Uri` members, `Location` and `Link` write them.
public struct ResourceAddresses: Hashable, Sendable {
    /// `http://127.0.0.1:8080/v1/users/u-demo`, without a slash at its end.
    public let user: String

    /// Addresses below `base`, as "http://127.0.0.1:8080", of the user `id`.
    public init(base: String, user id: String) {
        let trimmed = base.hasSuffix("/") ? String(base.dropLast()) : base
        user = "\(trimmed)/v1/users/\(id)"
    }

    /// Of a call.
    public func call(_ id: String) -> String { "\(user)/calls/\(id)" }
    /// Of a recording.
    public func recording(_ id: String) -> String { "\(user)/recordings/\(id)" }
    /// Of a bridge.
    public func bridge(_ id: String) -> String { "\(user)/bridges/\(id)" }
    /// Of a conference.
    public func conference(_ id: String) -> String { "\(user)/conferences/\(id)" }
    /// Of a member of a conference.
    public func member(_ id: String, of conference: String) -> String {
        "\(user)/conferences/\(conference)/members/\(id)"
    }
    /// Of an application.
    public func application(_ id: String) -> String { "\(user)/applications/\(id)" }
    /// Of a media file.
    public func media(_ name: String) -> String { "\(user)/media/\(EventQuery.encode(name))" }
}
