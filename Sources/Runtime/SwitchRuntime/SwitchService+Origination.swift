import Routing
import SwitchEngine

/// Calls that the switch is asked to place.
extension SwitchService {
    /// Begins a call to two parties, one after the other; nil when the switch has stopped.
    public func originate(_ request: OriginationRequest) async -> OriginationOutcome? {
        await shard.change { core, now, outputs in core.originate(request, at: now, into: &outputs) }
    }

    /// The call whose record has, or will have, this id; nil when it is gone.
    public func call(ofRecord record: UInt64) async -> CallSnapshot? {
        await shard.query { $0.core.snapshot(ofRecord: record, at: $0.now) } ?? nil
    }

    /// What `read` finds in the tables in force; nil when the switch has stopped.
    public func read<Value: Sendable>(_ read: @escaping @Sendable (RoutingTables) -> Value) async -> Value? {
        await shard.query { read($0.core.configuration.tables) }
    }
}
