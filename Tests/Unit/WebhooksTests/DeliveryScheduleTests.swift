import Testing
import Timeline

@testable import Webhooks

/// A schedule with receivers that are models: each decides by its number and the attempt whether it takes an event.
private struct World {
    var schedule: DeliverySchedule
    var dice: IdentifierSource
    var now = Instant.zero
    /// Attempts under way.
    var running: [(sequence: Int64, side: DeliverySchedule.Side)] = []
    /// Settled events in their order, and whether they were taken.
    var settled: [(sequence: Int64, isTaken: Bool)] = []
    var sides: [Int64: [DeliverySchedule.Side]] = [:]
    var mostRunning = 0

    init(_ limits: DeliverySchedule.Limits = .init(), retries: Int = 0, seed: UInt64 = 1) {
        schedule = DeliverySchedule(limits: limits, policy: RetryPolicy(retries: retries))
        dice = IdentifierSource(seed: seed)
    }

    mutating func queue(
        _ sequence: Int64, of subject: String, at receiver: Int, url: Int = 0, fallback: Int? = nil
    ) {
        run { schedule, now, effects in
            var item = DeliverySchedule.Item(sequence: sequence, receiver: receiver, fallback: fallback)
            item.url = url
            schedule.receive(.queued(item, subject: subject), at: now, into: &effects)
        }
    }

    mutating func end(_ sequence: Int64, isTaken: Bool) {
        running.removeAll { $0.sequence == sequence }
        let roll = dice.next()
        run { schedule, now, effects in
            schedule.receive(.attemptEnded(sequence, isTaken: isTaken, dice: roll), at: now, into: &effects)
        }
    }

    /// Goes on to the next round of whatever rests; false where nothing does.
    mutating func rest() -> Bool {
        guard let deadline = schedule.nextDeadline else { return false }
        now = max(now, deadline)
        run { schedule, now, effects in schedule.timeElapsed(at: now, into: &effects) }
        return true
    }

    private mutating func run(
        _ change: (inout DeliverySchedule, Instant, inout [DeliverySchedule.Effect]) -> Void
    ) {
        var effects: [DeliverySchedule.Effect] = []
        change(&schedule, now, &effects)
        for effect in effects {
            switch effect {
            case .attempt(let sequence, let side, let number):
                running.append((sequence, side))
                sides[sequence, default: []].append(side)
                #expect(sides[sequence]?.count == number)
            case .record: break
            case .settled(let sequence, let isTaken): settled.append((sequence, isTaken))
            }
        }
        mostRunning = max(mostRunning, running.count)
    }
}

struct DeliveryScheduleTests {
    @Test("whatever receivers do, the events of each call are settled in their order, each once", arguments: 0..<50)
    func order(seed: UInt64) {
        var world = World(.init(perReceiver: 4, floor: 2, total: 6), retries: Int(seed % 3), seed: seed)
        var waiting = (1...300).map { Int64($0) }[...]
        var steps = 0
        while steps < 20_000 {
            steps += 1
            let roll = world.dice.number(below: 3)
            if roll == 0, let sequence = waiting.popFirst() {
                world.queue(
                    sequence, of: "c-\(sequence % 20)", at: Int(sequence % 20) % 3, url: Int(sequence % 5),
                    fallback: sequence % 4 == 0 ? 7 : nil)
            } else if !world.running.isEmpty {
                let running = world.running[world.dice.number(below: world.running.count)]
                world.end(running.sequence, isTaken: world.dice.number(below: 3) > 0)
            } else if waiting.isEmpty, !world.rest() {
                break
            }
        }
        #expect(world.settled.count == 300)
        for call in 0..<20 {
            let order = world.settled.map(\.sequence).filter { Int($0 % 20) == call }
            #expect(order == order.sorted() && Set(order).count == order.count)
        }
        #expect(world.mostRunning <= 6)
        #expect(world.schedule.lineCount == 0 && world.schedule.attemptCount == 0 && world.schedule.earliest == nil)
    }

    @Test("the next event of a call waits for the attempt before it")
    func strict() {
        var world = World()
        world.queue(1, of: "c", at: 1)
        world.queue(2, of: "c", at: 2)
        #expect(world.running.map(\.sequence) == [1])
        world.end(1, isTaken: false)
        #expect(world.running.map(\.sequence) == [2])
        #expect(world.settled.map(\.isTaken) == [false])
    }

    @Test("after a failure comes the fallback, then the next round, and at last the event is given up")
    func rounds() {
        var world = World(retries: 2)
        world.queue(1, of: "c", at: 1, fallback: 2)
        for round in 0..<3 {
            world.end(1, isTaken: false)
            world.end(1, isTaken: false)
            #expect(world.rest() == (round < 2))
        }
        #expect(world.sides[1] == [.url, .fallback, .url, .fallback, .url, .fallback])
        #expect(world.settled.map(\.isTaken) == [false])
    }

