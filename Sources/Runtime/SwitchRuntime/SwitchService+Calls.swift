import Accounting
import PacketLoop
import Routing
import SwitchEngine
import Timeline

/// What surfaces ask about calls and do to them: in pieces, so that new calls are set up in between.
extension SwitchService {
    /// The calls selected, in order, page by page as they are asked for.
    public func callPages(_ selection: CallSelection = CallSelection(), in order: CallOrder = .oldestFirst) -> CallPages
    {
        CallPages(shard: shard, selection: selection, order: order)
    }

    /// The calls selected, in order; none when the switch has stopped.
    public func calls(
        _ selection: CallSelection = CallSelection(), in order: CallOrder = .oldestFirst
    ) async -> [CallSnapshot] {
        var calls: [CallSnapshot] = []
        for await page in callPages(selection, in: order) { calls += page }
        return calls
    }

    /// How many calls are selected.
    public func callCount(_ selection: CallSelection) async -> Int {
        await callPages(selection).gather()?.keys.count ?? 0
    }

    /// One call; nil when it is gone, or none of `reach`.
    public func call(_ number: UInt64, within reach: CallSelection.Reach = .everything) async -> CallSnapshot? {
        await shard.query { view in
            view.core.snapshot(of: number, at: view.now).flatMap {
                reach.contains($0.customer, in: view.core.configuration.tables) ? $0 : nil
            }
        } ?? nil
    }

    /// Ends the call with this number if it is one of `reach`; false when there is none, or it is dead.
    public func disconnect(
        _ number: UInt64, within reach: CallSelection.Reach = .everything, by endedBy: EndedBy
    ) async -> Bool {
        await shard.change { core, now, outputs in
            core.disconnect(number, within: reach, by: endedBy, at: now, into: &outputs)
        } ?? false
    }

    /// Ends the calls selected that have come before this was asked; how many calls this ended.
    public func disconnectAll(_ selection: CallSelection, by endedBy: EndedBy, pace: DisconnectPace) async -> Int {
        let pages = CallPages(shard: shard, selection: selection, order: .oldestFirst)
        guard let (frame, keys) = await pages.gather() else { return 0 }
        var count = 0
        let start = MonotonicClock.now
        for position in stride(from: 0, to: keys.count, by: pace.batch) {
            let batch = Array(keys[position..<min(position + pace.batch, keys.count)])
            count +=
                await shard.change { core, now, outputs in
                    core.disconnect(batch, frame.selection, by: endedBy, at: now, into: &outputs)
                } ?? 0
            let due = start + pace.interval * (position / pace.batch + 1)
            let wait = due - MonotonicClock.now
            if wait > .zero && position + pace.batch < keys.count { try? await Task.sleep(for: wait) }
        }
        return count
    }

    /// How many calls are in each state; nil when the switch has stopped. Costs a look at every call.
    public func callCounts() async -> CallCounts? { await shard.query { $0.core.callCounts(at: $0.now) } }

    /// The tables in force; nil when the switch has stopped.
    public func tables() async -> RoutingTables? { await shard.query { $0.core.configuration.tables } }

    /// Asks the tables in force; false when the switch has stopped.
    public func tables(satisfy check: @escaping @Sendable (RoutingTables) -> Bool) async -> Bool {
        await shard.query { check($0.core.configuration.tables) } ?? false
    }

    /// The accounts directly under `customer` that have calls, by id.
    public func accountStatistics(of customer: Int) async -> [AccountCallStatistics] {
        await shard.query { $0.core.accountStatistics(of: customer) } ?? []
    }
}

/// How fast many calls are ended, so that the parties can follow and new calls are not kept waiting.
public struct DisconnectPace: Equatable, Sendable {
    /// Calls ended in one go, during which the shard does nothing else.
    public var batch: Int
    /// Shortest time from one batch to the next.
    public var interval: Duration

    public init(batch: Int, interval: Duration) {
        self.batch = batch
        self.interval = interval
    }

    /// 5,000 calls a second.
    public static let operators = DisconnectPace(batch: 10, interval: .milliseconds(2))
    /// As fast as the shard can: when it stops anyhow.
    public static let unlimited = DisconnectPace(batch: 64, interval: .zero)
}
