/// What becomes of a transfer.
public enum BXMLTransferProgress: Equatable, Sendable {
    /// Somebody has answered; the two are joined after the prompts.
    case answered
    /// Nobody has, in the time or at all.
    case unanswered
    /// There is nobody who could be called.
    case invalid
    /// The callee, having answered, has gone.
    case ended
}

/// What came back of a request.
public enum BXMLReply: Equatable, Sendable {
    case document(BXMLDocument)
    /// An answer without a document, or none.
    case nothing
    /// Something that was meant to be a document.
    case invalid(BXMLError)
}

/// An event that is told by a request of its own.
public enum BXMLCallback: Equatable, Sendable {
    /// The digits, why there are no more, which digit ended them, and the tag of the verb.
    case gather(digits: String, BXMLGatherReason, terminatingDigit: Character?, tag: String?)
    case redirect
    /// The callee of a transfer has gone; with the tag of the verb.
    case transferComplete(tag: String?)
}

/// Why a Gather ended, as events say it.
public enum BXMLGatherReason: String, Equatable, Sendable {
    case maximumDigits = "max-digits"
    case terminatingDigit = "terminating-digit"
    case interDigitTimeout = "inter-digit-timeout"
    case hungUp = "hung-up"
}

/// Why the interpreter ends a call.
public enum BXMLEnding: Equatable, Sendable {
    /// A Hangup.
    case hangUp
    /// There was nothing more to do.
    case verbsDone
    /// A document was waited for and did not come.
    case noDocument
    /// What came could not be followed.
    case invalid(BXMLError)
    /// A transfer named nobody who can be called.
    case invalidTarget
    /// The callee of a transfer has gone.
    case transferDone
}

/// What comes of a reply that is no document.
enum BXMLFallback: Equatable, Sendable {
    /// The call ends.
    case hangUp
    /// It ends when the time for a reply is over, unless something else takes it.
    case linger
    /// It ends as a transfer does.
    case endTransfer
}
