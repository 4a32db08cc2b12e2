import Addresses
import MediaSessions
import MediaTransports
import PacketLoop
import Testing

@Suite(.timeLimit(.minutes(5))) struct RelayTests {
    @Test("packets pass both ways, from the port that the party sends to")
    func bothWays() async throws {
        let shard = try RunningShard(ports: 11_000...11_063)
        let (caller, callee) = (try Party(on: callerHost), try Party(on: calleeHost))
        let ports = try #require(await shard.open(1))
        #expect(ports.caller[0] & 1 == 0 && ports.callee[0] & 1 == 0)
        await shard.describe(1, .caller, caller.rtp.local)
        await shard.describe(1, .callee, callee.rtp.local)
        for mark in UInt8(1)...50 {
            caller.speak(mark, to: ports.caller[0])
            let heard = await callee.hear(1)
            #expect(heard.map(\.mark) == [mark] && heard[0].from == Endpoint(loopback, ports.callee[0]))
            callee.speak(mark, to: ports.callee[0])
            let answer = await caller.hear(1)
            #expect(answer.map(\.mark) == [mark] && answer[0].from == Endpoint(loopback, ports.caller[0]))
        }
        let statistics = await shard.close(1)
        #expect(statistics.caller.packets == 50 && statistics.callee.packets == 50)
        #expect(statistics.caller.bytes == 650 && statistics.caller.lost == 0 && statistics.caller.rejected == 0)
        shard.shard.stop()
    }

    @Test("RTCP passes between the odd ports")
    func control() async throws {
        let shard = try RunningShard(ports: 11_064...11_127)
        let (caller, callee) = (try Party(on: callerHost), try Party(on: calleeHost))
        let ports = try #require(await shard.open(1))
        await shard.describe(1, .caller, caller.rtp.local)
        await shard.describe(1, .callee, callee.rtp.local)
        caller.report(to: ports.caller[0] + 1)
        #expect(await callee.hear(1, on: callee.rtcp).map(\.from) == [Endpoint(loopback, ports.callee[0] + 1)])
        callee.report(to: ports.callee[0] + 1)
        #expect(await caller.hear(1, on: caller.rtcp).map(\.from) == [Endpoint(loopback, ports.caller[0] + 1)])
        let statistics = await shard.close(1)
        #expect(statistics.caller.controlPackets == 1 && statistics.callee.controlPackets == 1)
    }

    @Test("an attacker on another host gets nothing through and hears nothing: before, during and after learning")
    func attacker() async throws {
        let shard = try RunningShard(ports: 11_128...11_191)
        let (caller, callee) = (try Party(on: callerHost), try Party(on: calleeHost))
        let attacker = try Party(on: attackerHost)
        let ports = try #require(await shard.open(1))
        for _ in 0..<10 { attacker.speak(66, to: ports.caller[0]) }
        await shard.describe(1, .caller, caller.rtp.local)
        await shard.describe(1, .callee, callee.rtp.local)
        for mark in UInt8(1)...40 {
            for _ in 0..<10 { attacker.speak(66, to: ports.caller[0]) }
            attacker.report(to: ports.caller[0] + 1)
            caller.speak(mark, to: ports.caller[0])
            #expect(await callee.hear(1).map(\.mark) == [mark])
            callee.speak(mark, to: ports.callee[0])
            #expect(await caller.hear(1).map(\.mark) == [mark])
        }
        let statistics = await shard.close(1)
        #expect(attacker.takeAll().isEmpty && attacker.takeAll(on: attacker.rtcp).isEmpty)
        #expect(callee.takeAll().isEmpty && callee.takeAll(on: callee.rtcp).isEmpty)
        #expect(statistics.caller.packets == 40 && statistics.caller.rejected >= 60)
    }

    @Test("a caller behind a NAT is found where its signalling comes from")
    func natted() async throws {
        let shard = try RunningShard(ports: 11_192...11_255)
        let (caller, callee) = (try Party(on: callerHost), try Party(on: calleeHost))
        let ports = try #require(await shard.open(1))
        await shard.describe(1, .caller, Endpoint(IPAddress(v4: 0x7F00_00F0), 9), signalling: callerHost)
        await shard.describe(1, .callee, callee.rtp.local)
        for mark in UInt8(1)...4 { caller.speak(mark, to: ports.caller[0]) }
        #expect(await callee.hear(1).map(\.mark) == [4])
        callee.speak(9, to: ports.callee[0])
        #expect(await caller.hear(1).map(\.mark) == [9])
    }

    @Test("after a re-INVITE with another address media follow")
    func reinvite() async throws {
        let shard = try RunningShard(ports: 11_256...11_319)
        let (before, after, callee) = (try Party(on: callerHost), try Party(on: calleeHost), try Party(on: calleeHost))
        let ports = try #require(await shard.open(1))
        await shard.describe(1, .caller, before.rtp.local)
        await shard.describe(1, .callee, callee.rtp.local)
        before.speak(1, to: ports.caller[0])
        #expect(await callee.hear(1).map(\.mark) == [1])
        await shard.describe(1, .caller, after.rtp.local)
        callee.speak(2, to: ports.callee[0])
        #expect(await after.hear(1).map(\.mark) == [2])
        before.speak(3, to: ports.caller[0])
        after.speak(4, to: ports.caller[0])
        #expect(await callee.hear(1).map(\.mark) == [4])
    }

    @Test("streams are added to a session and keep apart")
    func streams() async throws {
        let shard = try RunningShard(ports: 11_320...11_383)
        let first = try #require(await shard.open(1))
        let both = try #require(await shard.open(1, streams: 2))
        #expect(both.caller.count == 2 && both.caller[0] == first.caller[0] && both.callee[0] == first.callee[0])
        let parties = [try Party(on: callerHost), try Party(on: callerHost)]
        let far = [try Party(on: calleeHost), try Party(on: calleeHost)]
        for (side, ends) in [(MediaSide.caller, parties), (.callee, far)] {
            await shard.carryOut(
                .update(
                    MediaSessionID(rawValue: 1), side,
                    ends.map {
                        MediaStreamTarget(rtp: $0.rtp.local, rtcp: nil, signallingSource: $0.rtp.local.address)
                    }))
        }
        for index in 0..<2 {
            parties[index].speak(UInt8(index), to: both.caller[index])
            #expect(await far[index].hear(1).map(\.mark) == [UInt8(index)])
        }
        let statistics = await shard.close(1)
        #expect(statistics.caller.packets == 2)
    }

    @Test("a call between an IPv4 and an IPv6 party is relayed")
    func families() async throws {
        let shard = try RunningShard(ports: 11_384...11_447)
        let here = IPAddress(high: 0, low: 1)
        let (caller, callee) = (try Party(on: callerHost), try Party(on: here))
        let ports = try #require(await shard.open(1, caller: loopback, callee: here))
        await shard.describe(1, .caller, caller.rtp.local)
        await shard.describe(1, .callee, callee.rtp.local)
        caller.speak(5, to: ports.caller[0])
        let heard = await callee.hear(1)
        #expect(heard.map(\.mark) == [5] && heard[0].from == Endpoint(here, ports.callee[0]))
        callee.speak(6, to: ports.callee[0], at: here)
        #expect(await caller.hear(1).map(\.mark) == [6])
    }

    @Test("a party that is gone or cannot be reached does not disturb the call")
    func unreachable() async throws {
        let shard = try RunningShard(ports: 11_448...11_511)
        let (caller, callee) = (try Party(on: callerHost), try Party(on: calleeHost))
        let ports = try #require(await shard.open(1))
        await shard.describe(1, .caller, caller.rtp.local)
        let gone = try UDPSocket(binding: Endpoint(calleeHost, 0))
        gone.close()
        let refused = [gone.local, Endpoint(IPAddress(v4: 0xFFFF_FFFE), 9), Endpoint(IPAddress(high: 0, low: 1), 9)]
        for endpoint in refused {
            await shard.describe(1, .callee, endpoint)
            for mark in UInt8(1)...20 { caller.speak(mark, to: ports.caller[0]) }
        }
        await shard.describe(1, .callee, callee.rtp.local)
        var mark: UInt8 = 100
        while callee.takeAll().isEmpty && !Task.isCancelled {
            caller.speak(mark, to: ports.caller[0])
            mark = 100 + (mark + 1) % 100
            await Task.yield()
        }
        callee.speak(6, to: ports.callee[0])
        #expect(await caller.hear(1).map(\.mark) == [6])
        let statistics = await shard.close(1)
        #expect(statistics.callee.sendFailures >= 1)
    }
}
