import Timeline

/// The INVITE server transaction: RFC 3261 §17.2.1 and figure 7 as amended by RFC 6026 §7.1.
public struct InviteServerTransaction: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// The user has the INVITE and has not finally answered it; left only by its final response.
        case proceeding
        /// The user sent a 2xx and repeats it itself, repeated INVITEs are absorbed; left by timer L.
        case accepted
        /// The user sent a failure, which is repeated until the ACK; left by the ACK, timer H or a transport error.
        case completed
        /// The ACK to a failure came, its repetitions are absorbed; left by timer I.
        case confirmed
        /// Over: the owner forgets it.
        case terminated
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        /// The INVITE came again.
        case request
        /// An ACK that matches the INVITE.
        case acknowledgement
        /// The user gives a 1xx response.
        case provisional
        /// The user gives a 2xx response.
        case success
        /// The user gives a 300-699 response.
        case failure
        /// The transport could not carry a response.
        case transportFailed
    }

    public typealias Effect = ServerTransactionEffect

    public private(set) var state = State.proceeding
    private var hasResponse = false
    private let isReliable: Bool
    private var resends: UInt8 = 0
    private let timers: TransactionTimers
    /// Timer G while completed over an unreliable transport.
    private var timerG = Instant.distantFuture
    /// Timer H while completed, timer I while confirmed, timer L while accepted.
    private var end = Instant.distantFuture

    /// Enters proceeding; the owner has handed the INVITE to the user, who sends 100 at once.
    public init(isReliable: Bool, timers: TransactionTimers) {
        self.isReliable = isReliable
        self.timers = timers
    }

    /// The earlier of the running timers.
    public var nextDeadline: Instant? {
        let earlier = min(timerG, end)
        return earlier == .distantFuture ? nil : earlier
    }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.proceeding, .request):
            if hasResponse { effects.append(.resend) }
        case (.proceeding, .provisional):
            hasResponse = true
            effects.append(.send)
        case (.proceeding, .success):
            state = .accepted
            end = now + timers.giveUp
            effects.append(.send)
        case (.accepted, .success):
            effects.append(.send)
        case (.accepted, .acknowledgement):
            effects.append(.deliverAcknowledgement)
        case (.proceeding, .failure):
            state = .completed
            end = now + timers.giveUp
            if !isReliable { timerG = now + timers.t1 }
            effects.append(.send)
        case (.completed, .request):
            effects.append(.resend)
        case (.completed, .acknowledgement):
            confirm(at: now)
        case (.proceeding, .transportFailed), (.accepted, .transportFailed):
            effects.append(.transportFailed)
        case (.completed, .transportFailed):
            terminate()
            effects.append(.transportFailed)
        case (.proceeding, .acknowledgement),
            (.accepted, .request), (.accepted, .provisional), (.accepted, .failure),
            (.completed, .provisional), (.completed, .success), (.completed, .failure),
            (.confirmed, .request), (.confirmed, .acknowledgement), (.confirmed, .provisional),
            (.confirmed, .success), (.confirmed, .failure), (.confirmed, .transportFailed),
            (.terminated, .request), (.terminated, .acknowledgement), (.terminated, .provisional),
            (.terminated, .success), (.terminated, .failure), (.terminated, .transportFailed):
            break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if now >= end {
            let wasUnacknowledged = state == .completed
            terminate()
            if wasUnacknowledged { effects.append(.unacknowledged) }
        } else if now >= timerG {
            resends = min(resends + 1, 32)
            timerG = now + timers.doubledToT2(resends)
            effects.append(.resend)
        }
    }

    private mutating func confirm(at now: Instant) {
        timerG = .distantFuture
        if isReliable {
            terminate()
        } else {
            state = .confirmed
            end = now + timers.t4
        }
    }

    private mutating func terminate() {
        state = .terminated
        timerG = .distantFuture
        end = .distantFuture
    }
}
