import NIOCore
import NIOPosix
import SQLiteStore
import Synchronization
import Timeline

/// Delivers events that are durable: does what `DeliverySchedule` says, on one thread of its own.
///
/// Bodies of events that wait are kept up to a limit; beyond it they are read from the store again when their turn
/// comes, so that a queue for a dead receiver costs disk and not memory.
final class DeliveryEngine: Sendable {
    /// Bytes of bodies that are kept in memory.
    private static let mostBytes = 2 << 20
    /// Waits between tries to read an event that the store does not give.
    private static let readingPause: ClosedRange<TimeAmount> = .milliseconds(100)...TimeAmount.seconds(5)

    /// What the service does about deliveries.
    struct Handlers: Sendable {
        /// Writes down attempts.
        var record: @Sendable ([StoredAttempt]) -> Void
        /// An event is done with; `result` is that of its last attempt.
        var settled: @Sendable (KeptEvent, AttemptResult) -> Void
        /// Reads an event whose body was not kept; nil where it was forgotten. May wait.
        var read: @Sendable (Int64) throws -> StoredEvent?
        /// An event was forgotten before its turn came; its id.
        var forgotten: @Sendable (String) -> Void
    }

    private struct Attempt: Sendable {
        var sequence: Int64
        var side: DeliverySchedule.Side
        /// Nil for an event of an earlier process.
        var known: BodyShelf.Found?
    }

    fileprivate struct Attempted {
        var kept: KeptEvent
        var start: ContinuousClock.Instant
        var startMilliseconds: Int64
        var result = AttemptResult.failed("not attempted")
        var microseconds: Int64 = 0
    }

    /// What follows from one change of the schedule.
    private struct Round {
        var effects: [DeliverySchedule.Effect] = []
        var attempts: [Attempt] = []
        var records: [StoredAttempt] = []
        var settled: [Attempted] = []
    }

