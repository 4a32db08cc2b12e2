import GRDB

/// One attempt to deliver an event, as the store keeps it.
public struct StoredAttempt: Equatable, Sendable {
    /// What follows from an attempt.
    public enum Outcome: Int, Sendable {
        /// It failed, and there will be another one.
        case failed
        /// A receiver took the event.
        case delivered
        /// It failed and was the last: the event is dropped.
        case givenUp
    }

    /// Most attempts of one event that are told apart.
    public static let mostAttempts = 255

    /// Sequence of the event.
    public var sequence: Int64
    /// Which attempt it was, from 1.
    public var number: Int
    /// Whether it went to the fallback URL.
    public var isFallback: Bool
    /// When it began, in milliseconds since 1970-01-01 00:00 UTC.
    public var startMilliseconds: Int64
    /// How long it took, in microseconds.
    public var microseconds: Int64
    /// The status that was answered; nil where there was no answer.
    public var status: Int?
    /// What went wrong; nil where nothing did.
    public var error: String?
    /// Whether the event was sent once more because somebody asked for it.
    public var isReplay = false
    public var outcome: Outcome

    public init(sequence: Int64, number: Int, isFallback: Bool, startMilliseconds: Int64, outcome: Outcome) {
        self.sequence = sequence
        self.number = number
        self.isFallback = isFallback
        self.startMilliseconds = startMilliseconds
        self.outcome = outcome
        microseconds = 0
    }

    /// The key of the attempt; all of an event follow one another.
    public var id: Int64 { sequence << 8 | Int64(min(number, Self.mostAttempts)) }
}

extension StoredAttempt {
    init(row: Row) {
        let id: Int64 = row["attempt_id"]
        self.init(
            sequence: id >> 8, number: Int(id & 0xFF), isFallback: row["is_fallback"],
            startMilliseconds: row["started_ms"], outcome: Outcome(rawValue: row["outcome"]) ?? .failed)
        microseconds = row["duration_us"]
        status = row["status"]
        error = row["error"]
        isReplay = row["is_replay"]
    }
}
