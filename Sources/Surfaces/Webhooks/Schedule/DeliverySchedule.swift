import SQLiteStore
import Timeline

/// Which event is attempted when: those of one subject strictly one after the other, those of all subjects side by side
/// as far as each receiver and all of them together allow.
///
/// A subject's first event is either attempted, waits for a place at its receiver, or waits for its next round; the ones
/// behind it wait for it to be taken or dropped. A receiver begins with some places, is given more while it takes events,
/// and fewer while it fails, down to a floor, so that many dead receivers leave room for the living ones.
struct DeliverySchedule: Sendable {
    /// Places.
    struct Limits: Equatable, Sendable {
        /// Most attempts at a time at one receiver, those that it begins with, and the fewest that a failing one keeps.
        var perReceiver = 128
        var start = 32
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
        /// URLs without their queries, as numbers.
        var url = 0
        var fallbackURL = 0
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

    /// Where an attempt goes: a receiver, and one of its URLs.
    private struct Target {
        var receiver: Int
        var url: Int
    }

    private let limits: Limits
    private let policy: RetryPolicy
    private var lines = SlotTable<Line>()
    private var lineOfSubject: [String: SlotHandle] = [:]
    private var attempted: [Int64: SlotHandle] = [:]
    /// Every item that waits, rests or is attempted.
    private var held: Set<Int64> = []
    private var receivers: [Int: ReceiverPlaces] = [:]
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
    var isAtRest: Bool { attempting == 0 && receivers.values.allSatisfy(\.isEmpty) }
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
        guard let target = target(of: handle) else { return }
        let places = ReceiverPlaces(limit: min(limits.start, limits.perReceiver))
        receivers[target.receiver, default: places].wait(handle, for: target.url)
        serve(target.receiver, &effects)
    }

    private func target(of handle: SlotHandle) -> Target? {
        lines.read(handle) { line in
            guard let item = line.items.first else { return nil }
            if line.side == .url { return Target(receiver: item.receiver, url: item.url) }
            return item.fallback.map { Target(receiver: $0, url: item.fallbackURL) }
        } ?? nil
    }

    private mutating func ended(
        _ handle: SlotHandle, _ isTaken: Bool, _ dice: UInt64, _ now: Instant, _ effects: inout [Effect]
    ) {
        guard let target = target(of: handle), let line = lines[handle], let item = line.items.first else { return }
        leave(target, isTaken)
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
        serve(target.receiver, &effects)
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

    private mutating func leave(_ target: Target, _ isTaken: Bool) {
        attempting -= 1
        let limit = receivers[target.receiver]?.limit ?? limits.perReceiver
        let next =
            isTaken ? min(limit + 1, limits.perReceiver) : max(limit / 2, min(limits.floor, limits.perReceiver))
        receivers[target.receiver]?.leave(target.url, limit: next)
    }

    /// Attempts what waits for a receiver, as far as there are places.
    private mutating func serve(_ receiver: Int, _ effects: inout [Effect]) {
        while receivers[receiver]?.mayHaveNext == true {
            // Where others wait for a place in all, this one waits behind them.
            guard attempting < limits.total, hungry.isEmpty else {
                standInLine(receiver)
                return
            }
            if let handle = receivers[receiver]?.next() { attempt(handle, &effects) }
        }
        if let places = receivers[receiver], places.isIdle, !places.isHungry { receivers[receiver] = nil }
    }

    private mutating func standInLine(_ receiver: Int) {
        guard receivers[receiver]?.isHungry == false else { return }
        receivers[receiver]?.isHungry = true
        hungry.append(receiver)
    }

    /// Gives places that have become free to receivers in turn, one to each.
    private mutating func serveHungry(_ effects: inout [Effect]) {
        while attempting < limits.total, let receiver = hungry.popFirst() {
            receivers[receiver]?.isHungry = false
            if let handle = receivers[receiver]?.next() { attempt(handle, &effects) }
            if let places = receivers[receiver] {
                if places.mayHaveNext { standInLine(receiver) } else if places.isIdle { receivers[receiver] = nil }
            }
        }
    }

    private mutating func attempt(_ handle: SlotHandle, _ effects: inout [Effect]) {
        let found = lines.update(handle) { line -> (Item, Side)? in
            guard var item = line.items.first else { return nil }
            item.attempts += 1
            line.items.first = item
            return (item, line.side)
        }
        guard let (item, side) = found ?? nil else { return }
        attempting += 1
        attempted[item.sequence] = handle
        effects.append(.attempt(item.sequence, side, number: item.attempts))
    }
}