    fileprivate struct State {
        var schedule: DeliverySchedule
        /// Events that wait.
        var waiting = BodyShelf(capacity: mostBytes)
        var attempted: [Int64: Attempted] = [:]
        /// Events that are delivered once more.
        var replayed: Set<Int64> = []
        /// Attempts that have ended in this round of the loop, in their order.
        var ended: [(sequence: Int64, isTaken: Bool)] = []
        var statistics = DeliveryStatistics()
        /// The newest event that was taken over.
        var newest: Int64 = 0
        var timer: Scheduled<Void>?
        var timerDeadline: Instant?
        var isStopped = false
        var restWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let sender: CallbackSender
    private let readers: NIOThreadPool
    private let loop: any EventLoop
    private let handlers: Handlers
    private let clock = ContinuousClock()
    private let origin = ContinuousClock.now

    init(
        policy: RetryPolicy, sender: CallbackSender, loop: any EventLoop, handlers: Handlers
    ) {
        state = Mutex(State(schedule: DeliverySchedule(policy: policy)))
        self.sender = sender
        self.loop = loop
        self.handlers = handlers
        readers = NIOThreadPool(numberOfThreads: 1)
        readers.start()
    }

    private var now: Instant { .zero + (clock.now - origin) }

    /// Takes over events that are durable, in their order; those without a URL are passed over.
    func take(_ events: [StoredEvent]) {
        let items = events.compactMap { event in
            item(event, attempts: 0).map { (KeptEvent(event), $0, event.subject) }
        }
        take(items, newest: events.last?.sequence)
    }

    /// Takes over events that an earlier process left behind, without their bodies, and the numbers of their attempts;
    /// `newest` is the last event of that process.
    func resume(_ events: [(event: StoredEvent, attempts: Int)], newest: Int64) {
        let items = events.compactMap { event, attempts in
            item(event, attempts: attempts).map { (nil as KeptEvent?, $0, event.subject) }
        }
        take(items, newest: newest)
    }

    /// Delivers events once more, beside what their subjects have to deliver but behind others of `line`, with the numbers
    /// of attempts that were made before. Gives how many: those that are being delivered already are passed over.
    func repeatDelivery(_ events: [(event: StoredEvent, attempts: Int)], line: String) -> Int {
        let items = events.compactMap { event, attempts in
            item(event, attempts: attempts).map { (KeptEvent(event) as KeptEvent?, $0, line) }
        }
        return take(items, newest: nil, isReplay: true)
    }

    private func item(_ event: StoredEvent, attempts: Int) -> DeliverySchedule.Item? {
        guard let url = event.target.url else { return nil }
        func keys(_ text: String) -> (receiver: Int, resource: Int) {
            guard let url = sender.parse(text) else { return (text.hashValue, text.hashValue) }
            return (url.receiver, url.resource)
        }
        let (main, fallback) = (keys(url), event.target.fallbackURL.map(keys))
        var item = DeliverySchedule.Item(
            sequence: event.sequence, receiver: main.receiver, fallback: fallback?.receiver, attempts: attempts,
            milliseconds: event.milliseconds)
        item.url = main.resource
        item.fallbackURL = fallback?.resource ?? 0
        return item
    }

    /// Gives how many were not held already.
    @discardableResult
    private func take(
        _ items: [(event: KeptEvent?, item: DeliverySchedule.Item, line: String)], newest: Int64?,
        isReplay: Bool = false
    ) -> Int {
        var count = 0
        perform { state, now, round in
            for (event, item, line) in items where !state.schedule.holds(item.sequence) {
                count += 1
                if isReplay { state.replayed.insert(item.sequence) }
                state.schedule.receive(.queued(item, subject: line), at: now, into: &round.effects)
                guard let event else { continue }
                // Most are sent at once and need no place among those who wait.
                if case .attempt(item.sequence, let side, number: _)? = round.effects.last {
                    round.effects.removeLast()
                    round.attempts.append(Attempt(sequence: item.sequence, side: side, known: .whole(event)))
                } else {
                    state.waiting.keep(event, for: item.receiver)
                }
            }
            if let newest { state.newest = max(state.newest, newest) }
        }
        return count
    }

    /// No event before this sequence waits to be delivered. Costs a look at every subject that has one.
    var settledBefore: Int64 {
        state.withLock { min($0.schedule.earliest ?? .max, $0.newest + 1) }
    }

    /// How many attempts are under way and how many subjects have events that wait.
    var counts: (attempts: Int, lines: Int) { state.withLock { ($0.schedule.attemptCount, $0.schedule.lineCount) } }

    /// Figures; costs a look at every subject that has an event that waits.
    var statistics: DeliveryStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.underWay = state.schedule.attemptCount
            statistics.waiting = state.schedule.heldCount
            statistics.oldestMilliseconds = state.schedule.oldest
            return statistics
        }
    }

    /// Returns when nothing is attempted or could be, at most after `limit`.
    func rested(within limit: Duration) async {
        let timeout = loop.scheduleTask(in: .nanoseconds(limit.nanoseconds)) { self.wakeRestWaiters() }
        await withCheckedContinuation { continuation in
            let isAtRest = state.withLock { state in
                if !state.schedule.isAtRest { state.restWaiters.append(continuation) }
                return state.schedule.isAtRest
            }
            if isAtRest { continuation.resume() }
        }
        timeout.cancel()
    }

    private func wakeRestWaiters() {
        let waiters = state.withLock { state in
            defer { state.restWaiters = [] }
            return state.restWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Attempts nothing any more. What was not delivered is delivered after the next start.
    func stop() async {
        state.withLock { state in
            state.isStopped = true
            state.timer?.cancel()
        }
        await sender.stop()
        try? await readers.shutdownGracefully()
    }

    // MARK: Effects

    /// Changes the schedule and does what follows.
    private func perform(_ change: (inout State, Instant, inout Round) -> Void) {
        var round = Round()
        var isAtRest = false
        state.withLock { state in
            guard !state.isStopped else { return }
            change(&state, now, &round)
            for effect in round.effects { Self.follow(effect, &state, &round) }
            // After the effects, so that what is sent at once is never given up.
            state.waiting.trim()
            setTimer(&state)
            isAtRest = !state.restWaiters.isEmpty && state.schedule.isAtRest
        }
        if !round.records.isEmpty { handlers.record(round.records) }
        for attempted in round.settled { handlers.settled(attempted.kept, attempted.result) }
        if !round.attempts.isEmpty { begin(round.attempts) }
        if isAtRest { wakeRestWaiters() }
    }

    private static func follow(_ effect: DeliverySchedule.Effect, _ state: inout State, _ round: inout Round) {
        switch effect {
        case .attempt(let sequence, let side, number: _):
            let known = state.attempted[sequence].map { .whole($0.kept) } ?? state.waiting.release(sequence)
            round.attempts.append(Attempt(sequence: sequence, side: side, known: known))
        case .record(let sequence, let side, let number, let outcome):
            guard var record = state.attempted[sequence]?.record(sequence, side, number, outcome) else { return }
            record.isReplay = state.replayed.contains(sequence)
            state.statistics.add(record)
            round.records.append(record)
        case .settled(let sequence, isTaken: _):
            if !state.replayed.isEmpty { state.replayed.remove(sequence) }
            guard let attempted = state.attempted.removeValue(forKey: sequence) else { return }
            round.settled.append(attempted)
        }
    }

    /// Begins attempts on the loop, all in one hop.
    private func begin(_ attempts: [Attempt]) {
        if loop.inEventLoop { return beginHere(attempts) }
        loop.execute { [self] in beginHere(attempts) }
    }

    private func beginHere(_ attempts: [Attempt]) {
        for next in attempts {
            if case .whole(let kept) = next.known { attempt(kept, next.side) } else { load(next) }
        }
    }

    /// Reads an event and attempts it; where the store fails, again after a while, for nothing that is there may be lost.
    private func load(_ next: Attempt, after pause: TimeAmount = readingPause.lowerBound) {
        readers.submit { [self] workState in
            guard workState == .active else { return }
            let found = Result { try handlers.read(next.sequence) }
            loop.execute { [self] in
                switch found {
                case .success(let event?): attempt(KeptEvent(event), next.side)
                // It was forgotten for its age or number.
                case .success(nil):
                    ended(next.sequence, .forgotten)
                    if case .givenUp(let id) = next.known { handlers.forgotten(id) }
                case .failure:
                    guard !state.withLock({ $0.isStopped }) else { return }
                    loop.scheduleTask(in: pause) { [self] in
                        load(next, after: min(pause * 2, Self.readingPause.upperBound))
                    }
                }
            }
        }
    }

    private func attempt(_ kept: KeptEvent, _ side: DeliverySchedule.Side) {
        let sequence = kept.event.sequence
        let url = (side == .url ? kept.event.target.url : kept.event.target.fallbackURL) ?? ""
        let attempted = Attempted(kept: kept, start: clock.now, startMilliseconds: UTCTime.nowMilliseconds)
        state.withLock { $0.attempted[sequence] = attempted }
        sender.send(kept.event, to: url) { [self] result in
            var result = result
            result.isOfFallback = side == .fallback
            ended(sequence, result)
        }
    }

    /// Takes what came of an attempt, on the loop; what follows is done once for all that end in one round of the loop.
    private func ended(_ sequence: Int64, _ result: AttemptResult) {
        let isFirst = state.withLock { state in
            state.attempted[sequence]?.end(result, at: clock.now)
            state.ended.append((sequence, result.isTaken))
            return state.ended.count == 1
        }
        if isFirst { loop.execute { [self] in takeEnded() } }
    }

    private func takeEnded() {
        perform { state, now, round in
            for (sequence, isTaken) in state.ended {
                state.schedule.receive(
                    // Only who was not taken waits, and dice cost a question to the kernel.
                    .attemptEnded(sequence, isTaken: isTaken, dice: isTaken ? 0 : .random(in: 0 ... .max)), at: now,
                    into: &round.effects)
            }
            state.ended.removeAll(keepingCapacity: true)
        }
    }

    private func setTimer(_ state: inout State) {
        guard let deadline = state.schedule.nextDeadline else { return }
        if let set = state.timerDeadline, set <= deadline { return }
        state.timer?.cancel()
        state.timerDeadline = deadline
        let wait = max(0, (deadline - now).nanoseconds)
        state.timer = loop.scheduleTask(in: .nanoseconds(wait)) { [weak self] in
            self?.perform { state, now, round in
                state.timer = nil
                state.timerDeadline = nil
                state.schedule.timeElapsed(at: now, into: &round.effects)
            }
        }
    }
}

extension DeliveryEngine.Attempted {
    fileprivate mutating func end(_ result: AttemptResult, at now: ContinuousClock.Instant) {
        microseconds = (now - start).nanoseconds / 1000
        self.result = result
    }

    fileprivate func record(
        _ sequence: Int64, _ side: DeliverySchedule.Side, _ number: Int, _ outcome: StoredAttempt.Outcome
    ) -> StoredAttempt {
        var attempt = StoredAttempt(
            sequence: sequence, number: number, isFallback: side == .fallback, startMilliseconds: startMilliseconds,
            outcome: outcome)
        attempt.microseconds = microseconds
        attempt.status = result.status
        attempt.error = result.error
        return attempt
    }
}
