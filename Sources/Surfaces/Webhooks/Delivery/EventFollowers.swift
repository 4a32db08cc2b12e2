import SQLiteStore
import Synchronization

/// Those who follow the events of a user: they are told that there is something new, and read it themselves, so that a
/// slow follower costs nothing.
public final class EventFollowers: Sendable {
    private struct State {
        var followers: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var next = 0
        var isStopped = false
    }

    /// Most followers of one user.
    public static let mostPerUser = 64

    private let state = Mutex(State())

    init() {}

    /// Something for every time that there are new events of `user`, and now and then without; several times may
    /// become one. Nil where the user has as many followers as are allowed, or the switch is stopping.
    public func follow(_ user: String) -> AsyncStream<Void>? {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id: Int? = state.withLock { state in
            guard !state.isStopped, state.followers[user]?.count ?? 0 < Self.mostPerUser else { return nil }
            state.next += 1
            state.followers[user, default: [:]][state.next] = continuation
            return state.next
        }
        guard let id else { return nil }
        continuation.onTermination = { [self] _ in
            state.withLock { state in
                state.followers[user]?[id] = nil
                if state.followers[user]?.isEmpty == true { state.followers[user] = nil }
            }
        }
        return stream
    }

    /// Tells who follows the users of `events`.
    func notify(_ events: [StoredEvent]) {
        state.withLock { state in
            guard !state.followers.isEmpty else { return }
            for user in Set(events.map(\.user)) {
                for continuation in state.followers[user, default: [:]].values { continuation.yield() }
            }
        }
    }

    /// Tells every follower that it is still connected.
    func tick() {
        state.withLock { state in
            for follower in state.followers.values.flatMap(\.values) { follower.yield() }
        }
    }

    /// Ends all streams.
    func stop() {
        let all = state.withLock { state in
            state.isStopped = true
            return state.followers.values.flatMap(\.values)
        }
        for continuation in all { continuation.finish() }
    }
}
