import Timeline

/// The time of a simulated world: it stands still while anything is computed and never goes back.
public struct VirtualClock: Sendable {
    /// What the world calls now.
    public private(set) var now: Instant

    public init(startingAt start: Instant = .zero) { now = start }

    /// Moves on to `instant`; an earlier one changes nothing.
    public mutating func advance(to instant: Instant) { now = max(now, instant) }
}
