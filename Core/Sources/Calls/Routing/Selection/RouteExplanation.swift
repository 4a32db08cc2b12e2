import Accounting

/// What routing would do with a call, for `martlet explain`: made by the code that routes calls.
public struct RouteExplanation: Equatable, Sendable {
    /// One member of the routing group, kept or dropped.
    public struct Line: Equatable, Sendable {
        /// Position of the member in the group.
        public var member: Int
        /// `i_connection`.
        public var connection: Int
        /// Its name.
        public var connectionName: String
        /// `i_destination_set`.
        public var destinationSet: Int
        /// The longest prefix that fits; nil where none does.
        public var prefix: String?
        /// The route's price per minute.
        public var price: Money?
        /// The route's preference.
        public var preference: Int?
        /// Why it was dropped; nil where it was kept.
        public var refusal: RouteRefusal?
        /// Place in the order of trying, from 0; nil where it was dropped.
        public var position: Int?

        /// One plain line, as `1. carrier-a: prefix 44, price 0.01, preference 5`.
        public var sentence: String {
            let found = prefix.map { $0.isEmpty ? "the empty prefix" : "prefix \($0)" } ?? "no prefix"
            let facts = "\(found) of destination set \(destinationSet)"
            switch refusal {
            case nil:
                let rank = position.map { "\($0 + 1). " } ?? ""
                return "\(rank)\(connectionName): \(facts), price \(price ?? .zero), preference \(preference ?? 0)"
            case .noPrefix: return "dropped \(connectionName): no prefix of destination set \(destinationSet) fits"
            case .forbidden: return "dropped \(connectionName): \(facts) is forbidden"
            case .blocked: return "dropped \(connectionName): \(facts) fits, but the connection is blocked"
            case .notAnswering:
                return "dropped \(connectionName): \(facts) fits, but the connection does not answer OPTIONS"
            }
        }
    }

    /// What came of it.
    public var selection: RouteSelection
    /// `i_routing_group`; nil where the account has none.
    public var group: Int?
    /// Its name.
    public var groupName: String?
    /// Its policy.
    public var policy: RoutingPolicy?
    /// Candidates in the order of trying, then the members dropped.
    public var lines: [Line]
}
