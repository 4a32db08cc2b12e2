import SIPMessages
import SIPTransactions
import Timeline

/// Repeats a 2xx to INVITE until its ACK comes (RFC 3261 §13.3.1.4). The owner keeps the bytes and has just sent them.
public struct SuccessRetransmission: Equatable, Sendable, BitwiseCopyable {
    public enum State: Sendable, BitwiseCopyable {
        /// No ACK yet; left by the ACK or after 64·T1.
        case waiting
        /// The ACK came.
        case acknowledged
        /// No ACK came: the dialog is to be ended with BYE.
        case gaveUp
    }

    public enum Event: CaseIterable, Sendable, BitwiseCopyable {
        /// The ACK came.
        case acknowledgement
    }

    public enum Effect: Equatable, Sendable, BitwiseCopyable {
        /// Send the 2xx again.
        case transmit
        /// Tell the user that no ACK came.
        case unacknowledged
    }

    public private(set) var state = State.waiting
    private var resends: UInt8 = 0
    private let timers: TransactionTimers
    private var nextSend: Instant
    private var end: Instant

    /// Starts with the first send at `now`. Where no hop can lose the response nothing is repeated, but the ACK is still
    /// waited for.
    public init(hasUnreliableHop: Bool, timers: TransactionTimers, at now: Instant) {
        self.timers = timers
        nextSend = hasUnreliableHop ? now + timers.t1 : .distantFuture
        end = now + timers.giveUp
    }

    /// Whether the response to `request` can get lost: it came as a datagram, or through a proxy whose other side may
    /// be unreliable.
    public static func hasUnreliableHop(_ request: SIPMessage, over flow: Flow) -> Bool {
        guard flow.transport.isReliable else { return true }
        var count = 0
        request.forEachValue(of: .via) { _ in count += 1 }
        return count > 1
    }

    /// The next send, or the end of waiting.
    public var nextDeadline: Instant? {
        let earlier = min(nextSend, end)
        return earlier == .distantFuture ? nil : earlier
    }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.waiting, .acknowledgement): finish(.acknowledged)
        case (.acknowledged, .acknowledgement), (.gaveUp, .acknowledgement): break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if now >= end {
            finish(.gaveUp)
            effects.append(.unacknowledged)
        } else if now >= nextSend {
            resends = min(resends + 1, 32)
            nextSend = now + timers.doubledToT2(resends)
            effects.append(.transmit)
        }
    }

    private mutating func finish(_ state: State) {
        self.state = state
        nextSend = .distantFuture
        end = .distantFuture
    }
}
