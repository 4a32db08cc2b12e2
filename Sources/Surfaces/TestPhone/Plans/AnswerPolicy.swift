import SIPMessages

/// What a phone does with the calls that come in.
public struct AnswerPolicy: Sendable {
    /// The phone's answer.
    public enum Decision: Hashable, Sendable {
        /// Rings, and answers after this time.
        case answer(after: Duration)
        /// Rings until the caller gives up.
        case ring
        /// Refuses with this final status.
        case reject(StatusCode)
    }

    public var decision: Decision
    /// Whether the phone sends 183 with its media instead of 180, and plays before it answers (RFC 3960).
    public var sendsEarlyMedia: Bool
    /// What is sent and listened for.
    public var media: MediaPlan
    /// When the phone hangs up after its answer; nil leaves that to the caller, or to `hangsUpWhenDone`.
    public var duration: Duration?
    /// Whether the phone hangs up once everything was played and dialled.
    public var hangsUpWhenDone: Bool
    /// How many calls it has at the same time; a further one is busy (486).
    public var maximumCalls: Int

    public init(_ decision: Decision = .answer(after: .zero), media: MediaPlan = MediaPlan()) {
        self.decision = decision
        self.media = media
        sendsEarlyMedia = false
        hangsUpWhenDone = false
        maximumCalls = 1000
    }
}
