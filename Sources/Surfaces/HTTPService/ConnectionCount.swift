import Addresses
import Synchronization

/// Counts connections, all of them and those of each address.
final class ConnectionCount: Sendable {
    private struct State {
        var total = 0
        var byAddress: [IPAddress: Int] = [:]
    }

    private let limits: ServiceLimits
    private let state = Mutex(State())

    init(_ limits: ServiceLimits) { self.limits = limits }

    /// Whether one more connection from `address` may stay; if so, it counts until `leave`.
    func enter(_ address: IPAddress) -> Bool {
        state.withLock { state in
            let already = state.byAddress[address, default: 0]
            guard state.total < limits.connections, already < limits.connectionsPerAddress else { return false }
            state.total += 1
            state.byAddress[address] = already + 1
            return true
        }
    }

    /// A connection that was counted has ended.
    func leave(_ address: IPAddress) {
        state.withLock { state in
            state.total -= 1
            let left = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = left > 0 ? left : nil
        }
    }
}
