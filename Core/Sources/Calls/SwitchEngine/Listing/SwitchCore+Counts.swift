import CallControl
import Timeline

/// How many calls there are in each state, and how many there have been.
public struct CallCounts: Equatable, Sendable {
    /// Calls by state, the position of a state being its raw value.
    private var states: [Int] = Array(repeating: 0, count: CallState.allCases.count)
    /// Calls since the shard began.
    public fileprivate(set) var total: UInt64 = 0

    /// None.
    public init() {}

    /// Calls in `state`.
    public internal(set) subscript(state: CallState) -> Int {
        get { states[Int(state.rawValue)] }
        set { states[Int(state.rawValue)] = newValue }
    }
}

extension SwitchCore {
    /// Counts the calls, and the callers that have been asked for credentials. Costs a look at every call.
    public func callCounts(at now: Instant) -> CallCounts {
        var counts = CallCounts()
        counts.total = numbering.last
        for index in 0..<calls.slotCount {
            guard let handle = calls.handle(at: UInt32(index)) else { continue }
            calls.read(handle) { counts[$0.call.state] += 1 }
        }
        for caller in challenged.rows(at: now) { counts[caller.row.isWaiting(at: now) ? .waitAuth : .dead] += 1 }
        return counts
    }
}
