import CallEvents
import Foundation
import SQLiteStore
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
        let began = ContinuousClock.now
        let requests = await quick.requests.events(atLeast: 400)
        #expect(ContinuousClock.now - began < .seconds(5))
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
        let first = try await Desk(place) { $0.timeout = .seconds(10) }
        for number in 0..<20 { tell(first, "c-\(number)", dead.url()) }
        await dead.requests.events(atLeast: 20)
        await first.service.stop()
        let ids = Set(dead.requests.events.compactMap { $0.headers["webhook-id"] })
        try await dead.stop()
        let living = try await Receiver(port: port) { _, _ in .status(200) }
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
        let desk = try await Desk { $0.timeout = .seconds(10) }
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
        #expect(try await desk.service.replay(Array(events[1...2])) == 2)
        let requests = await receiver.requests.events(atLeast: 6)
        #expect(requests.suffix(2).map { $0.member("eventType") } == ["answer", "dtmf"])
        #expect(requests.suffix(2).map { $0.headers["webhook-id"] } == events[1...2].map(\.id))
        await desk.service.stop()
        let numbers = try desk.service.reader.deliveries(of: "u-1", EventReader.DeliveryQuery())
            .filter { $0.event.id == events[1].id }.map(\.attempt.number)
        #expect(numbers == [2, 1])
        try await receiver.stop()
    }

    /// The call's events, once all of its deliveries are written down.
    private func settledEvents(_ desk: Desk) async throws -> [StoredEvent] {
        while try desk.service.reader.deliveries(of: "u-1", EventReader.DeliveryQuery()).count < 4 {
            await Task.yield()
        }
        return try desk.service.reader.events(of: "u-1", after: 0, limit: 10)
    }

    @Test("a killed process loses no event that was durable, and its calls get the hangups that are missing")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let store = folder.path + "/victim.db"
        let receiver = try await Receiver { _, count in count % 3 == 0 ? .status(500) : .status(200) }
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
        let wanted = Set(all.map(\.id))
        let requests = await receiver.requests.events { requests in
            let taken = requests.enumerated().filter { ($0.offset + 1) % 3 != 0 }
            return wanted.isSubset(of: taken.compactMap { $0.element.headers["webhook-id"] })
        }
        let order = story(requests) { $0 % 3 != 0 }
        for (call, types) in order {
            var seen: [String] = []
            for type in types where !seen.contains(type) { seen.append(type) }
            let told = calls[call, default: []].map(\.type)
            #expect(seen == told && seen.first == "incomingcall" && seen.last == "hangup", "\(call)")
        }
        #expect(order.count == calls.count && calls.count > 200)
        await desk.service.stop()
        try await receiver.stop()
        withExtendedLifetime(folder) {}
    }
}
