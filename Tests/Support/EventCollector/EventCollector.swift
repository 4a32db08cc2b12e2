import Synchronization

/// Gathers what other threads report, and lets a test wait until it has seen enough.
///
/// There is no time limit in it: give the test a `.timeLimit` trait, which cancels the wait.
public final class EventCollector<Event: Sendable>: Sendable {
    private struct Waiter: Sendable {
        let number: Int
        let isSatisfied: @Sendable ([Event]) -> Bool
        let continuation: CheckedContinuation<[Event], Never>
    }

    private struct State: Sendable {
        var events: [Event] = []
        var waiters: [Waiter] = []
        var lastNumber = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything reported so far, oldest first.
    public var events: [Event] { state.withLock { $0.events } }

    /// Reports one event.
    public func report(_ event: Event) { report(contentsOf: [event]) }

    /// Reports events in their order.
    public func report(contentsOf events: [Event]) {
        resume { waiter, all in
            waiter.isSatisfied(all)
        } after: {
            $0 += events
        }
    }

    /// Waits until at least `count` events were reported, and returns all of them.
    @discardableResult
    public func events(atLeast count: Int) async -> [Event] { await events { $0.count >= count } }

    /// Waits until the events satisfy a condition, and returns all of them; earlier when the task is cancelled.
    @discardableResult
    public func events(until isSatisfied: @escaping @Sendable ([Event]) -> Bool) async -> [Event] {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let present = state.withLock { state -> [Event]? in
                    if Task.isCancelled || isSatisfied(state.events) { return state.events }
                    state.waiters.append(Waiter(number: number, isSatisfied: isSatisfied, continuation: continuation))
                    return nil
                }
                if let present { continuation.resume(returning: present) }
            }
        } onCancel: {
            resume { waiter, _ in waiter.number == number }
        }
    }

    private func resume(
        where isDue: (Waiter, [Event]) -> Bool, after change: (inout [Event]) -> Void = { _ in }
    ) {
        let (due, all) = state.withLock { state in
            change(&state.events)
            let all = state.events
            let due = state.waiters.filter { isDue($0, all) }
            state.waiters.removeAll { waiter in due.contains { $0.number == waiter.number } }
            return (due, all)
        }
        for waiter in due { waiter.continuation.resume(returning: all) }
    }
}
