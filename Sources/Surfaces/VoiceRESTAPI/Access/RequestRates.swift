import PacketLoop
import Synchronization
import Timeline

/// Counts the requests of each user to each family of resources against a limit per second.
final class RequestRates: Sendable {
    private struct Key: Hashable {
        var user: String
        var family: String
    }

    private struct Window {
        var begin: Instant
        var count: Int
    }

    /// Most windows that are remembered.
    private static let capacity = 4096

    private let limit: Int
    private let windows = Mutex<[Key: Window]>([:])

    /// Allows `limit` requests a second; 0 for no limit.
    init(limit: Int) { self.limit = limit }

    /// Counts a request; nil where it may pass, else how long it would have to wait.
    func wait(_ user: String, _ family: String, at now: Instant = MonotonicClock.now) -> Duration? {
        guard limit > 0 else { return nil }
        let key = Key(user: user, family: family)
        return windows.withLock { windows in
            if windows.count >= Self.capacity { windows = windows.filter { now - $0.value.begin < .seconds(1) } }
            var window = windows[key] ?? Window(begin: now, count: 0)
            if now - window.begin >= .seconds(1) { window = Window(begin: now, count: 0) }
            guard window.count < limit else { return window.begin + .seconds(1) - now }
            window.count += 1
            windows[key] = window
            return nil
        }
    }
}
