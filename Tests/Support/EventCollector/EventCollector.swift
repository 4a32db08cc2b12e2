import Synchronization

/// Gathers what other threads report, and lets a test wait until it has seen enough.
///
/// There is no time limit in it: give the test a `.timeLimit` trait.
public final class EventCollector<Event: Sendable>: Sendable {
    private struct Waiter: Sendable {
        let isSatisfied: @Sendable ([Event]) -> Bool
        let continuation: CheckedContinuation<[Event], Never>
    }

    private struct State: Sendable {
        var events: [Event] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything reported so far, oldest first.
    public var events: [Event] { state.withLock { $0.events } }

    /// Reports one event.
    public func report(_ event: Event) { report(contentsOf: [event]) }

    /// Reports events in their order.
    public func report(contentsOf events: [Event]) {
        let (resumed, all) = state.withLock { state in
            state.events += events
            let all = state.events
            let resumed = state.waiters.filter { $0.isSatisfied(all) }
            state.waiters.removeAll { $0.isSatisfied(all) }
            return (resumed, all)
        }
        for waiter in resumed { waiter.continuation.resume(returning: all) }
    }

    /// Waits until at least `count` events were reported, and returns all of them.
    @discardableResult
    public func events(atLeast count: Int) async -> [Event] { await events { $0.count >= count } }

    /// Waits until the events satisfy a condition, and returns all of them.
    @discardableResult
    public func events(until isSatisfied: @escaping @Sendable ([Event]) -> Bool) async -> [Event] {
        await withCheckedContinuation { continuation in
            let present = state.withLock { state -> [Event]? in
                if isSatisfied(state.events) { return state.events }
                state.waiters.append(Waiter(isSatisfied: isSatisfied, continuation: continuation))
                return nil
            }
            if let present { continuation.resume(returning: present) }
        }
    }
}
