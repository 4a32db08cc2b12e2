import Addresses
import Timeline

/// What the simulated network does to datagrams.
public struct NetworkConditions: Equatable, Sendable {
    /// Of a thousand datagrams, how many are lost.
    public var lostPerMille = 0
    /// Of a thousand datagrams, how many arrive twice.
    public var doubledPerMille = 0
    /// Of a thousand datagrams, how many are held up by `detour` and overtaken by others.
    public var reorderedPerMille = 0
    /// The shortest way from one party to another.
    public var delay: Duration = .milliseconds(1)
    /// The most that chance adds to `delay`.
    public var jitter: Duration = .zero
    /// How much longer a datagram takes that is overtaken.
    public var detour: Duration = .milliseconds(35)
    /// When nothing passes.
    public var partitions: [Partition] = []
    /// Whether a datagram to a crashed party comes back as unreachable, as ICMP tells it, or vanishes.
    public var reportsUnreachable = false

    public init() {}

    /// A network that delivers everything once, in order, after a millisecond.
    public static let perfect = NetworkConditions()

    /// Whether every datagram arrives sooner or later, once or more often, or is replaced by its repetitions.
    public var isHonest: Bool { partitions.isEmpty && lostPerMille <= 100 }

    /// A time in which nothing passes between the switch and an address.
    public struct Partition: Equatable, Sendable {
        /// When it begins.
        public var from: Instant
        /// When it is over; `distantFuture` makes the peer silent for ever.
        public var until: Instant
        /// The address cut off; nil for everybody.
        public var address: IPAddress?

        public init(from: Instant, until: Instant, address: IPAddress? = nil) {
            self.from = from
            self.until = until
            self.address = address
        }

        func cuts(_ peer: IPAddress, at now: Instant) -> Bool {
            from <= now && now < until && (address == nil || address == peer)
        }
    }
}
