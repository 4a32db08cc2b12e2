/// What the HTTP service takes at most, so that no client can use it up.
public struct ServiceLimits: Sendable {
    /// Most connections at once on all listeners.
    public var connections = 1024
    /// Most connections at once from one address.
    public var connectionsPerAddress = 256
    /// Longest wait for a whole request head, and between two parts of a request body.
    public var idleTime: Duration = .seconds(30)
    /// Longest time that nothing of an answer is taken by the client.
    public var stallTime: Duration = .seconds(30)
    /// Largest head of a request in bytes.
    public var headBytes = 32 << 10
    /// Longest wait for requests in progress when the service stops.
    public var stopPatience: Duration = .seconds(2)

    public init() {}
}
