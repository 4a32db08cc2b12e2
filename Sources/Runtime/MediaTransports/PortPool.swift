/// The pairs of ports on one local address that are free, in random order.
///
/// A pair that comes back is taken again only after all others, so that late packets of an ended call do not meet the
/// next one.
struct PortPool {
    /// A ring of even ports; the first `count` from `head` on are free.
    private var ring: [UInt16]
    private var head = 0
    private(set) var count: Int

    /// All pairs of an even and the next port inside `ports`.
    init(_ ports: ClosedRange<UInt16>) {
        ring = ports.filter { $0 & 1 == 0 && $0 < ports.upperBound && $0 > 0 }.shuffled()
        count = ring.count
    }

    /// Takes the pair that has been free for longest; its even port, or nil when none is free.
    mutating func take() -> UInt16? {
        guard count > 0 else { return nil }
        let port = ring[head]
        head = head + 1 == ring.count ? 0 : head + 1
        count -= 1
        return port
    }

    /// Gives a pair back.
    mutating func giveBack(_ port: UInt16) {
        precondition(count < ring.count)
        let end = head + count
        ring[end < ring.count ? end : end - ring.count] = port
        count += 1
    }
}
