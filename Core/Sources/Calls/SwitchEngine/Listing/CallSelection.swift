import CallControl
import Routing

/// Which calls somebody wants to see or to end.
public struct CallSelection: Equatable, Sendable {
    /// The stages of life that count.
    public enum Population: UInt8, Hashable, Sendable, CaseIterable {
        /// Every state; callers that have been asked for credentials and dead calls included.
        case all
        /// The states in which `CallState.isActive`.
        case active
        /// Calls that have not begun to end.
        case live
    }

    /// Whose calls count.
    public enum Reach: Hashable, Sendable {
        /// Everybody's, those of unknown callers included.
        case everything
        /// Those of the accounts of this customer alone.
        case customer(Int)
        /// Those of the accounts of this customer and of all customers below it.
        case subtree(of: Int)

        /// Whether calls of `customer` count; 0 is the customer of unknown callers.
        public func contains(_ customer: Int, in tables: RoutingTables) -> Bool {
            switch self {
            case .everything: true
            case .customer(let id): customer == id
            case .subtree(let id): customer == id || tables.customer(customer, isWithin: id)
            }
        }
    }

    public var population = Population.all
    public var reach = Reach.everything
    /// Only calls in this state.
    public var state: CallState?
    /// Only calls of this account.
    public var account: Int?
    /// Only calls of this customer and of those below it.
    public var customer: Int?
    /// Only calls that are routed through a connection of this vendor; `connection` wins over it.
    public var vendor: Int?
    /// Only calls that are routed through this connection.
    public var connection: Int?

    public init(_ population: Population = .all, within reach: Reach = .everything) {
        self.population = population
        self.reach = reach
    }
}

/// In which order calls are listed; calls that are equal come by number.
public enum CallOrder: UInt8, Hashable, Sendable, CaseIterable {
    /// By set-up, the earliest first.
    case oldestFirst
    /// By set-up, the latest first.
    case oldestLast
    /// By the time since the answer, the longest first.
    case longestFirst
    /// By the time since the answer, the unanswered first.
    case longestLast
}
