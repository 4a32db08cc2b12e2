import GRDB

/// An error that a user is shown below `/errors`: a request that was refused, or an event that nobody took.
public struct StoredUserError: Equatable, Sendable {
    /// 0 before the store has given one.
    public var id: Int64 = 0
    /// `u-…`.
    public var user: String
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var milliseconds: Int64
    public var category: String
    public var code: String
    public var message: String
    /// Names and values, as a JSON array of objects.
    public var details: String

    public init(user: String, milliseconds: Int64, category: String, code: String, message: String) {
        self.user = user
        self.milliseconds = milliseconds
        self.category = category
        self.code = code
        self.message = message
        details = "[]"
    }
}

extension StoredUserError {
    init(row: Row) {
        self.init(
            user: row["user"], milliseconds: row["time_ms"], category: row["category"], code: row["code"],
            message: row["message"])
        id = row["id"]
        details = row["details"]
    }
}
