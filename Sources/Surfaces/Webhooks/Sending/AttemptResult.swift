/// What came of one attempt to deliver an event.
struct AttemptResult: Equatable, Sendable {
    /// The status that was answered; nil where there was no answer.
    var status: Int?
    /// The body of the answer to a GET, and where that is wanted of one to a POST that is XML; of one that is too long its beginning, one byte
    /// more than is allowed; empty otherwise.
    var body: [UInt8] = []
    /// What went wrong; nil where nothing did.
    var error: String?
    /// Whether the fallback URL was asked.
    var isOfFallback = false

    /// Whether the receiver took the event.
    var isTaken: Bool { status.map { (200..<300).contains($0) } ?? false && !isBroken }

    /// Whether the answer's body matters and did not come whole.
    var isBroken = false

    /// An event that is no longer there to be sent.
    static let forgotten = AttemptResult(status: 200)

    static func failed(_ error: String) -> AttemptResult {
        var result = AttemptResult()
        result.error = error
        return result
    }
}
