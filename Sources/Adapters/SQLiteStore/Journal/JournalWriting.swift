import Accounting
import GRDB

/// The prepared statements of one update of the journal.
struct JournalWriting: ~Copyable {
    private var addition: PreparedStatement
    private var removal: PreparedStatement
    private var texts = TextBuffer()

    init(on database: Database) throws {
        let places = Array(repeating: "?", count: 17).joined(separator: ", ")
        let addition = try PreparedStatement(
            "INSERT OR REPLACE INTO calls_in_progress VALUES (\(places))", on: database)
        removal = try PreparedStatement("DELETE FROM calls_in_progress WHERE call = ?", on: database)
        self.addition = addition
    }

    /// Remembers a call.
    mutating func add(_ call: CallInProgress) throws {
        let parties = call.parties
        let node = Array(call.node.utf8)
        let source = Array((parties.source.map { "\($0)" } ?? "").utf8)
        texts.begin(
            upTo: node.count + call.callerCallID.count + parties.callerNumberIn.count + parties.calledNumberIn.count
                + source.count + parties.userAgent.count + parties.prefix.count)
        addition.bind(Int64(bitPattern: call.call))
        addition.bind(texts.add(node))
        addition.bind(Int64(call.environment))
        addition.bind(texts.add(call.callerCallID))
        addition.bind(texts.add(parties.callerNumberIn))
        addition.bind(texts.add(parties.calledNumberIn))
        addition.bind(Int64(parties.account))
        addition.bind(Int64(parties.customer))
        addition.bind(Int64(parties.vendor))
        addition.bind(Int64(parties.connection))
        addition.bind(call.setupMilliseconds)
        addition.bind(call.answerMilliseconds)
        addition.bind(call.origin.word)
        addition.bind(texts.add(source))
        addition.bind(texts.add(parties.userAgent))
        addition.bind(texts.add(parties.prefix))
        addition.bind(parties.price.millionths)
        _ = try addition.execute()
    }

    /// Forgets a call; one that is not there is no error.
    mutating func remove(_ call: UInt64) throws {
        removal.bind(Int64(bitPattern: call))
        _ = try removal.execute()
    }
}
