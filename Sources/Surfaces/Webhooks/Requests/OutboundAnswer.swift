/// What came of a request.
struct OutboundAnswer: Equatable, Sendable {
    /// The status that was answered; nil where there was no answer.
    var status: Int?
    /// The body, where it is one that is kept and came whole; of one that is too long one byte more than it may have.
    var body: [UInt8] = []
    /// Whether the body is one that is kept.
    var isKept = false
    /// Whether a body that is kept was longer than it may be.
    var isTooLong = false
    /// Why there is no whole answer; nil where there is.
    var failure: OutboundFailure?
}

/// Why a request was not answered.
enum OutboundFailure: Error, Equatable, Sendable, CustomStringConvertible {
    case timedOut
    /// The connection ended before the answer did.
    case closed
    /// The switch is stopping.
    case stopped
    /// Whatever else, in words.
    case other(String)

    /// In words for people.
    var description: String {
        switch self {
        case .timedOut: "timed out"
        case .closed: "the receiver closed the connection"
        case .stopped: "the switch stopped"
        case .other(let reason): reason
        }
    }
}
