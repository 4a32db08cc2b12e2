import SIPMessages
import Timeline

/// What a caller is going to do.
public struct CallerScript: Equatable, Sendable {
    /// What a caller answers a challenge with.
    public enum Credentials: UInt8, Sendable { case none, right, wrong }

    /// Whether the INVITE leaves the offer to the callee.
    public var offersLate = false
    public var credentials = Credentials.none
    /// When it gives up an unanswered call; it does so at the latest after two minutes.
    public var cancelsAfter: Duration = .seconds(120)
    /// What it does once the call is answered.
    public var conduct = CallConduct()

    public init() {}
}

/// What a callee is going to do with one call.
public struct CalleeScript: Equatable, Sendable {
    /// How it takes the INVITE.
    public enum Reply: Equatable, Sendable {
        case accept
        case refuse(StatusCode)
        /// Ring until it is cancelled.
        case ring
        /// Never say a word.
        case silence
    }

    public var reply = Reply.accept
    /// When it begins to ring; nil for not at all.
    public var ringsAfter: Duration? = .milliseconds(50)
    /// Whether it rings with 183 and a description instead of 180.
    public var hasEarlyMedia = false
    /// When it replies.
    public var repliesAfter: Duration = .milliseconds(500)
    /// Whether it asks for credentials first.
    public var challenges = false
    /// Whether a second device answers right after the first.
    public var forks = false
    /// Whether it answers 200 although it was cancelled.
    public var answersCancelled = false
    /// What it does once the call is answered.
    public var conduct = CallConduct()

    public init() {}
}

/// What a party does in an answered call.
public struct CallConduct: Equatable, Sendable {
    /// A change of the session by re-INVITE.
    public enum Change: UInt8, Sendable { case hold, resume, move, addStream, askForOffer }

    /// A change and when it is proposed, counted from the answer.
    public struct Renegotiation: Equatable, Sendable {
        public var after: Duration
        public var change: Change

        public init(after: Duration, _ change: Change) {
            self.after = after
            self.change = change
        }
    }

    /// When it hangs up, counted from the answer; nil leaves that to the other party.
    public var hangsUpAfter: Duration?
    public var renegotiations: [Renegotiation] = []
    /// Whether it acknowledges a 2xx.
    public var acknowledges = true
    /// When it crashes, counted from its first message; nil for never.
    public var vanishesAfter: Duration?
    /// How long it thinks about a re-INVITE.
    public var thinksFor: Duration = .zero
    /// Whether it refuses every re-INVITE with 488.
    public var refusesChanges = false
    /// When it sends INFO, counted from the answer; nil for never.
    public var informsAfter: Duration?

    public init() {}

    /// Whether it neither crashes nor breaks a rule.
    public var isHonest: Bool { acknowledges && vanishesAfter == nil }
}
