import Timeline

/// The server transaction of every method but INVITE and ACK: RFC 3261 §17.2.2 and figure 8.
public struct NonInviteServerTransaction: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// The user has the request and has answered nothing; left by its first response.
        case trying
        /// The user sent a provisional response; left by its final response or a transport error.
        case proceeding
        /// The user sent a final response, which answers every repetition; left by timer J or a transport error.
        case completed
        /// Over: the owner forgets it.
        case terminated
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        /// The request came again.
        case request
        /// The user gives a 1xx response.
        case provisional
        /// The user gives a 200-699 response.
        case final
        /// The transport could not carry a response.
        case transportFailed
    }

    public typealias Effect = ServerTransactionEffect

    public private(set) var state = State.trying
    private let isReliable: Bool
    private let timers: TransactionTimers
    /// Timer J while completed.
    private var timerJ = Instant.distantFuture

    /// Enters trying; the owner has handed the request to the user.
    public init(isReliable: Bool, timers: TransactionTimers) {
        self.isReliable = isReliable
        self.timers = timers
    }

    /// Timer J when it runs.
    public var nextDeadline: Instant? { timerJ == .distantFuture ? nil : timerJ }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.trying, .provisional), (.proceeding, .provisional):
            state = .proceeding
            effects.append(.send)
        case (.trying, .final), (.proceeding, .final):
            effects.append(.send)
            complete(at: now)
        case (.proceeding, .request), (.completed, .request):
            effects.append(.resend)
        case (.proceeding, .transportFailed), (.completed, .transportFailed):
            state = .terminated
            timerJ = .distantFuture
            effects.append(.transportFailed)
        case (.trying, .request), (.trying, .transportFailed),
            (.completed, .provisional), (.completed, .final),
            (.terminated, .request), (.terminated, .provisional), (.terminated, .final),
            (.terminated, .transportFailed):
            break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        guard now >= timerJ else { return }
        state = .terminated
        timerJ = .distantFuture
    }

    private mutating func complete(at now: Instant) {
        if isReliable {
            state = .terminated
        } else {
            state = .completed
            timerJ = now + timers.giveUp
        }
    }
}
