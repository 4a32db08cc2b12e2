import Accounting
import Routing
import SwitchEngine

/// Where a shard's reports go; each closure is called on the shard's thread, with a batch per iteration, and must
/// return at once.
public struct SwitchSinks: Sendable {
    /// Records to be stored; `SwitchService.recorded` says when they are durable.
    public var records: @Sendable ([CallDetailRecord]) -> Void
    /// Steps in the lives of calls, in their order.
    public var events: @Sendable ([CallEvent]) -> Void
    /// What applications are told of their channels, in order.
    public var channels: @Sendable ([ChannelNotice]) -> Void

    /// Tables that are about to be in force; called on whichever thread hands them over.
    public var tables: @Sendable (RoutingTables) -> Void = { _ in }

    public init(
        records: @escaping @Sendable ([CallDetailRecord]) -> Void,
        events: @escaping @Sendable ([CallEvent]) -> Void = { _ in },
        channels: @escaping @Sendable ([ChannelNotice]) -> Void = { _ in }
    ) {
        self.records = records
        self.events = events
        self.channels = channels
    }
}
