/// Whose INVITE is being processed in a dialog (RFC 3261 §14): one at a time, with or without an offer.
public struct InviteTurn: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// Nobody's; left by an INVITE in either direction.
        case free
        /// Ours waits for its final response; left by that.
        case local
        /// The peer's waits for our final response; left by that.
        case remote
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        /// We want to send an INVITE.
        case sent
        /// The peer's INVITE came.
        case received
        /// The final response to the INVITE in process went or came, or the INVITE failed.
        case finished
    }

    public enum Verdict: Sendable, BitwiseCopyable {
        /// As it must be.
        case accepted
        /// The peer's INVITE crossed ours: refuse with 491, ours may get the same.
        case glare
        /// The peer sent a second INVITE before the final response to its first: refuse with 500 and Retry-After 0-10 s.
        case foreignInvitePending
        /// We must not send an INVITE now.
        case mustWait
    }

    public private(set) var state: State

    /// A turn in a confirmed dialog is free; that of the INVITE which creates the dialog is its sender's.
    public init(_ state: State = .free) { self.state = state }

    /// Moves on, unless the verdict is a refusal.
    public mutating func receive(_ event: Event) -> Verdict {
        switch (state, event) {
        case (.free, .sent): state = .local
        case (.free, .received): state = .remote
        case (.free, .finished), (.local, .finished), (.remote, .finished): state = .free
        case (.local, .received): return .glare
        case (.remote, .received): return .foreignInvitePending
        case (.local, .sent), (.remote, .sent): return .mustWait
        }
        return .accepted
    }
}
