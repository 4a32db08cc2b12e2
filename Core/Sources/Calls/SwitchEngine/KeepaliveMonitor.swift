import SIPTransactions
import Timeline

/// When each connection with a keep-alive interval is asked OPTIONS next, and which did not answer the last time.
struct KeepaliveMonitor: Sendable {
    /// Marks the transaction users that are connections and not legs.
    private static let mark: UInt64 = 1 << 63

    private var due: [Int: Instant] = [:]
    /// Ids of connections that did not answer; routing skips them.
    private(set) var notAnswering: Set<Int> = []

    /// Whether a connection has not failed to answer; one that is never asked is held alive.
    func holdsAlive(_ id: Int) -> Bool { notAnswering.isEmpty || !notAnswering.contains(id) }

    /// The next time a connection is asked.
    var nextDeadline: Instant? { due.values.min() }

    /// Follows a new configuration: connections that are new are asked at once, those that are gone are forgotten.
    mutating func adopt(_ connections: some Sequence<Int>) {
        var kept: [Int: Instant] = [:]
        for id in connections { kept[id] = due[id] ?? .zero }
        due = kept
        notAnswering = notAnswering.filter { kept[$0] != nil }
    }

    /// The connections to be asked now, in the order of their ids.
    func expired(at now: Instant) -> [Int] { due.filter { $0.value <= now }.keys.sorted() }

    /// A connection is being asked; it is asked again after `interval`.
    mutating func asked(_ id: Int, at now: Instant, interval: Duration) { due[id] = now + interval }

    /// A connection answered, or did not in time.
    mutating func heard(from id: Int, answers: Bool) {
        guard due[id] != nil else { return }
        if answers { notAnswering.remove(id) } else { notAnswering.insert(id) }
    }

    /// How the transactions name a connection.
    static func user(_ id: Int) -> TransactionUser { TransactionUser(rawValue: mark | UInt64(UInt32(clamping: id))) }

    /// The connection that a transaction user names; nil for legs.
    static func connection(_ user: TransactionUser) -> Int? {
        user.rawValue & mark == 0 ? nil : Int(user.rawValue & 0xFFFF_FFFF)
    }
}
