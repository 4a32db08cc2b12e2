import GRDB

/// A voice event as the store keeps it.
public struct StoredEvent: Equatable, Sendable {
    /// Where it goes.
    public struct Target: Equatable, Sendable {
        /// Nil where the event is only kept.
        public var url: String?
        public var fallbackURL: String?
        /// Whether it goes as the query of a GET instead of as the body of a POST.
        public var isGet: Bool
        /// Longest wait for an answer, in milliseconds.
        public var timeoutMilliseconds: Int

        public init(url: String?, fallbackURL: String?, isGet: Bool, timeoutMilliseconds: Int) {
            self.url = url
            self.fallbackURL = fallbackURL
            self.isGet = isGet
            self.timeoutMilliseconds = timeoutMilliseconds
        }
    }

    /// Its place among all events, growing with time; 0 before the journal has given one.
    public var sequence: Int64 = 0
    /// `ce-…`.
    public var id: String
    /// `u-…`.
    public var user: String
    /// `c-…` or `conf-…`.
    public var subject: String
    /// Value of `eventType`.
    public var type: String
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var milliseconds: Int64
    public var target: Target
    /// The event as JSON.
    public var body: [UInt8]
    /// The event as a query, where it goes by GET.
    public var query: [UInt8]?

    public init(
        id: String, user: String, subject: String, type: String, milliseconds: Int64
    ) {
        self.id = id
        self.user = user
        self.subject = subject
        self.type = type
        self.milliseconds = milliseconds
        target = Target(url: nil, fallbackURL: nil, isGet: false, timeoutMilliseconds: 0)
        body = []
    }
}

extension StoredEvent {
    init(row: Row) {
        self.init(
            id: row["id"], user: row["user"], subject: row["subject"], type: row["type"], milliseconds: row["time_ms"])
        sequence = row["sequence"]
        target = Target(
            url: row["url"], fallbackURL: row["fallback_url"], isGet: row["is_get"],
            timeoutMilliseconds: row["timeout_ms"])
        body = Array((row["body"] as String).utf8)
        query = (row["query"] as String?).map { Array($0.utf8) }
    }
}
