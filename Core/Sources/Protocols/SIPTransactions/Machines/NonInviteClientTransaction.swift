import Timeline

/// The client transaction of every method but INVITE and ACK: RFC 3261 §17.1.2 and figure 6.
public struct NonInviteClientTransaction: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// The request was sent and nothing came back; left by any response, timer F or a transport error.
        case trying
        /// A provisional response came; left by a final response, timer F or a transport error.
        case proceeding
        /// A final response came, whose repetitions are absorbed; left by timer K.
        case completed
        /// Over: the owner forgets it.
        case terminated
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        /// A 1xx response.
        case provisional
        /// A 200-699 response.
        case final
        /// The transport could not carry the request.
        case transportFailed
    }

    public typealias Effect = ClientTransactionEffect

    public private(set) var state = State.trying
    private let isReliable: Bool
    private var resends: UInt8 = 0
    private let timers: TransactionTimers
    /// Timer E until the final response, over an unreliable transport.
    private var timerE = Instant.distantFuture
    /// Timer F until the final response, then timer K.
    private var end: Instant

    /// Enters trying and sends the request.
    public init(isReliable: Bool, timers: TransactionTimers, at now: Instant, into effects: inout [Effect]) {
        self.isReliable = isReliable
        self.timers = timers
        end = now + timers.giveUp
        if !isReliable { timerE = now + timers.t1 }
        effects.append(.send)
    }

    /// The earlier of the running timers.
    public var nextDeadline: Instant? {
        let earlier = min(timerE, end)
        return earlier == .distantFuture ? nil : earlier
    }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.trying, .provisional):
            state = .proceeding
            effects.append(.deliver)
        case (.proceeding, .provisional):
            effects.append(.deliver)
        case (.trying, .final), (.proceeding, .final):
            effects.append(.deliver)
            complete(at: now)
        case (.trying, .transportFailed), (.proceeding, .transportFailed):
            terminate()
            effects.append(.transportFailed)
        case (.completed, .provisional), (.completed, .final), (.completed, .transportFailed),
            (.terminated, .provisional), (.terminated, .final), (.terminated, .transportFailed):
            break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if now >= end {
            let gaveUp = state == .trying || state == .proceeding
            terminate()
            if gaveUp { effects.append(.timedOut) }
        } else if now >= timerE {
            resends = min(resends + 1, 32)
            timerE = now + (state == .proceeding ? timers.t2 : timers.doubledToT2(resends))
            effects.append(.resend)
        }
    }

    private mutating func complete(at now: Instant) {
        timerE = .distantFuture
        if isReliable {
            terminate()
        } else {
            state = .completed
            end = now + timers.t4
        }
    }

    private mutating func terminate() {
        state = .terminated
        timerE = .distantFuture
        end = .distantFuture
    }
}
