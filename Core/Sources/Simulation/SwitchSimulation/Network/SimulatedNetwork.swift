import Addresses
import Timeline

/// Decides, seeded, what becomes of each datagram between the switch and its peers.
public struct SimulatedNetwork: Sendable {
    /// What it does to datagrams.
    public let conditions: NetworkConditions
    private var dice: IdentifierSource

    public init(conditions: NetworkConditions, seed: UInt64) {
        self.conditions = conditions
        dice = IdentifierSource(seed: seed)
    }

    /// When the copies of a datagram that is sent now arrive: none for a lost one, two for a doubled one. `peer` is the
    /// end of the way that is not the switch.
    public mutating func arrivals(betweenSwitchAnd peer: IPAddress, at now: Instant) -> (
        first: Instant?, second: Instant?
    ) {
        if conditions.partitions.contains(where: { $0.cuts(peer, at: now) }) { return (nil, nil) }
        if happens(conditions.lostPerMille) { return (nil, nil) }
        let first = arrival(now)
        return (first, happens(conditions.doubledPerMille) ? arrival(now) : nil)
    }

    /// When something arrives that is sent now over a stream, which loses nothing but has to wait while nothing passes.
    public mutating func streamArrival(betweenSwitchAnd peer: IPAddress, at now: Instant) -> Instant {
        var sent = now
        for partition in conditions.partitions where partition.cuts(peer, at: sent) { sent = partition.until }
        return sent + conditions.delay + dice.duration(in: .zero...conditions.jitter)
    }

    private mutating func arrival(_ now: Instant) -> Instant {
        var instant = now + conditions.delay
        if conditions.jitter > .zero { instant = instant + dice.duration(in: .zero...conditions.jitter) }
        if happens(conditions.reorderedPerMille) { instant = instant + conditions.detour }
        return instant
    }

    private mutating func happens(_ perMille: Int) -> Bool {
        perMille > 0 && dice.next() % 1000 < UInt64(perMille)
    }
}
