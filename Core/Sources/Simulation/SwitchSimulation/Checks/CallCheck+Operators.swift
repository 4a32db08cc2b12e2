import CallControl
import SwitchEngine

/// Judges what operators are told.
extension CallCheck {
    /// The switch said that it ended so many calls, and put this out in the same step.
    func disconnected(_ count: Int, _ outputs: [SwitchOutput], _ context: inout CheckContext) {
        let ending = outputs.reduce(0) { sum, output in
            if case .event(let event) = output, event.state == .disconnecting { sum + 1 } else { sum }
        }
        if ending != count {
            context.violate(.disconnectCountIsExact, "\(count) calls were to end and \(ending) did", call: nil)
        }
    }

    /// A listing in pages has ended.
    func listed(
        _ rows: [CallSnapshot], present: Set<UInt64>, _ core: SwitchCore, _ context: inout CheckContext
    ) {
        let numbers = rows.map(\.id)
        let listed = Set(numbers)
        if listed.count != numbers.count {
            context.violate(.listingInPagesIsWhole, "a call is listed twice", call: nil)
        }
        if !listed.isSubset(of: present) {
            context.violate(.listingInPagesIsWhole, "a call is listed that came later", call: nil)
        }
        let lasting = present.intersection(core.listing(at: context.now).map(\.id))
        if !lasting.isSubset(of: listed) {
            context.violate(
                .listingInPagesIsWhole, "calls \(lasting.subtracting(listed).sorted()) are not listed", call: nil)
        }
    }

    /// Compares the counters per account with what a whole listing says.
    func checkCounters(_ listing: [CallSnapshot], _ core: SwitchCore, _ context: inout CheckContext) {
        var counts: [Int: AccountCallStatistics] = [:]
        for row in listing where row.state.isActive {
            var count = counts[row.account] ?? AccountCallStatistics(account: row.account, total: 0, connected: 0)
            count.total += 1
            count.connected += row.state == .connected ? 1 : 0
            counts[row.account] = count
        }
        if core.accountStatistics(of: 1) != counts.values.sorted(by: { $0.account < $1.account }) {
            context.violate(.countersMatchListing, "the counters are not what is listed", call: nil)
        }
        let live = listing.reduce(0) { $0 + ($1.state == .dead || $1.account == 0 ? 0 : 1) }
        if live != core.liveCallCount {
            context.violate(
                .countersMatchListing, "\(core.liveCallCount) calls are counted and \(live) live", call: nil)
        }
    }
}
