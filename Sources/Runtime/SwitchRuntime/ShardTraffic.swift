/// What passed through a shard's datagram listeners since it started.
public struct ShardTraffic: Equatable, Sendable {
    /// Datagrams received.
    public var received: UInt64 = 0
    /// Datagrams sent.
    public var sent: UInt64 = 0
    /// Datagrams that the kernel dropped because we were too slow.
    public var dropped: UInt64 = 0
    /// Datagrams refused by the kernel or reported undeliverable.
    public var failed: UInt64 = 0
}
