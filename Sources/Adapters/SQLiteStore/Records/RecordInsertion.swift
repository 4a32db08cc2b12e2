import Accounting
import GRDB
import Timeline

/// The prepared statements that write call detail records on one connection.
struct RecordInsertion: ~Copyable {
    private var record: PreparedStatement
    private var attempt: PreparedStatement
    private var beginning: PreparedStatement
    private var ending: PreparedStatement
    private var texts = TextBuffer()
    /// The node of the last record, which is that of nearly all.
    private var node: (name: String, bytes: [UInt8]) = ("", [])
    /// The address of the last record's caller as text.
    private var source: [UInt8] = []

    init(on database: Database) throws {
        let places = Array(repeating: "?", count: 40).joined(separator: ", ")
        let record = try PreparedStatement(
            "INSERT OR IGNORE INTO call_detail_records VALUES (\(places))", on: database)
        let attempt = try PreparedStatement(
            "INSERT OR IGNORE INTO route_attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", on: database)
        let beginning = try PreparedStatement("BEGIN IMMEDIATE", on: database)
        ending = try PreparedStatement("COMMIT", on: database)
        self.record = record
        self.attempt = attempt
        self.beginning = beginning
    }

    /// Begins a transaction; the statement is prepared once, for parsing one costs as much as writing a record.
    mutating func begin() throws { _ = try beginning.execute() }

    /// Makes durable what was written since `begin`.
    mutating func commit() throws { _ = try ending.execute() }

    /// Writes a record and its attempts; false where the id is there already.
    mutating func insert(_ cdr: CallDetailRecord) throws -> Bool {
        let parties = cdr.parties
        let numbers =
            parties.callerNumberIn.count + parties.calledNumberIn.count + parties.callerNumberOut.count
            + parties.calledNumberOut.count + parties.userAgent.count + parties.prefix.count
        if node.name != cdr.node { node = (cdr.node, Array(cdr.node.utf8)) }
        source.removeAll(keepingCapacity: true)
        parties.source?.write(into: &source)
        texts.begin(
            upTo: source.count + numbers + node.bytes.count + cdr.callerCallID.count + cdr.calleeCallID.count
                + cdr.ending.detail.count
        )
        record.bind(Int64(bitPattern: cdr.id))
        record.bind(Int64(bitPattern: cdr.call))
        record.bind(texts.add(node.bytes))
        record.bind(Int64(cdr.environment))
        record.bind(texts.add(cdr.callerCallID))
        record.bind(texts.add(cdr.calleeCallID))
        record.bind(texts.add(parties.callerNumberIn))
        record.bind(texts.add(parties.calledNumberIn))
        record.bind(texts.add(parties.callerNumberOut))
        record.bind(texts.add(parties.calledNumberOut))
        record.bind(Int64(parties.account))
        record.bind(Int64(parties.customer))
        record.bind(Int64(parties.vendor))
        record.bind(Int64(parties.connection))
        bind(cdr.times)
        bind(cdr.ending)
        bind(cdr.callerMedia)
        bind(cdr.calleeMedia)
        record.bind(cdr.origin.word)
        record.bind(texts.add(source))
        record.bind(texts.add(parties.userAgent))
        record.bind(texts.add(parties.prefix))
        record.bind(parties.price.millionths)
        let isNew = try record.execute() > 0
        if isNew { try insert(cdr.attempts, of: cdr.id) }
        return isNew
    }

    private mutating func bind(_ times: CallTimes) {
        record.bind(times.setupMilliseconds)
        record.bind(times.ringing.map { times.milliseconds(of: $0) })
        record.bind(times.answer.map { times.milliseconds(of: $0) })
        record.bind(times.milliseconds(of: times.end))
        record.bind(times.duration.nanoseconds / 1_000_000)
    }

    private mutating func bind(_ ending: CallEnding) {
        record.bind(ending.endedBy.word)
        record.bind(Int64(ending.status))
        record.bind(Int64(ending.cause))
        record.bind(Int64(ending.clearingCause))
        record.bind(Int64(ending.hangupCause))
        record.bind(texts.add(ending.detail))
    }

    private mutating func bind(_ media: CallMediaRecord?) {
        guard let media else {
            for _ in 0..<5 { record.bindNull() }
            return
        }
        record.bind(Int64(clamping: media.packets))
        record.bind(Int64(clamping: media.bytes))
        record.bind(media.lost)
        record.bind(Int64(clamping: media.rejected))
        record.bind(media.jitter.nanoseconds / 1000)
    }

    private mutating func insert(_ attempts: [RouteAttempt], of id: UInt64) throws {
        for (position, route) in attempts.enumerated() {
            texts.begin(upTo: route.reason.count)
            attempt.bind(Int64(bitPattern: id))
            attempt.bind(Int64(position))
            attempt.bind(Int64(route.connection))
            attempt.bind(route.outcome.word)
            attempt.bind(Int64(route.status))
            attempt.bind(route.delay.nanoseconds / 1_000_000)
            attempt.bind(texts.add(route.reason))
            attempt.bind(route.party.word)
            _ = try attempt.execute()
        }
    }
}

extension RouteAttempt.Outcome {
    /// The word as the store holds it.
    var word: StaticString {
        switch self {
        case .connected: "connected"
        case .answered: "answered"
        case .noReply: "no_reply"
        case .noAnswer: "no_answer"
        case .unreachable: "unreachable"
        case .overCapacity: "over_capacity"
        case .abandoned: "abandoned"
        }
    }
}
