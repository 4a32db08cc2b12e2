import Accounting
import SwitchEngine

/// Where a shard's reports go; each closure is called on the shard's thread, with a batch per iteration, and must
/// return at once.
public struct SwitchSinks: Sendable {
    /// Records to be stored; `SwitchService.recorded` says when they are durable.
    public var records: @Sendable ([CallDetailRecord]) -> Void
    /// Steps in the lives of calls, in their order.
    public var events: @Sendable ([CallEvent]) -> Void

    public init(
        records: @escaping @Sendable ([CallDetailRecord]) -> Void,
        events: @escaping @Sendable ([CallEvent]) -> Void = { _ in }
    ) {
        self.records = records
        self.events = events
    }
}
