import GRDB

/// The prepared statements that write events, attempts and errors on one connection.
struct EventInsertion: ~Copyable {
    private var event: PreparedStatement
    private var attempt: PreparedStatement
    private var error: PreparedStatement
    private var mark: PreparedStatement
    private var beginning: PreparedStatement
    private var ending: PreparedStatement
    private var texts = TextBuffer()

    init(on database: Database) throws {
        let event = try PreparedStatement(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", on: database)
        let attempt = try PreparedStatement(
            "INSERT OR REPLACE INTO event_attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", on: database)
        let error = try PreparedStatement("INSERT INTO user_errors VALUES (NULL, ?, ?, ?, ?, ?, ?)", on: database)
        let mark = try PreparedStatement("UPDATE event_marks SET settled = ?, newest = ?", on: database)
        let beginning = try PreparedStatement("BEGIN IMMEDIATE", on: database)
        ending = try PreparedStatement("COMMIT", on: database)
        self.event = event
        self.attempt = attempt
        self.error = error
        self.mark = mark
        self.beginning = beginning
    }

    /// Begins a transaction.
    mutating func begin() throws { _ = try beginning.execute() }

    /// Makes durable what was written since `begin`.
    mutating func commit() throws { _ = try ending.execute() }

    mutating func insert(_ stored: borrowing StoredEvent) throws {
        let texts = [stored.id, stored.user, stored.subject, stored.type].map { Array($0.utf8) }
        let url = stored.target.url.map { Array($0.utf8) }
        let fallbackURL = stored.target.fallbackURL.map { Array($0.utf8) }
        var size = stored.body.count + (stored.query?.count ?? 0) + (url?.count ?? 0) + (fallbackURL?.count ?? 0)
        for text in texts { size += text.count }
        self.texts.begin(upTo: size)
        event.bind(stored.sequence)
        for text in texts { event.bind(self.texts.add(text)) }
        event.bind(stored.milliseconds)
        bind(url)
        bind(fallbackURL)
        event.bind(stored.target.isGet ? 1 : 0)
        event.bind(Int64(stored.target.timeoutMilliseconds))
        event.bind(self.texts.add(stored.body))
        bind(stored.query)
        _ = try event.execute()
    }

    private mutating func bind(_ text: [UInt8]?) {
        if let text { event.bind(texts.add(text)) } else { event.bindNull() }
    }

    mutating func insert(_ stored: StoredAttempt) throws {
        let problem = stored.error.map { Array($0.utf8) }
        texts.begin(upTo: problem?.count ?? 0)
        attempt.bind(stored.id)
        attempt.bind(stored.isFallback ? 1 : 0)
        attempt.bind(stored.startMilliseconds)
        attempt.bind(stored.microseconds)
        attempt.bind(stored.status.map { Int64($0) })
        if let problem { attempt.bind(texts.add(problem)) } else { attempt.bindNull() }
        attempt.bind(Int64(stored.outcome.rawValue))
        attempt.bind(stored.isReplay ? 1 : 0)
        _ = try attempt.execute()
    }

    mutating func insert(_ stored: StoredUserError) throws {
        let fields = [stored.category, stored.code, stored.message, stored.details].map { Array($0.utf8) }
        let user = Array(stored.user.utf8)
        texts.begin(upTo: fields.reduce(user.count) { $0 + $1.count })
        error.bind(texts.add(user))
        error.bind(stored.milliseconds)
        for field in fields { error.bind(texts.add(field)) }
        _ = try error.execute()
    }

    /// Notes that no event before `settled` waits to be delivered, and the newest sequence that was given.
    mutating func mark(settled: Int64, newest: Int64) throws {
        mark.bind(settled)
        mark.bind(newest)
        _ = try mark.execute()
    }
}
