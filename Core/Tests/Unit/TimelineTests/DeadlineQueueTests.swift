import Testing
import Timeline

@Suite struct DeadlineQueueTests {
    private func handle(_ index: Int, _ generation: UInt32 = 1) -> SlotHandle {
        SlotHandle(index: UInt32(index), generation: generation)
    }

    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    @Test("deadlines come out exactly when they are due, from a nanosecond to a year")
    func exactness() {
        let distances: [Int64] = [
            0, 1, 999, 1_048_575, 1_048_576, 67_108_864, 500_000_000, 32_000_000_000, 31_536_000_000_000_000,
        ]
        for distance in distances {
            var queue = DeadlineQueue<SlotHandle>()
            let start = Instant(nanoseconds: 1_700_000_000_123_456_789)
            _ = queue.popExpired(at: start)
            queue.schedule(handle(3), at: start + .nanoseconds(distance))
            #expect(queue.nextDeadline == start + .nanoseconds(distance))
            if distance > 0 { #expect(queue.popExpired(at: start + .nanoseconds(distance - 1)) == nil) }
            #expect(queue.nextDeadline == start + .nanoseconds(distance))
            #expect(queue.popExpired(at: start + .nanoseconds(distance)) == handle(3))
            #expect(queue.nextDeadline == nil)
            #expect(queue.count == 0)
        }
    }

    @Test("a new deadline replaces the old one, whether it is earlier or later")
    func replacing() {
        var queue = DeadlineQueue<SlotHandle>()
        queue.schedule(handle(0), at: at(500))
        queue.schedule(handle(0), at: at(32_000))
        #expect(queue.popExpired(at: at(31_999)) == nil)
        queue.schedule(handle(0), at: at(32_010))
        queue.schedule(handle(0), at: at(32_005))
        #expect(queue.count == 1)
        #expect(queue.popExpired(at: at(32_004)) == nil)
        #expect(queue.popExpired(at: at(32_005)) == handle(0))
        #expect(queue.popExpired(at: at(40_000)) == nil)
    }

    @Test("a dropped deadline never fires, even when it was already due")
    func cancelling() {
        var queue = DeadlineQueue<SlotHandle>()
        for index in 0..<3 { queue.schedule(handle(index), at: at(10)) }
        let first = queue.popExpired(at: at(20))
        #expect(first == handle(0))
        queue.cancel(handle(1))
        #expect(queue.popExpired(at: at(20)) == handle(2))
        #expect(queue.popExpired(at: at(20)) == nil)
        queue.cancel(handle(1))
        #expect(queue.count == 0)
    }

    @Test("an identifier of an earlier generation neither moves nor drops its successor's deadline")
    func generations() {
        var queue = DeadlineQueue<SlotHandle>()
        queue.schedule(handle(0, 1), at: at(10))
        queue.schedule(handle(0, 3), at: at(20))
        queue.cancel(handle(0, 1))
        #expect(!queue.contains(handle(0, 1)))
        #expect(queue.deadline(of: handle(0, 3)) == at(20))
        #expect(queue.popExpired(at: at(20)) == handle(0, 3))
    }

    @Test("a deadline in the past is due at once")
    func past() {
        var queue = DeadlineQueue<SlotHandle>()
        #expect(queue.popExpired(at: at(100_000)) == nil)
        queue.schedule(handle(0), at: at(5))
        #expect(queue.nextDeadline == at(5))
        #expect(queue.popExpired(at: at(5)) == handle(0))
    }

    @Test("200,000 random operations give the same as a sorted list, and nextDeadline is never late")
    func model() {
        var queue = DeadlineQueue<SlotHandle>()
        var model: [SlotHandle: Int64] = [:]
        var dice = IdentifierSource(seed: 7)
        var now: Int64 = 0
        var generations = Array(repeating: UInt32(1), count: 64)
        for _ in 0..<200_000 {
            let index = dice.number(below: 64)
            let id = handle(index, generations[index])
            switch dice.number(below: 8) {
            case 0, 1, 2, 3:
                let deadline = now + Int64(dice.next() % (1 << UInt64(dice.number(below: 40) + 1)))
                queue.schedule(id, at: Instant(nanoseconds: deadline))
                model[id] = deadline
            case 4:
                queue.cancel(id)
                model[id] = nil
            case 5:
                queue.cancel(id)
                model[id] = nil
                generations[index] += 2
            default:
                now += Int64(dice.next() % (1 << UInt64(dice.number(below: 34) + 1)))
                var popped: [SlotHandle] = []
                while let id = queue.popExpired(at: Instant(nanoseconds: now)) { popped.append(id) }
                let due = model.filter { $0.value <= now }
                #expect(Set(popped) == Set(due.keys))
                #expect(popped.count == due.count)
                for id in due.keys { model[id] = nil }
            }
            #expect(queue.count == model.count)
            let earliest = model.values.min()
            #expect((queue.nextDeadline == nil) == (earliest == nil))
            if let earliest, let next = queue.nextDeadline { #expect(next.nanoseconds <= earliest) }
        }
    }

    @Test("waking at nextDeadline again and again reaches every deadline and then sleeps")
    func progress() {
        var queue = DeadlineQueue<SlotHandle>()
        var dice = IdentifierSource(seed: 11)
        for index in 0..<1_000 { queue.schedule(handle(index), at: at(dice.number(below: 10_000_000))) }
        for index in stride(from: 0, to: 1_000, by: 3) { queue.cancel(handle(index)) }
        var fired = 0
        var wakes = 0
        var last = Instant.zero
        while let next = queue.nextDeadline {
            #expect(next >= last)
            last = next
            wakes += 1
            while queue.popExpired(at: next) != nil { fired += 1 }
        }
        #expect(fired == 666)
        #expect(wakes < 2_000)
    }
}
