import Accounting
import CallControl
import Timeline

/// What operators do to calls and ask about accounts.
extension SwitchCore {
    /// The accounts directly under `customer` that have calls. Costs as many steps as there are accounts with calls.
    public func accountStatistics(of customer: Int) -> [AccountCallStatistics] {
        accountCounters.statistics(of: customer)
    }

    /// Ends the call with this number if it is within `reach`; whether there is one that is not dead.
    public mutating func disconnect(
        _ number: UInt64, within reach: CallSelection.Reach, by endedBy: EndedBy, at now: Instant,
        into outputs: inout [SwitchOutput]
    ) -> Bool {
        guard let handle = callsByNumber[number] else {
            return reach == .everything && challenged.disconnect(number, at: now)
        }
        let tables = configuration.tables
        let isFound = calls.read(handle) { entry in
            entry.call.state != .dead && reach.contains(entry.call.parties.customer, in: tables)
        }
        guard isFound == true else { return false }
        withCall(handle) { $0.receive(.disconnect(endedBy, detail: ""), at: now, into: &$1) }
        settle(now, &outputs)
        return true
    }

    /// Ends those of the calls that `keys` name which are still there and still selected; how many calls this ended.
    public mutating func disconnect(
        _ keys: some Sequence<CallKey>, _ selection: CallSelection, by endedBy: EndedBy, at now: Instant,
        into outputs: inout [SwitchOutput]
    ) -> Int {
        var count = 0
        for key in keys {
            guard let handle = handle(of: key),
                calls.read(handle, { $0.call.ending == nil && selects($0, selection) }) == true
            else { continue }
            withCall(handle) { $0.receive(.disconnect(endedBy, detail: ""), at: now, into: &$1) }
            count += 1
        }
        settle(now, &outputs)
        return count
    }

    /// Takes note of the state that a call has entered.
    mutating func note(_ state: CallState, of handle: SlotHandle) {
        let noted = calls.update(handle) { entry in
            defer { entry.noted = state }
            return (owner: entry.owner, state: entry.noted)
        }
        if let noted { accountCounters.move(noted.owner, from: noted.state, to: state) }
    }
}

extension CallEntry {
    fileprivate var owner: AccountCallCounters.Owner {
        AccountCallCounters.Owner(account: call.parties.account, customer: call.parties.customer)
    }
}
