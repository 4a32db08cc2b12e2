/// What routing found for a call.
public enum RouteSelection: Equatable, Sendable {
    /// At least one candidate.
    case routes
    /// The longest prefix of every destination set that fits is forbidden: 403.
    case forbidden
    /// No prefix fits: 404.
    case noRoute
    /// Prefixes fit, but every connection is blocked or does not answer: 503.
    case unavailable
    /// Neither the account nor its customers have a routing group: 403.
    case noRoutingGroup
}

/// Why a member of the routing group gave no candidate.
public enum RouteRefusal: Equatable, Sendable {
    /// No prefix of its destination set begins the number.
    case noPrefix
    /// The longest prefix is forbidden.
    case forbidden
    /// The connection is blocked.
    case blocked
    /// The connection does not answer its OPTIONS.
    case notAnswering
}
