import GRDB

/// A request to call two parties and connect them, as the store keeps it.
public struct StoredCallback: Equatable, Sendable {
    /// How far the request is; what came of a call that was begun stands in the call's record.
    public enum Stage: String, Sendable, CaseIterable {
        /// Waits for its time.
        case scheduled
        /// The call was begun, or is about to be: it is never begun again.
        case started
        /// Called off before the call was begun.
        case cancelled
        /// The call could not be begun; `reason` says why.
        case refused
    }

    /// `i_callback_request`; 0 before the store has given one.
    public var id: Int
    /// `i_account`.
    public var account: Int
    /// The numbers of the two parties, and what each of them sees; nil shows the other's number.
    public var first: String
    public var firstShown: String?
    public var second: String
    public var secondShown: String?
    /// Longest connected call in seconds; nil for the account's.
    public var creditSeconds: Int?
    /// When the call is to be begun, in milliseconds since 1970-01-01 00:00 UTC.
    public var dueMilliseconds: Int64
    public var stage: Stage
    public var reason = ""
    /// Id of the record of the call; nil before it was begun.
    public var record: UInt64?

    public init(account: Int, first: String, second: String, dueMilliseconds: Int64, stage: Stage) {
        id = 0
        self.account = account
        self.first = first
        self.second = second
        self.dueMilliseconds = dueMilliseconds
        self.stage = stage
    }
}

extension StoredCallback {
    init(row: Row) {
        self.init(
            account: row["i_account"], first: row["first"], second: row["second"], dueMilliseconds: row["due_ms"],
            stage: Stage(rawValue: row["stage"]) ?? .refused)
        id = row["id"]
        firstShown = row["first_shown"]
        secondShown = row["second_shown"]
        creditSeconds = row["credit_seconds"]
        reason = row["reason"]
        record = (row["record"] as Int64?).map { UInt64(bitPattern: $0) }
    }

    /// The values of the columns behind `id`.
    var values: StatementArguments {
        [
            account, first, firstShown, second, secondShown, creditSeconds, dueMilliseconds, stage.rawValue, reason,
            record.map { Int64(bitPattern: $0) },
        ]
    }
}