    @Test("an event that waits, rests or is attempted is not queued again")
    func held() {
        var world = World(.init(perReceiver: 1, floor: 1, total: 1), retries: 1)
        world.queue(1, of: "c", at: 1)
        world.queue(2, of: "c", at: 1)
        for sequence in [1, 2] as [Int64] { world.queue(sequence, of: "replay", at: 1) }
        #expect(world.schedule.holds(1) && world.schedule.holds(2) && world.schedule.lineCount == 1)
        world.end(1, isTaken: false)
        world.queue(1, of: "replay", at: 1)
        #expect(world.schedule.heldCount == 2 && world.running.isEmpty)
        let isResting = world.rest()
        #expect(isResting)
        world.end(1, isTaken: true)
        world.end(2, isTaken: true)
        #expect(world.settled.map(\.sequence) == [1, 2] && world.schedule.heldCount == 0)
        #expect(!world.schedule.holds(1))
    }

    @Test("rounds come later and later, up to five minutes, by a fifth more or less")
    func backOff() {
        let policy = RetryPolicy(retries: 30)
        for dice in [0, 200, 400] as [UInt64] {
            let waits = (1...30).compactMap { policy.wait(after: $0, dice: dice) }
            #expect(waits.count == 30)
            #expect(waits[0] >= .milliseconds(800) && waits[0] <= .milliseconds(1200))
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(waits[29] >= .seconds(240) && waits[29] <= .seconds(360))
        }
        #expect(policy.wait(after: 31, dice: 0) == nil)
    }

    @Test("a hundred dead receivers take no place from a living one")
    func deadReceivers() {
        var world = World(.init(perReceiver: 8, floor: 1, total: 200))
        for round in 0..<8 {
            for receiver in 0..<100 {
                for event in 0..<8 {
                    let sequence = Int64(round * 1000 + receiver * 8 + event)
                    world.queue(sequence, of: "d-\(sequence)", at: receiver)
                }
            }
            for running in world.running { world.end(running.sequence, isTaken: false) }
        }
        #expect(world.running.count < 200)
        world.queue(100_000, of: "c", at: 500)
        #expect(world.running.last?.sequence == 100_000)
    }

    @Test("places that become free go to receivers in turn")
    func fairness() {
        var world = World(.init(perReceiver: 10, floor: 10, total: 10))
        for sequence in 0..<100 { world.queue(Int64(sequence), of: "a-\(sequence)", at: 1) }
        for sequence in 100..<110 { world.queue(Int64(sequence), of: "b-\(sequence)", at: 2) }
        #expect(world.running.count == 10)
        for _ in 0..<4 { world.end(world.running[0].sequence, isTaken: true) }
        #expect(world.running.contains { $0.sequence >= 100 })
    }

    @Test("what hangs under one URL leaves places for others of the same receiver, which come in turn")
    func slowURL() {
        var world = World(.init(perReceiver: 16, start: 16, floor: 4))
        for sequence in 0..<100 { world.queue(Int64(sequence), of: "a-\(sequence)", at: 1, url: 1) }
        #expect(world.running.count == 12)
        for sequence in 100..<200 { world.queue(Int64(sequence), of: "b-\(sequence)", at: 1, url: 2) }
        #expect(world.running.count == 16)
        for _ in 0..<100 {
            guard let other = world.running.first(where: { $0.sequence >= 100 }) else { break }
            world.end(other.sequence, isTaken: true)
        }
        #expect(world.settled.map(\.sequence) == Array(100..<200).map { Int64($0) })
        #expect(world.running.count == 12)
        // When what hung has failed, the rest of it goes on with fewer places.
        for _ in 0..<200 {
            guard let next = world.running.first else { break }
            world.end(next.sequence, isTaken: false)
        }
        #expect(world.settled.count == 200 && world.schedule.attemptCount == 0 && world.schedule.isAtRest)
    }

    @Test("a receiver begins with few places and is given more while it takes events")
    func start() {
        var world = World(.init(perReceiver: 16, start: 4, floor: 2))
        for sequence in 0..<100 { world.queue(Int64(sequence), of: "c-\(sequence)", at: 1, url: sequence) }
        #expect(world.running.count == 4)
        for _ in 0..<20 { world.end(world.running[0].sequence, isTaken: true) }
        #expect(world.running.count == 16)
        for _ in 0..<20 { world.end(world.running[0].sequence, isTaken: false) }
        #expect(world.running.count == 2)
    }
}
