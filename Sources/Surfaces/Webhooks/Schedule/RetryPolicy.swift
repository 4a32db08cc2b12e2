import Timeline

/// When an event that nobody took is tried again.
public struct RetryPolicy: Equatable, Sendable {
    /// Further rounds after the first; a round is the URL and, where it fails, the fallback URL.
    public var retries: Int
    /// Wait before the first further round; each one after it waits twice as long.
    public var base: Duration = .seconds(1)
    /// Longest wait.
    public var longest: Duration = .seconds(300)

    public init(retries: Int) { self.retries = retries }

    /// The wait after `rounds` failed rounds, a fifth more or less as `dice` falls; nil where it was the last.
    public func wait(after rounds: Int, dice: UInt64) -> Duration? {
        guard rounds <= retries, rounds > 0 else { return nil }
        let exact = min(longest.nanoseconds, base.nanoseconds << Int64(min(rounds - 1, 20)))
        let share = Int64(dice % 401) - 200
        return .nanoseconds(exact + exact / 1000 * share)
    }
}
