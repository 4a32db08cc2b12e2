import CallEvents
import EventCollector
import Foundation
import SQLiteStore
import Synchronization
import TestFiles
import Testing
import Webhooks

/// Many calls, and receivers that misbehave.
@Suite(.timeLimit(.minutes(8)))
struct OrderTests {
    /// The types that a receiver has taken, by call, in their order.
    private func story(_ requests: [Receiver.Request], taken: (Int) -> Bool = { _ in true }) -> [String: [String]] {
        var story: [String: [String]] = [:]
        for (index, request) in requests.enumerated() where taken(index + 1) {
            story[request.member("callId") ?? "", default: []].append(request.member("eventType") ?? "")
        }
        return story
    }

    private func tell(_ desk: Desk, _ id: String, _ url: String) {
        let stream = desk.service.stream(call: desk.route(id, url))
        let call = desk.call(id)
        stream.publish(.incomingCall(IncomingCallEvent(call, application: "a-1")), at: Desk.now)
        stream.publish(.answer(AnswerEvent(call)), at: Desk.now)
        stream.publish(.dtmf(DTMFEvent(call, digit: "5")), at: Desk.now)
        stream.publish(.hangup(HangupEvent(call, cause: .normalClearing)), at: Desk.now)
    }

    private let whole = ["incomingcall", "answer", "dtmf", "hangup"]

    @Test("a receiver that fails every third request gets every event of every call in order")
    func everyThird() async throws {
        let receiver = try await Receiver { _, count in count % 3 == 0 ? .status(500) : .status(200) }
        let desk = try await Desk { $0.retries = 20 }
        for number in 0..<50 { tell(desk, "c-\(number)", receiver.url()) }
        let requests = await receiver.requests.events { all in
            all.indices.filter { ($0 + 1) % 3 != 0 }.count >= 200
        }
        let taken = story(requests) { $0 % 3 != 0 }
        #expect(taken.count == 50 && taken.values.allSatisfy { $0 == whole })
        await desk.service.stop()
        try await receiver.stop()
    }

    @Test("a receiver that never answers delays nobody else")
    func slowNeighbour() async throws {
        let slow = try await Receiver { _, _ in .silence }
        let quick = try await Receiver(host: "127.0.7.2") { _, _ in .status(200) }
        let desk = try await Desk()
        for number in 0..<500 { tell(desk, "c-s\(number)", slow.url()) }
        for number in 0..<100 { tell(desk, "c-q\(number)", quick.url(host: "127.0.7.2")) }
        let requests = await quick.requests.events(atLeast: 400)
        #expect(story(requests).values.allSatisfy { $0 == whole })
        await desk.service.stop()
        try await slow.stop()
        try await quick.stop()
    }

