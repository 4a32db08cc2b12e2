/// Connections with their destination sets and the policy that orders them, as provisioned.
public struct RoutingGroup: Equatable, Sendable {
    /// `i_routing_group`.
    public var id: Int
    /// Name for people.
    public var name: String
    /// How the routes found are ordered.
    public var policy: RoutingPolicy
    /// The connections, in the order of the `order` policy.
    public var members: [RoutingGroupMember]

    public init(id: Int, name: String, policy: RoutingPolicy = .preference, members: [RoutingGroupMember] = []) {
        self.id = id
        self.name = name
        self.policy = policy
        self.members = members
    }
}

/// One connection of a routing group.
public struct RoutingGroupMember: Equatable, Sendable {
    /// `i_routing_group_member`; 0 until the store has given one.
    public var id = 0
    /// Id of the connection.
    public var connection: Int
    /// Id of the destination set that says what may be called through it.
    public var destinationSet: Int
    /// Higher is tried first where the routes' own preferences are equal.
    public var preference: Int
    /// Share of the calls under the `weighted` policy; 0 is tried after all others.
    public var weight: Int
    /// When it takes part.
    public var validity = Validity()

    public init(connection: Int, destinationSet: Int, preference: Int = 1, weight: Int = 1) {
        self.connection = connection
        self.destinationSet = destinationSet
        self.preference = preference
        self.weight = weight
    }
}

/// How the routes that fit a call are ordered. Ties are broken by the route's preference, then the member's, then
/// the members' order.
public enum RoutingPolicy: String, Hashable, Sendable, CaseIterable {
    /// The route's preference, higher first.
    case preference
    /// The price per minute, lower first.
    case leastCost = "least_cost"
    /// The length of the prefix, longer first.
    case prefix
    /// The order of the group's members.
    case order
    /// Random, each member as often first as its weight says.
    case weighted
}

/// How the media of a bridged call travels.
public enum MediaMode: String, Hashable, Sendable, CaseIterable {
    /// Through the switch.
    case relay
    /// Between the parties.
    case direct
}
