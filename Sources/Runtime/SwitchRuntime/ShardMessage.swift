import SwitchEngine
import Timeline

/// What other threads put into a shard's inbox.
enum ShardMessage: Sendable {
    case input(SwitchInput)
    /// Wants to look at the shard between two inputs; gets nil from a shard that has stopped.
    case query(@Sendable (ShardView?) -> Void)
    case change(ShardChange)
}

/// Something to be done to a shard between two inputs, and answered.
struct ShardChange: Sendable {
    /// Does it, on the shard's thread.
    let carryOut: @Sendable (inout SwitchCore, Instant, inout [SwitchOutput]) -> Void
    /// Tells the asker that the shard has stopped.
    let giveUp: @Sendable () -> Void
}

/// A shard as a query sees it.
public struct ShardView {
    /// Everything the shard knows.
    public let core: SwitchCore
    /// What passed through its listeners.
    public let traffic: ShardTraffic
    /// The present instant.
    public let now: Instant
}
