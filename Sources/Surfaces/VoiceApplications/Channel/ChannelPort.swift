import SwitchEngine

/// The door from applications to the switch: a shard, or the testing kit's simulated one.
public protocol ChannelPort: Sendable {
    /// Carries out commands in their order; what comes of them arrives as notices.
    func submit(_ commands: [ChannelCommand])
}
