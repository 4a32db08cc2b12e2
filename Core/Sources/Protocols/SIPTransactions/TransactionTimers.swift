import Timeline

/// The time constants of RFC 3261 §17 and table 4; kept in milliseconds because every transaction carries them.
public struct TransactionTimers: Equatable, Sendable, BitwiseCopyable {
    private var t1Milliseconds: UInt16
    private var t2Milliseconds: UInt16
    private var t4Milliseconds: UInt16
    private var noAnswerMilliseconds: UInt32

    /// Durations are cut to whole milliseconds and clamped: T1, T2 and T4 to 1 ms … 65 s, `noAnswer` to 1 ms … 49 days.
    public init(
        t1: Duration = .milliseconds(500), t2: Duration = .seconds(4), t4: Duration = .seconds(5),
        noAnswer: Duration = .seconds(180)
    ) {
        t1Milliseconds = UInt16(clamping: max(1, t1.nanoseconds / 1_000_000))
        t2Milliseconds = UInt16(clamping: max(1, t2.nanoseconds / 1_000_000))
        t4Milliseconds = UInt16(clamping: max(1, t4.nanoseconds / 1_000_000))
        noAnswerMilliseconds = UInt32(clamping: max(1, noAnswer.nanoseconds / 1_000_000))
    }

    /// The estimated round trip time.
    public var t1: Duration { .milliseconds(t1Milliseconds) }
    /// The longest interval between two sends of a non-INVITE request or of a response to INVITE.
    public var t2: Duration { .milliseconds(t2Milliseconds) }
    /// How long a message can stay in the network.
    public var t4: Duration { .milliseconds(t4Milliseconds) }
    /// Timer C: how long an INVITE may ring; the transaction user's, no transaction runs it (RFC 3261 §16.6).
    public var noAnswer: Duration { .milliseconds(noAnswerMilliseconds) }
    /// 64·T1: timers B, F, H, J, L and M.
    public var giveUp: Duration { .milliseconds(Int64(t1Milliseconds) * 64) }
    /// Timer D over unreliable transports: 64·T1, at least 32 s (RFC 3261 §17.1.1.2).
    public var responseWait: Duration { max(giveUp, .seconds(32)) }

    /// T1·2^count without a bound: timer A (RFC 3261 §17.1.1.2).
    public func doubled(_ count: UInt8) -> Duration { .milliseconds(Int64(t1Milliseconds) << Int64(min(count, 32))) }

    /// T1·2^count, at most T2: timers E and G (RFC 3261 §17.1.2.2, §17.2.1).
    public func doubledToT2(_ count: UInt8) -> Duration { min(doubled(count), t2) }
}
