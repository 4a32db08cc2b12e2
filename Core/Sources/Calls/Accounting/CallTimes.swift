import Timeline

/// When the stages of a call were reached.
public struct CallTimes: Equatable, Sendable {
    /// The first INVITE came in.
    public var setup: Instant
    /// `setup` by the wall clock, in milliseconds since 1970-01-01 00:00 UTC.
    public var setupMilliseconds: Int64
    /// The callee began to ring, or early media began.
    public var ringing: Instant?
    /// The callee answered.
    public var answer: Instant?
    /// The call ended.
    public var end: Instant

    public init(setup: Instant, setupMilliseconds: Int64) {
        self.setup = setup
        self.setupMilliseconds = setupMilliseconds
        end = setup
    }

    /// From answer to end; zero for a call that was not answered. Never negative.
    public var duration: Duration { answer.map { max(.zero, end - $0) } ?? .zero }
    /// From setup to ringing, the post-dial delay; nil where it never rang.
    public var postDialDelay: Duration? { ringing.map { $0 - setup } }

    /// `instant` by the wall clock, in milliseconds since 1970-01-01 00:00 UTC.
    public func milliseconds(of instant: Instant) -> Int64 {
        setupMilliseconds &+ (instant - setup).nanoseconds / 1_000_000
    }
}
