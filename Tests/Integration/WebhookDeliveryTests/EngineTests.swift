import CallEvents
import Dispatch
import EventCollector
import NIOCore
import NIOPosix
import SQLiteStore
import Synchronization
import TestFiles
import Testing
import Timeline

@testable import Webhooks

/// What must hold when the store fails, and when the switch stops.
@Suite(.timeLimit(.minutes(5)))
struct EngineTests {
    private struct Broken: Error {}

    private func event(_ url: String) -> StoredEvent {
        var event = StoredEvent(id: "ce-1", user: "u-1", subject: "c-1", type: "answer", milliseconds: 0)
        event.sequence = 7
        event.target = StoredEvent.Target(url: url, fallbackURL: nil, isGet: false, timeoutMilliseconds: 600_000)
        event.body = Array("{}".utf8)
        return event
    }

    @Test("an event that the store does not give is read again until it does, and delivered")
    func failedRead() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let event = event(receiver.url())
        let reads = Mutex(0)
        let records = EventCollector<StoredAttempt>()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = CallbackSender.Settings(build: "test")
        settings.allowsPrivateAddresses = true
        let engine = DeliveryEngine(
            policy: RetryPolicy(retries: 0), sender: CallbackSender(settings, on: loop), loop: loop,
            handlers: DeliveryEngine.Handlers {
                records.report(contentsOf: $0)
            } settled: { _, _ in
            } read: { _ in
                let count = reads.withLock { count in
                    count += 1
                    return count
                }
                if count < 3 { throw Broken() }
                return event
            } forgotten: { _ in
            })
        engine.resume([(event, 0)], newest: 7)
        #expect(await records.events(atLeast: 1).map(\.outcome) == [.delivered])
        let count = reads.withLock { $0 }
        #expect(receiver.requests.events.count == 1 && count == 3)
        await engine.stop()
        try await receiver.stop()
    }

    /// An engine whose events come from nowhere but memory: what it reads and what was forgotten are told.
    private func engine(
        _ reads: EventCollector<Int64>, _ forgotten: EventCollector<String> = EventCollector()
    ) -> DeliveryEngine {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = CallbackSender.Settings(build: "test")
        settings.allowsPrivateAddresses = true
        return DeliveryEngine(
            policy: RetryPolicy(retries: 0), sender: CallbackSender(settings, on: loop), loop: loop,
            handlers: DeliveryEngine.Handlers { _ in
            } settled: { _, _ in
            } read: {
                reads.report($0)
                return nil
            } forgotten: {
                forgotten.report($0)
            })
    }

    private func events(_ range: ClosedRange<Int64>, calls: Int64, _ url: String, bytes: Int = 1000) -> [StoredEvent] {
        range.map { sequence in
            var event = StoredEvent(
                id: "ce-\(sequence)", user: "u-1", subject: "c-\(url)-\(sequence % calls)", type: "dtmf",
                milliseconds: 0)
            event.sequence = sequence
            event.target = StoredEvent.Target(url: url, fallbackURL: nil, isGet: false, timeoutMilliseconds: 600_000)
            event.body = Array(repeating: 0x20, count: bytes)
            return event
        }
    }

    @Test("however many events wait for a dead receiver, those for a living one come from memory")
    func deadNeighbour() async throws {
        let dead = try await Receiver { _, _ in .silence }
        let living = try await Receiver(host: "127.0.7.2") { _, _ in .status(200) }
        let reads = EventCollector<Int64>()
        let engine = engine(reads)
        engine.take(events(1...5000, calls: 1000, dead.url()))
        engine.take(events(5001...5300, calls: 100, living.url(host: "127.0.7.2")))
        let sequences = await living.requests.events(atLeast: 300).compactMap { $0.headers["webhook-id"] }
        #expect(Set(sequences).count == 300)
        #expect(reads.events.filter { $0 > 5000 } == [])
        await engine.stop()
        try await dead.stop()
        try await living.stop()
    }

    @Test("whoever waits for an event that is forgotten before its turn is told so")
    func forgottenWaiter() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let (reads, forgotten) = (EventCollector<Int64>(), EventCollector<String>())
        let engine = engine(reads, forgotten)
        // One call, so that the second waits for the first, and more than there is room for.
        engine.take(events(1...2, calls: 1, receiver.url(), bytes: 3 << 20))
        #expect(await forgotten.events(atLeast: 1) == ["ce-2"])
        #expect(reads.events == [2] && engine.statistics.waiting == 0)
        let waiters = OutcomeWaiters()
        let told = EventCollector<CallbackOutcome>()
        waiters.wait(for: "ce-2") { told.report($0) }
        waiters.forget("ce-2")
        waiters.forget("ce-2")
        guard case .undeliverable(let reason) = told.events.first else {
            Issue.record("told \(told.events)")
            return
        }
        #expect(reason.contains("forgotten") && told.events.count == 1)
        await engine.stop()
        try await receiver.stop()
    }

    @Test("whoever waits for an event when the switch stops is told so, and whoever comes later too")
    func waitersAtStop() async throws {
        let waiters = OutcomeWaiters()
        let told = Mutex<[CallbackOutcome]>([])
        waiters.wait(for: "ce-1") { outcome in told.withLock { $0.append(outcome) } }
        waiters.stop()
        waiters.wait(for: "ce-2") { outcome in told.withLock { $0.append(outcome) } }
        waiters.settle(KeptEvent(event("http://h/")), .failed("late"))
        let outcomes = told.withLock { $0 }
        #expect(outcomes == Array(repeating: .undeliverable("the switch stopped"), count: 2))
    }

    @Test("a name that is found while the switch stops is not asked any more")
    func stopWhileLookingUp() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let mayAnswer = DispatchSemaphore(value: 0)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = CallbackSender.Settings(build: "test")
        settings.allowsPrivateAddresses = true
        let resolver = HostResolver { _ in
            asking.yield()
            mayAnswer.wait()
            return HostResolver.system("127.0.7.1")
        }
        let sender = CallbackSender(settings, on: loop, resolver: resolver)
        let results = EventCollector<AttemptResult>()
        sender.send(event(receiver.url(host: "slow.example")), to: receiver.url(host: "slow.example")) {
            results.report($0)
        }
        for await _ in asked { break }
        let stopping = Task { await sender.stop() }
        #expect(await results.events(atLeast: 1) == [.failed("the switch stopped")])
        mayAnswer.signal()
        await stopping.value
        sender.send(event(receiver.url()), to: receiver.url()) { results.report($0) }
        #expect(await results.events(atLeast: 2).last == .failed("the switch stopped"))
        #expect(receiver.requests.events.isEmpty)
        try await receiver.stop()
    }

    @Test("the mark of what was delivered does not fall while nothing happens")
    func mark() async throws {
        let folder = try TemporaryFolder()
        let place = StorePlace.file(folder.path + "/events.db")
        let receiver = try await Receiver { _, _ in .status(200) }
        let first = try await Desk(place)
        #expect(await first.answer(first.route("c-1", receiver.url())) == .answered(status: 200, body: []))
        first.service.stream(call: first.route("c-1", receiver.url()))
            .publish(.hangup(HangupEvent(first.call("c-1"), cause: .normalClearing)), at: Desk.now)
        await receiver.requests.events(atLeast: 2)
        await first.service.stop()
        #expect(try first.store.eventMarks().settled == 3)
        let second = try await Desk(place)
        await second.service.stop()
        #expect(try second.store.eventMarks().settled == 3)
        try await receiver.stop()
        withExtendedLifetime(folder) {}
    }

    @Test("an event that was taken while it waited for a replay is not sent twice")
    func replayOfWaiting() async throws {
        let receiver = try await Receiver { _, _ in .silence }
        let desk = try await Desk()
        let stream = desk.service.stream(call: desk.route("c-1", receiver.url()))
        stream.publish(.answer(AnswerEvent(desk.call("c-1"))), at: Desk.now)
        stream.publish(.dtmf(DTMFEvent(desk.call("c-1"), digit: "1")), at: Desk.now)
        await receiver.requests.events(atLeast: 1)
        let events = try desk.service.reader.events(of: "u-1", after: 0, limit: 10)
        #expect(try await desk.service.replay(events, of: "u-1") == 0)
        await desk.service.stop()
        try await receiver.stop()
    }
}
