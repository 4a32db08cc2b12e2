import CallControl

/// How many calls each account has, kept while calls change, so that asking costs nothing per call.
struct AccountCallCounters: Sendable {
    /// An account, and the customer that owned it when its calls came in.
    struct Owner: Hashable, Sendable {
        var account: Int
        var customer: Int
    }

    private struct Count {
        var total = 0
        var connected = 0
    }

    private var counts: [Owner: Count] = [:]
    /// Calls in the state `dead`.
    private(set) var dead = 0

    /// A call of `owner` goes from one state to another; one that comes was idle, one that is forgotten is idle again.
    mutating func move(_ owner: Owner, from old: CallState, to new: CallState) {
        dead += (new == .dead ? 1 : 0) - (old == .dead ? 1 : 0)
        let total = (new.isActive ? 1 : 0) - (old.isActive ? 1 : 0)
        let connected = (new == .connected ? 1 : 0) - (old == .connected ? 1 : 0)
        guard total != 0 || connected != 0 else { return }
        let isLast = {
            $0.total += total
            $0.connected += connected
            return $0.total == 0
        }(&counts[owner, default: Count()])
        if isLast { counts[owner] = nil }
    }

    /// The accounts of the customer that have calls, by id.
    func statistics(of customer: Int) -> [AccountCallStatistics] {
        counts.compactMap { owner, count in
            guard owner.customer == customer else { return nil }
            return AccountCallStatistics(account: owner.account, total: count.total, connected: count.connected)
        }.sorted { $0.account < $1.account }
    }
}

/// How many calls an account has.
public struct AccountCallStatistics: Hashable, Sendable {
    /// `i_account`.
    public var account: Int
    /// Calls in the states Connected, ARComplete and WaitRoute.
    public var total: Int
    /// Calls in the state Connected.
    public var connected: Int

    public init(account: Int, total: Int, connected: Int) {
        self.account = account
        self.total = total
        self.connected = connected
    }
}
