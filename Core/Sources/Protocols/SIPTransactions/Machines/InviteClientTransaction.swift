import Timeline

/// The INVITE client transaction: RFC 3261 §17.1.1 and figure 5 as amended by RFC 6026 §7.2, with the CANCEL rules of
/// RFC 3261 §9.1.
public struct InviteClientTransaction: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// The INVITE was sent and nothing came back; left by any response, timer B or a transport error.
        case calling
        /// A provisional response came; left by a final response, or 64·T1 after the CANCEL.
        case proceeding
        /// A 2xx came, whose repetitions and forks go to the user; left by timer M.
        case accepted
        /// A failure came and was acknowledged; left by timer D or a transport error.
        case completed
        /// Over: the owner forgets it.
        case terminated
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        /// A 1xx response.
        case provisional
        /// A 2xx response.
        case success
        /// A 300-699 response.
        case failure
        /// The user wants the INVITE cancelled.
        case cancel
        /// The transport could not carry what was sent last.
        case transportFailed
    }

    public typealias Effect = ClientTransactionEffect

    public private(set) var state = State.calling
    /// Whether the user asked for a CANCEL; it is sent once a provisional response has come.
    public private(set) var isCancelled = false
    private let isReliable: Bool
    private var resends: UInt8 = 0
    private let timers: TransactionTimers
    /// Timer A while calling over an unreliable transport.
    private var timerA = Instant.distantFuture
    /// Timer B while calling, the 64·T1 of RFC 3261 §9.1 after a CANCEL, timer D when completed, timer M when accepted.
    private var end: Instant

    /// Enters calling and sends the INVITE.
    public init(isReliable: Bool, timers: TransactionTimers, at now: Instant, into effects: inout [Effect]) {
        self.isReliable = isReliable
        self.timers = timers
        end = now + timers.giveUp
        if !isReliable { timerA = now + timers.t1 }
        effects.append(.send)
    }

    /// The earlier of the running timers.
    public var nextDeadline: Instant? {
        let earlier = min(timerA, end)
        return earlier == .distantFuture ? nil : earlier
    }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.calling, .provisional):
            state = .proceeding
            timerA = .distantFuture
            end = .distantFuture
            effects.append(.deliver)
            if isCancelled { sendCancel(at: now, into: &effects) }
        case (.proceeding, .provisional):
            effects.append(.deliver)
        case (.calling, .success), (.proceeding, .success):
            state = .accepted
            timerA = .distantFuture
            end = now + timers.giveUp
            effects.append(.deliver)
        case (.accepted, .success):
            effects.append(.deliver)
        case (.calling, .failure), (.proceeding, .failure):
            effects.append(.acknowledge)
            effects.append(.deliver)
            complete(at: now)
        case (.completed, .failure):
            effects.append(.acknowledgeAgain)
        case (.calling, .cancel):
            isCancelled = true
        case (.proceeding, .cancel):
            if !isCancelled { sendCancel(at: now, into: &effects) }
        case (.calling, .transportFailed), (.proceeding, .transportFailed), (.completed, .transportFailed):
            terminate()
            effects.append(.transportFailed)
        case (.accepted, .provisional), (.accepted, .failure), (.accepted, .cancel), (.accepted, .transportFailed),
            (.completed, .provisional), (.completed, .success), (.completed, .cancel),
            (.terminated, .provisional), (.terminated, .success), (.terminated, .failure), (.terminated, .cancel),
            (.terminated, .transportFailed):
            break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if now >= end {
            let gaveUp = state == .calling || state == .proceeding
            terminate()
            if gaveUp { effects.append(.timedOut) }
        } else if now >= timerA {
            resends = min(resends + 1, 32)
            timerA = now + timers.doubled(resends)
            effects.append(.resend)
        }
    }

    private mutating func sendCancel(at now: Instant, into effects: inout [Effect]) {
        isCancelled = true
        end = now + timers.giveUp
        effects.append(.sendCancel)
    }

    private mutating func complete(at now: Instant) {
        timerA = .distantFuture
        if isReliable {
            terminate()
        } else {
            state = .completed
            end = now + timers.responseWait
        }
    }

    private mutating func terminate() {
        state = .terminated
        timerA = .distantFuture
        end = .distantFuture
    }
}
