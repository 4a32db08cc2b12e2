import MediaSessions

/// How a call finds out who has answered it (call-channel.md §2.6). The time-out, from 0.5 to 10 seconds, is how long the
/// judging may take; after it the far end is `unknown`.
public enum LiveSpeakerDetection: Hashable, Sendable {
    /// As `timeoutFromNetworkConnect`.
    case standard(timeout: Duration = standardTimeout)
    /// The time counts from the answer that the network reports.
    case timeoutFromNetworkConnect(timeout: Duration = standardTimeout)
    /// The time counts from the first words, so that a switchboard may ring on behind the network's answer.
    case timeoutFromAnswerDetect(timeout: Duration = standardTimeout)

    /// Seven seconds, as in the original's newest version.
    public static let standardTimeout = FarEndClassifier.standardTimeout

    var timeout: Duration {
        switch self {
        case .standard(let timeout), .timeoutFromNetworkConnect(let timeout), .timeoutFromAnswerDetect(let timeout):
            timeout
        }
    }

    var start: FarEndClassifier.Start {
        switch self {
        case .standard, .timeoutFromNetworkConnect: .networkConnect
        case .timeoutFromAnswerDetect: .answerDetect
        }
    }

    /// Throws where the time-out is out of bounds.
    func check() throws(CallError) {
        guard FarEndClassifier.timeouts.contains(timeout) else {
            throw CallError(.error, "detecting who answers takes a time-out from 0.5 to 10 seconds, not \(timeout)")
        }
    }
}