    @Test("what was not delivered is delivered after the next start, with the same id")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let place = StorePlace.file(folder.path + "/events.db")
        let dead = try await Receiver { _, _ in .silence }
        let port = dead.port
        let first = try await Desk(place)
        for number in 0..<20 { tell(first, "c-\(number)", dead.url()) }
        await dead.requests.events(atLeast: 20)
        await first.service.stop()
        let ids = Set(dead.requests.events.compactMap { $0.headers["webhook-id"] })
        try await dead.stop()
        let living = try await retried { try await Receiver(port: port) { _, _ in .status(200) } }
        let second = try await Desk(place)
        let requests = await living.requests.events(atLeast: 80)
        #expect(story(requests).values.allSatisfy { $0 == whole })
        #expect(ids.isSubset(of: Set(requests.compactMap { $0.headers["webhook-id"] })))
        await second.service.stop()
        #expect(living.requests.events.count == 80)
        try await living.stop()
        withExtendedLifetime(folder) {}
    }

    @Test("ten thousand events for a dead receiver wait, and a living one is served meanwhile")
    func backlog() async throws {
        let dead = try await Receiver { _, _ in .silence }
        let living = try await Receiver(host: "127.0.7.2") { _, _ in .status(200) }
        let desk = try await Desk()
        for number in 0..<2500 { tell(desk, "c-d\(number)", dead.url()) }
        tell(desk, "c-q", living.url(host: "127.0.7.2"))
        let requests = await living.requests.events(atLeast: 4)
        #expect(story(requests)["c-q"] == whole)
        #expect(desk.service.counts.lines >= 2500)
        await desk.service.stop()
        try await dead.stop()
        try await living.stop()
    }

    @Test("an event can be delivered once more, with the same id and the next number")
    func replay() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let desk = try await Desk()
        tell(desk, "c-1", receiver.url())
        await receiver.requests.events(atLeast: 4)
        let events = try await settledEvents(desk)
        #expect(try await desk.service.replay(Array(events[1...2]), of: "u-1") == 2)
        let requests = await receiver.requests.events(atLeast: 6)
        #expect(requests.suffix(2).map { $0.member("eventType") } == ["answer", "dtmf"])
        #expect(requests.suffix(2).map { $0.headers["webhook-id"] } == events[1...2].map(\.id))
        await desk.service.stop()
        let numbers = try desk.service.reader.deliveries(of: "u-1", EventReader.DeliveryQuery())
            .filter { $0.event.id == events[1].id }.map(\.attempt.number)
        #expect(numbers == [2, 1])
        let log = try desk.service.reader.deliveries(of: "u-1", EventReader.DeliveryQuery())
        #expect(log.filter(\.attempt.isReplay).map(\.event.id) == [events[2].id, events[1].id])
        try await receiver.stop()
    }

    @Test("a range of any length is delivered once more, in its order")
    func longReplay() async throws {
        let receiver = try await Receiver { _, _ in .status(200) }
        let desk = try await Desk()
        for number in 0..<300 { tell(desk, "c-\(number)", receiver.url()) }
        await receiver.requests.events(atLeast: 1200)
        let events = try await settledEvents(desk, 1200)
        let done = try await desk.service.replay(of: "u-1", after: events[9].sequence, upTo: events[1150].sequence)
        #expect(done == (1141, 1141))
        let requests = await receiver.requests.events(atLeast: 1200 + 1141)
        #expect(requests.dropFirst(1200).map { $0.headers["webhook-id"] } == events[10...1150].map(\.id))
        let others = try await desk.service.replay(of: "u-2", after: 0, upTo: .max)
        #expect(others == (0, 0))
        await desk.service.stop()
        try await receiver.stop()
    }

    /// The user's events, once so many deliveries are written down.
    private func settledEvents(_ desk: Desk, _ count: Int = 4) async throws -> [StoredEvent] {
        var query = EventReader.DeliveryQuery()
        query.limit = count
        while try desk.service.reader.deliveries(of: "u-1", query).count < count { await desk.service.flushed() }
        return try desk.service.reader.events(of: "u-1", after: 0, limit: count)
    }

    /// What a receiver that fails every third request has taken of each event first; none fails more than twice, so that
    /// the waits between rounds stay short.
    private final class Taken: Sendable {
        struct First: Sendable {
            let id: String
            let call: String
            let type: String
        }

        let firsts = EventCollector<First>()
        private let known = Mutex<(failures: [String: Int], taken: Set<String>)>(([:], []))

        func reply(to request: Receiver.Request, _ count: Int) -> Receiver.Reply {
            let id = request.headers["webhook-id"] ?? ""
            return known.withLock { known in
                if count % 3 == 0, known.failures[id, default: 0] < 2 {
                    known.failures[id, default: 0] += 1
                    return .status(500)
                }
                if known.taken.insert(id).inserted {
                    firsts.report(
                        First(id: id, call: request.member("callId") ?? "", type: request.member("eventType") ?? ""))
                }
                return .status(200)
            }
        }
    }

    @Test("a killed process loses no event that was durable, and its calls get the hangups that are missing")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let store = folder.path + "/victim.db"
        let taken = Taken()
        let receiver = try await Receiver { taken.reply(to: $0, $1) }
        let victim = Process()
        victim.executableURL = URL(fileURLWithPath: BuiltProduct.path("WebhookVictim"))
        victim.arguments = [store, receiver.url(), "1000", "0"]
        try victim.run()
        await receiver.requests.events(atLeast: 600)
        kill(victim.processIdentifier, SIGKILL)
        victim.waitUntilExit()
        let reader = EventReader(try SQLiteStore(.file(store)))
        let before = try reader.events(of: "u-1", after: 0, limit: 10_000)
        #expect(before.count > 400)
        let desk = try await Desk(.file(store)) { $0.retries = 20 }
        let all = try desk.service.reader.events(of: "u-1", after: 0, limit: 10_000)
        let calls = Dictionary(grouping: all, by: \.subject)
        #expect(calls.values.allSatisfy { $0.filter { $0.type == "hangup" }.count == 1 })
        let firsts = await taken.firsts.events(atLeast: all.count)
        #expect(Set(firsts.map(\.id)) == Set(all.map(\.id)))
        for (call, came) in Dictionary(grouping: firsts, by: \.call) {
            let told = calls[call, default: []]
            #expect(came.map(\.id) == told.map(\.id), "\(call)")
            #expect(came.first?.type == "incomingcall" && came.last?.type == "hangup", "\(call)")
        }
        #expect(calls.count > 200)
        await desk.service.stop()
        try await receiver.stop()
        withExtendedLifetime(folder) {}
    }
}
