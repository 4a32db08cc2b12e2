import Addresses
import EventCollector
import Glibc
import MediaSessions
import MediaTransports
import PacketLoop
import Testing

@Suite(.timeLimit(.minutes(5))) struct ResourceTests {
    @Test("a thousand sessions take and give back their ports, sixty-four at a time out of sixty-four")
    func ports() async throws {
        let shard = try RunningShard(ports: 12_000...12_255)
        for round in 0..<16 {
            let numbers = (0..<64).map { UInt64(round * 64 + $0) }
            var seen: Set<UInt16> = []
            for number in numbers {
                let ports = try await retried {
                    guard let ports = await shard.open(number) else { throw Unmet() }
                    return ports
                }
                seen.formUnion(ports.caller + ports.callee)
            }
            #expect(seen.count == 128)
            #expect(await shard.open(9_999) == nil)
            for number in numbers { _ = await shard.close(number) }
        }
        for port in UInt16(12_000)...12_255 {
            try await retried { try UDPSocket(binding: Endpoint(loopback, port)).close() }
        }
    }

    @Test("descriptors are given back when a session ends, and when the shard stops")
    func descriptors() async throws {
        let shard = try RunningShard(ports: 12_256...12_767)
        _ = await shard.open(0)
        _ = await shard.close(0)
        for number in UInt64(1)...100 { _ = await shard.open(number) }
        for number in UInt64(1)...50 { _ = await shard.close(number) }
        try await retried { guard boundPorts(12_256...12_767) == 200 else { throw Unmet() } }
        shard.shard.stop()
        try await retried { guard boundPorts(12_256...12_767) == 0 else { throw Unmet() } }
    }

    /// Not yet.
    private struct Unmet: Error {}

    /// How many of the ports are bound on loopback.
    private func boundPorts(_ ports: ClosedRange<UInt16>) -> Int {
        ports.filter { port in
            guard let socket = try? UDPSocket(binding: Endpoint(loopback, port)) else { return true }
            socket.close()
            return false
        }.count
    }

    @Test("ports that other programs hold are passed over")
    func foreignPorts() async throws {
        let held = try [12_770, 12_773, 12_774].map { try UDPSocket(binding: Endpoint(loopback, $0)) }
        let shard = try RunningShard(ports: 12_768...12_779)
        var taken: [UInt16] = []
        while let ports = await shard.open(UInt64(taken.count)) { taken += ports.caller + ports.callee }
        #expect(Set(taken).isDisjoint(with: [12_770, 12_772, 12_774]) && taken.count == 2)
        for socket in held { socket.close() }
        try await retried { guard await shard.open(77) != nil else { throw Unmet() } }
    }

    @Test("when the allowed sockets are used up opening fails, and works again after a close")
    func socketLimit() async throws {
        let shard = try RunningShard(ports: 12_780...12_843, maximumSockets: 8)
        #expect(await shard.open(1) != nil)
        #expect(await shard.open(2, streams: 2) == nil)
        #expect(await shard.open(2) != nil)
        #expect(await shard.open(2, streams: 2) == nil)
        #expect(await shard.open(3) == nil)
        _ = await shard.close(1)
        #expect(await shard.open(3) != nil)
    }

    @Test("an address that is not ours, and absurd numbers of streams, fail without a trace")
    func refused() async throws {
        let shard = try RunningShard(ports: 12_844...12_907)
        #expect(await shard.open(1, callee: IPAddress(v4: 0xC000_0201)) == nil)
        #expect(await shard.open(1, streams: 33) == nil)
        #expect(await shard.open(1, streams: 16) != nil)
        let none = await shard.open(2, streams: 0)
        #expect(none?.caller == [] && none?.callee == [])
    }

    @Test("commands for sessions that are not there are harmless")
    func unknownSessions() async throws {
        let shard = try RunningShard(ports: 12_908...12_911)
        let id = MediaSessionID(rawValue: 5)
        await shard.describe(5, .caller, Endpoint(loopback, 9))
        shard.shard.submit([.supervise(id, .caller, true)])
        let statistics = await shard.close(5)
        #expect(statistics.caller == MediaStatistics() && statistics.callee == MediaStatistics())
    }

    @Test("a port is taken again only after all others")
    func reuse() async throws {
        let shard = try RunningShard(ports: 12_912...12_927)
        let first = try #require(await shard.open(1))
        _ = await shard.close(1)
        for number in UInt64(2)...4 {
            let ports = try #require(await shard.open(number))
            #expect(Set(ports.caller + ports.callee).isDisjoint(with: first.caller + first.callee))
        }
    }

    @Test("shards divide the ports without overlap, each beginning even")
    func shares() {
        let shares = (0..<3).map { MediaShardOptions.ports(20_001...20_020, ofShard: $0, of: 3) }
        #expect(shares == [20_002...20_007, 20_008...20_013, 20_014...20_019])
        #expect(MediaShardOptions.ports(20_000...29_999, ofShard: 0, of: 1) == 20_000...29_999)
        #expect(MediaShardOptions.socketBudget(shards: 2) > 0)
    }
}
