/// A point on the monotonic time line of one process, in nanoseconds since an origin that only the runtime knows.
///
/// Pure code receives instants as parameters and never reads a clock; `WallClock` turns them into dates at the edges.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since the process's origin of time.
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The origin of the time line.
    public static let zero = Instant(nanoseconds: 0)
    /// Later than every deadline.
    public static let distantFuture = Instant(nanoseconds: .max)

    @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` after `instant`.
    @inlinable public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &+ duration.nanoseconds)
    }

    /// The first instant not before this one at which everything that only lingers is cleared away, every 2^26 ns (67 ms):
    /// what is late by so little harms nobody, and a wake-up for each thing would cost more than clearing it away.
    @inlinable public var nextClearance: Instant {
        let step: Int64 = 1 << 26
        guard nanoseconds <= .max - step else { return self }
        return Instant(nanoseconds: (nanoseconds + step - 1) & -step)
    }

    /// The earlier of two deadlines, either of which may be missing.
    @inlinable public static func earliest(_ first: Instant?, _ second: Instant?) -> Instant? {
        guard let first else { return second }
        guard let second else { return first }
        return min(first, second)
    }

    /// The time from `earlier` to `later`; negative when they are given the wrong way round.
    @inlinable public static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }
}

extension Duration {
    /// The whole duration in nanoseconds, cut toward zero; durations beyond 292 years are clamped.
    @inlinable public var nanoseconds: Int64 {
        Int64(clamping: attoseconds / 1_000_000_000)
    }

    /// The whole duration in milliseconds, cut toward zero; durations beyond 292 million years are clamped.
    @inlinable public var milliseconds: Int64 {
        Int64(clamping: attoseconds / 1_000_000_000_000_000)
    }

    /// The duration in seconds with its fraction, for records and listings.
    @inlinable public var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
