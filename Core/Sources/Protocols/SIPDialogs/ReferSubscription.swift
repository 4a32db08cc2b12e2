import SIPMessages

/// What is heard about a REFER of ours (RFC 3515 §2.4.4).
public enum ReferProgress: Equatable, Sendable {
    /// It was accepted, or the target has not answered yet.
    case pending
    /// The target answered.
    case succeeded
    /// The target refused, or could not be reached.
    case failed(StatusCode)
    /// The peer refused to call the target.
    case refused(StatusCode)
    /// The peer stopped telling because it took too long.
    case timedOut
    /// The peer stopped telling before there was an outcome.
    case forgotten
}

/// The implicit subscription of the sender of a REFER (RFC 3515 §2.4.4, RFC 6665): the outcome is told once, whichever of
/// the answer and the notifications comes first.
public struct ReferSubscription: Equatable, Sendable {
    public enum State: Sendable {
        /// The REFER has no final answer. Exits: `subscribed`, `ended`.
        case requested
        /// The REFER was accepted; notifications come. Exit: `ended`.
        case subscribed
        /// The outcome is known, or will never be.
        case ended
    }

    public enum Event: Equatable, Sendable {
        /// 2xx. Without a subscription nothing more will be told (RFC 4488 §4).
        case accepted(isSubscribed: Bool)
        /// 3xx–6xx, or no answer at all.
        case refused(StatusCode)
        /// NOTIFY, with the status of its fragment where it has one.
        case notified(StatusCode?, SubscriptionEnd?)
    }

    /// Why a subscription ended (RFC 6665 §4.1.3).
    public enum SubscriptionEnd: Equatable, Sendable {
        /// `timeout`.
        case timeout
        /// Any other reason, or none.
        case other
    }

    public typealias Effect = ReferProgress

    public private(set) var state = State.requested
    /// CSeq of the REFER, which `id` of the notifications repeats (RFC 3515 §2.4.6).
    public let number: UInt32

    public init(number: UInt32) { self.number = number }

    public mutating func receive(_ event: Event, into effects: inout [Effect]) {
        switch (state, event) {
        case (.requested, .accepted(isSubscribed: true)):
            state = .subscribed
            effects.append(.pending)
        case (.requested, .accepted(isSubscribed: false)):
            // Nothing more will be heard: the peer has agreed, which is all that can be known.
            end(.succeeded, &effects)
        case (.requested, .refused(let status)): end(.refused(status), &effects)
        case (.requested, .notified(let status, let ending)), (.subscribed, .notified(let status, let ending)):
            notified(status, ending, &effects)
        case (.subscribed, .accepted), (.subscribed, .refused), (.ended, .accepted), (.ended, .refused),
            (.ended, .notified):
            break
        }
    }

    private mutating func notified(_ status: StatusCode?, _ ending: SubscriptionEnd?, _ effects: inout [Effect]) {
        if let status, status.isFinal {
            return end(status.isSuccess ? .succeeded : .failed(status), &effects)
        }
        switch ending {
        case .timeout: end(.timedOut, &effects)
        case .other: end(.forgotten, &effects)
        case nil:
            state = .subscribed
            effects.append(.pending)
        }
    }

    private mutating func end(_ outcome: ReferProgress, _ effects: inout [Effect]) {
        state = .ended
        effects.append(outcome)
    }
}
