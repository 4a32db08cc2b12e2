/// Whose offer is open in a session (RFC 3264 §4, RFC 6337 §2): at most one at a time, whichever message carries it.
///
/// The offer of a delayed exchange goes out in the 2xx, its answer comes in the ACK: the events are the same.
public struct OfferAnswer: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// No offer is open; left by an offer in either direction.
        case stable
        /// Our offer waits for the peer's answer; left by that, or by a failure.
        case localOfferPending
        /// The peer's offer waits for our answer; left by that, or by a failure.
        case remoteOfferPending
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        case sentOffer
        case receivedOffer
        case sentAnswer
        case receivedAnswer
        /// The message that carried the open offer was refused, or its transaction failed: the session goes on as before.
        case failed
    }

    public enum Verdict: Sendable, BitwiseCopyable {
        /// As it must be.
        case accepted
        /// The peer offers while our own offer is open: refuse with 491.
        case glare
        /// The peer offers while its last offer is unanswered: refuse with 500 and Retry-After 0-10 s (RFC 3311 §5.2).
        case foreignOfferPending
        /// We must not offer now: an offer is open.
        case mustWait
        /// No offer is open in that direction: the description is to be ignored.
        case unexpected
    }

    public private(set) var state = State.stable
    /// Whether one exchange has succeeded.
    public private(set) var hasSession = false

    public init() {}

    /// Moves on, unless the verdict is a refusal.
    public mutating func receive(_ event: Event) -> Verdict {
        switch (state, event) {
        case (.stable, .sentOffer):
            state = .localOfferPending
        case (.stable, .receivedOffer):
            state = .remoteOfferPending
        case (.localOfferPending, .receivedAnswer), (.remoteOfferPending, .sentAnswer):
            state = .stable
            hasSession = true
        case (.localOfferPending, .failed), (.remoteOfferPending, .failed):
            state = .stable
        case (.stable, .failed):
            break
        case (.localOfferPending, .receivedOffer):
            return .glare
        case (.remoteOfferPending, .receivedOffer):
            return .foreignOfferPending
        case (.localOfferPending, .sentOffer), (.remoteOfferPending, .sentOffer):
            return .mustWait
        case (.stable, .sentAnswer), (.stable, .receivedAnswer), (.localOfferPending, .sentAnswer),
            (.remoteOfferPending, .receivedAnswer):
            return .unexpected
        }
        return .accepted
    }
}
