/// What streams may cost.
public struct StreamLimits: Sendable {
    /// Open streams in total, those being opened included; further peers are turned away.
    public var maximumStreams = 16_000
    /// Open streams of one peer address.
    public var maximumStreamsPerAddress = 12_000
    /// Bytes that wait for one stream to open, or for its peer to read; what goes beyond fails.
    public var maximumQueuedBytes = 1 << 20
    /// How long opening a stream may take.
    public var connectTimeout: Duration = .seconds(5)
    /// How long a message may take from its first byte to its last.
    public var messageTimeout: Duration = .seconds(30)
    /// How long the rest of a body may stay away once the header fields are whole. A peer writes both at once, so bytes
    /// that are missing so long were never sent: its Content-Length is too large (RFC 4475 §3.1.2.2), and it is told so
    /// before it gives up itself.
    public var bodyTimeout: Duration = .milliseconds(450)
    /// How long a stream stays open after its framing was lost, and after `close`, for the peer to read what was sent
    /// to it.
    public var lingerTimeout: Duration = .seconds(3)

    public init() {}
}
