import SQLiteStore
import Timeline

/// Which event is attempted when: those of one subject strictly one after the other, those of all subjects side by side
/// as far as each receiver and all of them together allow.
///
/// A subject's first event is either attempted, waits for a place at its receiver, or waits for its next round; the ones
/// behind it wait for it to be taken or dropped. A receiver that fails is given fewer places, down to a floor, so that
/// many dead receivers leave room for the living ones.
struct DeliverySchedule: Sendable {
    /// Places.
    struct Limits: Equatable, Sendable {
        /// Most attempts at a time at one receiver, and the fewest that a failing one keeps.
        var perReceiver = 128
        var floor = 16
        /// Most attempts at a time.
        var total = 2048
    }

    /// An event to be delivered.
    struct Item: Equatable, Sendable {
        /// Its sequence; an item is known by it.
        var sequence: Int64
        /// Receivers by host and port, as numbers.
        var receiver: Int
        var fallback: Int?
        /// Attempts that were made before.
        var attempts = 0
        /// When it happened, in milliseconds since 1970-01-01 00:00 UTC.
        var milliseconds: Int64 = 0
    }

    /// Where an attempt goes.
    enum Side: Equatable, Sendable { case url, fallback }

    enum Event: Equatable, Sendable {
        /// An event is to be delivered behind all others of its subject; passed over where it is held already.
        case queued(Item, subject: String)
        /// The attempt of an item has ended; `dice` is random.
        case attemptEnded(Int64, isTaken: Bool, dice: UInt64)
    }

    enum Effect: Equatable, Sendable {
        /// Attempt an item.
        case attempt(Int64, Side, number: Int)
        /// Write down what came of the attempt that has just ended.
        case record(Int64, Side, number: Int, StoredAttempt.Outcome)
        /// The item is done with.
        case settled(Int64, isTaken: Bool)
    }

    /// The events of one subject, the first of which is being delivered.
    private struct Line: Sendable {
        var subject: String
        var items: Backlog<Item>
        var side = Side.url
        var rounds = 0
    }

    private struct Receiver: Sendable {
        var attempting = 0
        var limit: Int
        var waiting = Backlog<SlotHandle>()
        /// Whether it stands among those who wait for a place in all.
        var isHungry = false
    }

    private let limits: Limits
    private let policy: RetryPolicy
    private var lines = SlotTable<Line>()
    private var lineOfSubject: [String: SlotHandle] = [:]
    private var attempted: [Int64: SlotHandle] = [:]
    /// Every item that waits, rests or is attempted.
    private var held: Set<Int64> = []
    private var receivers: [Int: Receiver] = [:]
    private var hungry = Backlog<Int>()
    private var rests = DeadlineQueue<SlotHandle>()
    private var attempting = 0

    init(limits: Limits = Limits(), policy: RetryPolicy) {
        self.limits = limits
        self.policy = policy
    }

    /// When a line's next round begins.
    var nextDeadline: Instant? { rests.nextDeadline }
    /// Whether nothing is attempted and nothing could be.
    var isAtRest: Bool { attempting == 0 && receivers.values.allSatisfy { $0.waiting.isEmpty } }
    /// How many attempts are under way.
    var attemptCount: Int { attempting }
    /// How many subjects have events that wait.
    var lineCount: Int { lines.count }
    /// How many events wait, rest or are attempted.
    var heldCount: Int { held.count }

    /// Whether an event waits, rests or is attempted.
    func holds(_ sequence: Int64) -> Bool { held.contains(sequence) }

    /// The earliest sequence that waits; nil where none does. Costs a look at every line.
    var earliest: Int64? {
        lines.handles.compactMap { lines.read($0) { $0.items.first?.sequence } ?? nil }.min()
    }

    /// When the oldest event that waits happened; nil where none does. Costs a look at every line.
    var oldest: Int64? {
        lines.handles.compactMap { lines.read($0) { $0.items.first?.milliseconds } ?? nil }.min()
    }

    mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch event {
        case .queued(let item, let subject): queue(item, subject, &effects)
        case .attemptEnded(let sequence, let isTaken, let dice):
            guard let handle = attempted.removeValue(forKey: sequence) else { return }
            ended(handle, isTaken, dice, now, &effects)
        }
    }

    mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        while let handle = rests.popExpired(at: now) {
            guard lines.contains(handle) else { continue }
            begin(handle, .url, &effects)
        }
    }

    // MARK: Lines

    private mutating func queue(_ item: Item, _ subject: String, _ effects: inout [Effect]) {
        guard held.insert(item.sequence).inserted else { return }
        if let handle = lineOfSubject[subject] {
            lines.update(handle) { $0.items.append(item) }
            return
        }
        var line = Line(subject: subject, items: Backlog())
        line.items.append(item)
        let handle = lines.insert(line)
        lineOfSubject[subject] = handle
        begin(handle, .url, &effects)
    }

    /// Lets the first item of a line wait for a place at its receiver.
    private mutating func begin(_ handle: SlotHandle, _ side: Side, _ effects: inout [Effect]) {
        lines.update(handle) { $0.side = side }
        guard let receiver = receiver(of: handle) else { return }
        receivers[receiver, default: Receiver(limit: limits.perReceiver)].waiting.append(handle)
        serve(receiver, &effects)
    }

    private func receiver(of handle: SlotHandle) -> Int? {
        lines.read(handle) { line in
            guard let item = line.items.first else { return nil }
            return line.side == .url ? item.receiver : item.fallback
        } ?? nil
    }

    private mutating func ended(
        _ handle: SlotHandle, _ isTaken: Bool, _ dice: UInt64, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard let receiver = receiver(of: handle), let line = lines[handle], let item = line.items.first else { return }
        leave(receiver, isTaken)
        func record(_ outcome: StoredAttempt.Outcome) {
            effects.append(.record(item.sequence, line.side, number: item.attempts, outcome))
        }
        if isTaken {
            record(.delivered)
            finish(handle, isTaken: true, &effects)
        } else if line.side == .url, item.fallback != nil {
            record(.failed)
            begin(handle, .fallback, &effects)
        } else if let wait = policy.wait(after: line.rounds + 1, dice: dice) {
            record(.failed)
            lines.update(handle) { $0.rounds += 1 }
            rests.schedule(handle, at: now + wait)
        } else {
            record(.givenUp)
            finish(handle, isTaken: false, &effects)
        }
        serve(receiver, &effects)
        serveHungry(&effects)
    }

    /// Drops the first item of a line and goes on with the next one.
    private mutating func finish(_ handle: SlotHandle, isTaken: Bool, _ effects: inout [Effect]) {
        let (done, isEmpty, subject) =
            lines.update(handle) { line in
                line.rounds = 0
                let done = line.items.popFirst()?.sequence
                return (done, line.items.isEmpty, line.subject)
            } ?? (nil, true, "")
        if let done {
            held.remove(done)
            effects.append(.settled(done, isTaken: isTaken))
        }
        if isEmpty {
            _ = lines.remove(handle)
            lineOfSubject[subject] = nil
        } else {
            begin(handle, .url, &effects)
        }
    }

    // MARK: Receivers

    private mutating func leave(_ receiver: Int, _ isTaken: Bool) {
        attempting -= 1
        receivers[receiver]?.attempting -= 1
        let limit = receivers[receiver]?.limit ?? limits.perReceiver
        receivers[receiver]?.limit =
            isTaken ? min(limit + 1, limits.perReceiver) : max(limit / 2, min(limits.floor, limits.perReceiver))
    }

    /// Attempts what waits for a receiver, as far as there are places.
    private mutating func serve(_ receiver: Int, _ effects: inout [Effect]) {
        while let state = receivers[receiver], !state.waiting.isEmpty, state.attempting < state.limit {
            // Where others wait for a place in all, this one waits behind them.
            guard attempting < limits.total, hungry.isEmpty else {
                if !state.isHungry {
                    receivers[receiver]?.isHungry = true
                    hungry.append(receiver)
                }
                return
            }
            if let handle = receivers[receiver]?.waiting.popFirst() { attempt(handle, receiver, &effects) }
        }
        if let state = receivers[receiver], state.attempting == 0, state.waiting.isEmpty, !state.isHungry {
            receivers[receiver] = nil
        }
    }

    /// Gives places that have become free to receivers in turn, one to each.
    private mutating func serveHungry(_ effects: inout [Effect]) {
        while attempting < limits.total, let receiver = hungry.popFirst() {
            receivers[receiver]?.isHungry = false
            guard let state = receivers[receiver], state.attempting < state.limit,
                let handle = receivers[receiver]?.waiting.popFirst()
            else { continue }
            attempt(handle, receiver, &effects)
            if receivers[receiver]?.waiting.isEmpty == false {
                receivers[receiver]?.isHungry = true
                hungry.append(receiver)
            }
        }
    }

    private mutating func attempt(_ handle: SlotHandle, _ receiver: Int, _ effects: inout [Effect]) {
        let found = lines.update(handle) { line -> (Item, Side)? in
            guard var item = line.items.first else { return nil }
            item.attempts += 1
            line.items.first = item
            return (item, line.side)
        }
        guard let (item, side) = found ?? nil else { return }
        attempting += 1
        receivers[receiver]?.attempting += 1
        attempted[item.sequence] = handle
        effects.append(.attempt(item.sequence, side, number: item.attempts))
    }
}
