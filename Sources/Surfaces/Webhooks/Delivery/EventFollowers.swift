import SQLiteStore
import Synchronization

/// Those who follow the events of a user: they are told that there is something new, and read it themselves, so that a
/// slow follower costs nothing.
public final class EventFollowers: Sendable {
    private struct State {
        var followers: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var next = 0
        var isStopped = false
        /// Streams that are being written.
        var writing = 0
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

    /// Runs `write`, which writes a stream to somebody who follows: a stop waits for its end.
    public func writing(_ write: () async throws -> Void) async throws {
        state.withLock { $0.writing += 1 }
        defer { state.withLock { $0.writing -= 1 } }
        try await write()
    }

    /// Ends all streams, and waits until they are written to their end, at most for `limit`; there are no others from then
    /// on.
    public func stop(within limit: Duration = .zero) async {
        let all = state.withLock { state in
            state.isStopped = true
            return state.followers.values.flatMap(\.values)
        }
        for continuation in all { continuation.finish() }
        let deadline = ContinuousClock.now + limit
        while state.withLock({ $0.writing > 0 }), .now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
    }
}
