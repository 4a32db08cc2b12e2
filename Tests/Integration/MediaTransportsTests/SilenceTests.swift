import Addresses
import Foundation
import MediaSessions
import PacketLoop
import Testing

@Suite(.timeLimit(.minutes(5))) struct SilenceTests {
    let id = MediaSessionID(rawValue: 1)

    @Test("a supervised party from which nothing comes is reported once")
    func silent() async throws {
        let shard = try RunningShard(ports: 13_000...13_063, silenceTimeout: .milliseconds(100))
        _ = await shard.open(1)
        shard.shard.submit([.supervise(id, .callee, true)])
        await shard.collector.events { $0.contains(.silent(id, .callee)) }
        shard.shard.submit([.supervise(id, .caller, true)])
        let events = await shard.collector.events { $0.contains(.silent(id, .caller)) }
        #expect(events.filter { $0 == .silent(id, .callee) }.count == 1)
    }

    @Test("a party that speaks is not silent until it stops; the other one is")
    func speaking() async throws {
        let shard = try RunningShard(ports: 13_064...13_127, silenceTimeout: .seconds(1))
        nonisolated(unsafe) let caller = try Party(on: callerHost)
        let ports = try #require(await shard.open(1))
        await shard.describe(1, .caller, caller.rtp.local)
        shard.shard.submit([.supervise(id, .caller, true), .supervise(id, .callee, true)])
        // A queue of its own speaks: a task might wait longer than the timeout for its turn among all tests.
        let speaker = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "speaker", qos: .userInteractive))
        speaker.schedule(deadline: .now(), repeating: .milliseconds(10))
        speaker.setEventHandler { [collector = shard.collector, id] in
            if !collector.events.contains(.silent(id, .callee)) { caller.speak(1, to: ports.caller[0]) }
        }
        speaker.resume()
        defer { speaker.cancel() }
        let events = await shard.collector.events { $0.contains(.silent(id, .caller)) }
        #expect(events.firstIndex(of: .silent(id, .callee)) ?? 99 < events.firstIndex(of: .silent(id, .caller)) ?? 0)
    }

    @Test("a party on hold, a call that is over and a timeout of zero are not supervised")
    func unsupervised() async throws {
        let shard = try RunningShard(ports: 13_128...13_191, silenceTimeout: .milliseconds(100))
        let never = try RunningShard(ports: 13_192...13_255)
        let other = MediaSessionID(rawValue: 2)
        for number in UInt64(1)...3 { _ = await shard.open(number) }
        _ = await never.open(1)
        never.shard.submit([.supervise(id, .caller, true)])
        shard.shard.submit([
            .supervise(id, .caller, true), .supervise(other, .caller, true), .supervise(id, .caller, false),
            .close(other), .supervise(MediaSessionID(rawValue: 3), .caller, true),
        ])
        let events = await shard.collector.events { $0.contains(.silent(MediaSessionID(rawValue: 3), .caller)) }
        #expect(!events.contains(.silent(id, .caller)) && !events.contains(.silent(other, .caller)))
        #expect(never.collector.events.count == 1)
    }
}
