import SQLiteStore

/// Figures about deliveries since the start of the process.
public struct DeliveryStatistics: Equatable, Sendable {
    /// Upper bounds in microseconds by which the durations of attempts are counted.
    public static let bounds: [Int64] = [5_000, 25_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000]

    /// Attempts that a receiver took, that will be or were followed by another one, and that were the last.
    public internal(set) var delivered = 0
    public internal(set) var failed = 0
    public internal(set) var dropped = 0
    /// Attempts that took at most as long as the bound at the same place.
    public internal(set) var atMost = Array(repeating: 0, count: bounds.count)
    /// How long all attempts took together.
    public internal(set) var microseconds: Int64 = 0
    /// Attempts under way.
    public internal(set) var underWay = 0
    /// Events that wait, are tried again later, or are being sent.
    public internal(set) var waiting = 0
    /// When the oldest of them happened, in milliseconds since 1970-01-01 00:00 UTC; nil where there is none.
    public internal(set) var oldestMilliseconds: Int64?

    /// Attempts that have ended.
    public var attempts: Int { delivered + failed + dropped }

    mutating func add(_ attempt: StoredAttempt) {
        switch attempt.outcome {
        case .delivered: delivered += 1
        case .failed: failed += 1
        case .givenUp: dropped += 1
        }
        microseconds += attempt.microseconds
        for place in Self.bounds.indices.reversed() {
            if attempt.microseconds > Self.bounds[place] { break }
            atMost[place] += 1
        }
    }
}
