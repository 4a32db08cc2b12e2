import Accounting

/// A table of prefixes with prices and preferences, as provisioned.
public struct DestinationSet: Equatable, Sendable {
    /// `i_destination_set`.
    public var id: Int
    /// Name for people.
    public var name: String
    /// The prefixes, each at most once.
    public var routes: [Route]

    public init(id: Int, name: String, routes: [Route] = []) {
        self.id = id
        self.name = name
        self.routes = routes
    }
}

/// One prefix of a destination set.
public struct Route: Equatable, Sendable {
    /// Beginning of the dialled number after the account's translation; empty for every number.
    public var prefix: String
    /// Higher is tried first.
    public var preference = 1
    /// Price per minute in the currency of the set.
    public var price: Money = .zero
    /// Longest wait for a provisional answer; nil for no limit but the transaction's.
    public var timeout1xx: Duration? = .seconds(5)
    /// Longest wait for a final answer; nil for no limit but the transaction's.
    public var timeout2xx: Duration? = .seconds(60)
    /// Whether no other route is tried after this one.
    public var huntstop = false
    /// Whether numbers with this prefix may not be called through the set.
    public var forbidden = false
    /// When it is in force.
    public var validity = Validity()

    public init(prefix: String) {
        self.prefix = prefix
    }
}
