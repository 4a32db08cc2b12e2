import Foundation

/// The absolute URLs of a user's resources.
public struct ResourceAddresses: Hashable, Sendable {
    /// Scheme, host and, where a proxy adds one, path in front of `/v1`; without a slash at its end.
    public let base: String
    /// Id of the user.
    public let user: String

    public init(base: String, user: String) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.user = user
    }

    /// The URL of a resource by the segments below the user, as `["calls", "c-1"]`.
    public func url(_ segments: String...) -> String { url(segments) }

    /// The URL of a resource by the segments below the user.
    public func url(_ segments: [String]) -> String {
        ([base, "v1", "users", user.urlSegment] + segments.map(\.urlSegment)).joined(separator: "/")
    }

    public func call(_ id: String) -> String { url("calls", id) }
}

extension String {
    /// The text as one segment of a path: everything but letters, digits and `-._~:@+` is escaped.
    var urlSegment: String { addingPercentEncoding(withAllowedCharacters: Self.segmentCharacters) ?? self }

    private static let segmentCharacters = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@+")
}
