import CallControl
import SwitchEngine

/// Which calls a listing shows, and in which order.
public struct CallFilter: Codable, Hashable, Sendable {
    /// The stages of life that are shown.
    public enum Population: String, Codable, Hashable, Sendable, CaseIterable {
        /// Calls in every state.
        case all
        /// Calls in the states Connected, ARComplete and WaitRoute.
        case active
        /// Calls that have not begun to end.
        case live
    }

    /// The order; calls that are equal come by ID.
    public enum Order: String, Codable, Hashable, Sendable, CaseIterable {
        case oldestFirst = "oldest_first"
        case oldestLast = "oldest_last"
        case longestFirst = "longest_first"
        case longestLast = "longest_last"
    }

    /// The states, by the names of `CC_STATE`.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case idle = "Idle"
        case waitAuth = "WaitAuth"
        case waitRoute = "WaitRoute"
        case arComplete = "ARComplete"
        case connected = "Connected"
        case disconnecting = "Disconnecting"
        case dead = "Dead"
    }

    public var population = Population.all
    /// Only calls in this state.
    public var state: State?
    /// Whether calls of the customers below the asking one are shown.
    public var recursive = true
    /// Only calls of this account.
    public var account: Int?
    /// Only calls of this customer's accounts and of those below it.
    public var customer: Int?
    /// Only calls that are routed through a connection of this vendor; `connection` wins over it.
    public var vendor: Int?
    /// Only calls that are routed through this connection.
    public var connection: Int?
    public var order = Order.oldestFirst

    public init(_ population: Population = .all) { self.population = population }

    /// Whether it asks for more than a population in an order.
    public var isNarrow: Bool {
        var plain = CallFilter(population)
        plain.order = order
        return self != plain
    }

    /// The same in the words of the core.
    func selection(in scope: AccessScope) -> CallSelection {
        var selection = CallSelection(.all, within: scope.reach(recursive: recursive))
        switch population {
        case .all: selection.population = .all
        case .active: selection.population = .active
        case .live: selection.population = .live
        }
        selection.state = state.flatMap { state in CallState.allCases.first { $0.name == state.rawValue } }
        selection.account = account
        selection.customer = customer
        selection.vendor = vendor
        selection.connection = connection
        return selection
    }
}

extension CallOrder {
    init(_ order: CallFilter.Order) {
        self =
            switch order {
            case .oldestFirst: .oldestFirst
            case .oldestLast: .oldestLast
            case .longestFirst: .longestFirst
            case .longestLast: .longestLast
            }
    }
}
