import Accounting
import MediaSessions
import Routing
import SIPMessages
import Timeline

/// The hunt of a call for somebody who answers: its candidates, the attempt under way and what came of the others.
public struct CallHunt: Sendable {
    /// Who is hunted for: the callee, but for the first party of a call that the switch places.
    public internal(set) var side: MediaSide
    /// The routes in the order in which they are tried; freed when the hunt is over.
    public internal(set) var candidates: [RouteCandidate] = []
    /// Position of the attempt under way in `candidates`.
    public internal(set) var position = -1
    /// The attempts that have ended.
    public internal(set) var attempts: [RouteAttempt] = []
    /// What the caller will hear if nobody answers.
    var best = BestAnswer()
    /// The answers of the attempt's connection that end the hunt; nil before anything was sent.
    var huntstopCodes: HuntstopCodes?
    /// When the attempt under way was started.
    var attemptStarted: Instant = .zero
    /// When an attempt without any provisional answer is given up.
    var noResponseDeadline: Instant?
    /// When an attempt without a final answer is given up.
    var noAnswerDeadline: Instant?

    public init(for side: MediaSide = .callee) { self.side = side }

    /// Begins the hunt for the other party through `candidates`; what was tried for the first one is kept.
    mutating func turn(to side: MediaSide, through candidates: [RouteCandidate]) {
        let attempts = attempts
        self = CallHunt(for: side)
        self.candidates = candidates
        self.attempts = attempts
    }

    /// The candidate under way.
    public var current: RouteCandidate? {
        candidates.indices.contains(position) ? candidates[position] : nil
    }

    /// The earliest deadline of the attempt under way.
    var nextDeadline: Instant? { Instant.earliest(noResponseDeadline, noAnswerDeadline) }

    /// Ends the attempt under way with `outcome`.
    mutating func endAttempt(_ outcome: RouteAttempt.Outcome, _ failure: Failure?, at now: Instant) {
        noResponseDeadline = nil
        noAnswerDeadline = nil
        guard let current else { return }
        attempts.append(
            RouteAttempt(
                side == .caller ? .caller : .callee, connection: current.connectionID, outcome: outcome,
                status: failure?.origin == .answered ? failure?.status.rawValue ?? 0 : outcome == .connected ? 200 : 0,
                delay: now - attemptStarted, reason: failure?.phrase ?? []))
    }
}
