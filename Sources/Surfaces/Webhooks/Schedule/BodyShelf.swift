import SQLiteStore

/// The events that wait to be sent, with their bodies as far as there is room. Where there is none, those with most bodies
/// of all receivers give up the younger half of them: a queue for a dead receiver takes nothing from the living.
struct BodyShelf: Sendable {
    /// What is known of an event whose turn has come.
    enum Found: Sendable {
        case whole(KeptEvent)
        /// It is to be read again, by its sequence; its id.
        case givenUp(id: String)
    }

    private struct Share {
        var bodies: [Int64: KeptEvent] = [:]
        var bytes = 0

        mutating func add(_ kept: KeptEvent, _ sequence: Int64, _ footprint: Int) {
            bodies[sequence] = kept
            bytes += footprint
        }

        mutating func remove(_ sequence: Int64) -> (kept: KeptEvent, isLast: Bool)? {
            guard let kept = bodies.removeValue(forKey: sequence) else { return nil }
            bytes -= kept.event.footprint
            return (kept, bodies.isEmpty)
        }
    }

    private let capacity: Int
    private var shares: [Int: Share] = [:]
    /// Where each body stands.
    private var receivers: [Int64: Int] = [:]
    /// The ids of events whose bodies were given up.
    private var ids: [Int64: String] = [:]
    /// Bytes of all bodies that are kept, about.
    private(set) var bytes = 0

    /// Room for so many bytes.
    init(capacity: Int) { self.capacity = capacity }

    /// Keeps an event for `receiver`, whatever room there is until `trim`.
    mutating func keep(_ kept: KeptEvent, for receiver: Int) {
        let (sequence, footprint) = (kept.event.sequence, kept.event.footprint)
        shares[receiver, default: Share()].add(kept, sequence, footprint)
        bytes += footprint
        receivers[sequence] = receiver
    }

    /// Takes an event off; nil where it was never kept.
    mutating func release(_ sequence: Int64) -> Found? {
        if let kept = remove(sequence) { return .whole(kept) }
        return ids.removeValue(forKey: sequence).map { .givenUp(id: $0) }
    }

    /// Gives up what there is no room for.
    mutating func trim() {
        while bytes > capacity, let largest = shares.values.max(by: { $0.bytes < $1.bytes }) {
            for sequence in largest.bodies.keys.sorted().suffix((largest.bodies.count + 1) / 2) {
                ids[sequence] = remove(sequence)?.event.id
            }
        }
    }

    private mutating func remove(_ sequence: Int64) -> KeptEvent? {
        guard let receiver = receivers.removeValue(forKey: sequence),
            let (kept, isLast) = shares[receiver]?.remove(sequence)
        else { return nil }
        bytes -= kept.event.footprint
        if isLast { shares[receiver] = nil }
        return kept
    }
}
