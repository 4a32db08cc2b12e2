import SIPMessages
import Timeline

/// The session timer of one dialog (RFC 4028): who refreshes the session and when, and when it counts as gone.
public struct SessionTimer: Equatable, Sendable {
    /// Least interval that anybody may ask for, in seconds (RFC 4028 §5).
    public static let minimum: UInt32 = 90
    /// When a refused refresh is tried again.
    static let retry: Duration = .seconds(10)

    public enum Effect: Equatable, Sendable {
        /// Refresh the session by re-INVITE.
        case refresh
        /// Nobody refreshed it: hang up.
        case expired
    }

    /// The interval that is wanted, in seconds; a 422 raises it.
    public private(set) var wanted: UInt32
    /// Least interval that the peer's side allows, in seconds, as a 422 told it.
    public private(set) var allowed = SessionTimer.minimum
    /// The interval that was agreed, in seconds; 0 where the session has no timer.
    public private(set) var interval: UInt32 = 0
    /// Whether the refreshes are ours.
    public private(set) var isRefresher = false
    /// The description that we sent last, which a refresh repeats; empty before there is one.
    public var described: [UInt8] = []
    private var refresh: Instant?
    private var expiry: Instant?

    /// A timer that asks for this many seconds, at least 90.
    public init(wanting seconds: UInt32) { wanted = max(seconds, Self.minimum) }

    /// When there is something to do.
    public var nextDeadline: Instant? { Instant.earliest(refresh, expiry) }

    /// Takes what a 2xx says, which is a refresh, too; without an interval the session has no timer. The refresher acts at
    /// half the interval, the other side hangs up a third of it, at most 32 s, before its end (RFC 4028 §10).
    public mutating func agree(on seconds: UInt32?, isRefresher: Bool, at now: Instant) {
        guard let seconds else { return (interval, refresh, expiry) = (0, nil, nil) }
        interval = min(max(seconds, Self.minimum), 86_400)
        self.isRefresher = isRefresher
        let whole = Duration.seconds(Int64(interval))
        refresh = isRefresher ? now + whole / 2 : nil
        expiry = now + (isRefresher ? whole : whole - min(.seconds(32), whole / 3))
    }

    /// The interval was refused as too small; false when asking again makes no sense.
    public mutating func raise(to minimum: UInt32?) -> Bool {
        guard let minimum, minimum > wanted, minimum <= 86_400 else { return false }
        wanted = minimum
        allowed = minimum
        return true
    }

    /// The refresh under way was refused: it is tried again until the session has expired.
    public mutating func refreshFailed(at now: Instant) {
        if isRefresher, expiry != nil { refresh = now + Self.retry }
    }

    /// The peer refused a refresh for good: it will not be refreshed so, but it has shown that it is there.
    public mutating func refreshDeclined(at now: Instant) {
        if isRefresher, expiry != nil { agree(on: interval, isRefresher: true, at: now) }
    }

    /// The session is over.
    public mutating func stop() { (interval, refresh, expiry) = (0, nil, nil) }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        if let deadline = expiry, deadline <= now {
            stop()
            effects.append(.expired)
        } else if let deadline = refresh, deadline <= now {
            refresh = nil
            effects.append(.refresh)
        }
    }
}
