import Addresses
import Glibc
import PacketLoop
import Testing
import Timeline

@Suite struct DatagramTests {
    @Test("ten thousand datagrams are echoed and none is lost", .timeLimit(.minutes(5)))
    func echo() async throws {
        let server = try RunningLoop(echoes: true)
        let client = try RunningLoop()
        let total = 10_000
        let window = 500
        for first in stride(from: 0, to: total, by: window) {
            for number in first..<first + window {
                client.send([UInt8](repeating: UInt8(number & 0xFF), count: 200 + number % 1_000), to: server.local)
            }
            await client.collector.events(atLeast: first + window)
        }
        let echoed = client.collector.events.compactMap(\.datagram)
        #expect(echoed.count == total)
        #expect(echoed.enumerated().allSatisfy { $1.count == 200 + $0 % 1_000 && $1.first == UInt8($0 & 0xFF) })
        client.thread.stop()
        server.thread.stop()
    }

    @Test("an empty datagram and one of the largest size come through", .timeLimit(.minutes(5)))
    func sizes() async throws {
        let server = try RunningLoop(echoes: true)
        let client = try RunningLoop()
        let largest = (0..<65_507).map { UInt8(truncatingIfNeeded: $0) }
        client.send([], to: server.local)
        client.send(largest, to: server.local)
        let echoed = await client.collector.events(atLeast: 2).compactMap(\.datagram)
        #expect(echoed == [[], largest])
    }

    @Test("more datagrams in one iteration than fit a batch all leave in order", .timeLimit(.minutes(5)))
    func largeBurst() async throws {
        let server = try RunningLoop()
        let client = try RunningLoop()
        client.inbox.post(
            contentsOf: (0..<200).map {
                .send([UInt8(truncatingIfNeeded: $0)] + [UInt8](repeating: 7, count: 4_000), server.local)
            })
        let arrived = await server.collector.events(atLeast: 200).compactMap(\.datagram)
        #expect(arrived.map { Int($0[0]) } == Array(0..<200))
    }

    @Test(
        "a refused datagram is reported and the next one arrives", .timeLimit(.minutes(5)),
        arguments: [
            (Endpoint(loopback, 0), 100, [EINVAL]),
            (Endpoint(IPAddress(v4: 0xFFFF_FFFF), 5_060), 100, [EACCES, EINVAL]),
            (Endpoint(IPAddress(v4: 0xC000_0201), 5_060), 100, [EINVAL, ENETUNREACH]),
            (Endpoint(IPAddress(high: 0x2001_0DB8_0000_0000, low: 1), 5_060), 100, [EAFNOSUPPORT]),
            (Endpoint(loopback, 9), 65_508, [EMSGSIZE]),
            (Endpoint(loopback, 9), 400_000, [EMSGSIZE]),
        ])
    func refusedSends(remote: Endpoint, size: Int, codes: [Int32]) async throws {
        let client = try RunningLoop()
        let server = try RunningLoop()
        client.inbox.post(contentsOf: [
            .send([1], server.local), .send([UInt8](repeating: 9, count: size), remote), .send([2], server.local),
        ])
        let failures = await client.collector.events(atLeast: 1).compactMap(\.failure)
        #expect(failures.count == 1)
        #expect(failures.first?.destination == remote)
        #expect(failures.first?.bytes.count == size)
        #expect(failures.first?.isWhole == true)
        #expect(codes.contains(failures.first?.code ?? 0))
        let arrived = await server.collector.events(atLeast: 2).compactMap(\.datagram)
        #expect(arrived == [[1], [2]])
    }

    @Test("a closed port is reported with the beginning of the datagram", .timeLimit(.minutes(5)))
    func closedPort() async throws {
        let client = try RunningLoop()
        let closed = try UDPSocket(binding: Endpoint(loopback, 0))
        closed.close()
        let datagram = (0..<1_200).map { UInt8(truncatingIfNeeded: $0) }
        client.send(datagram, to: closed.local)
        let failure = try #require(await client.collector.events(atLeast: 1).first?.failure)
        #expect(failure.code == ECONNREFUSED)
        #expect(failure.destination == closed.local)
        #expect(!failure.isWhole)
        #expect(failure.bytes.count >= 400 && datagram.starts(with: failure.bytes))
    }

    @Test("datagrams to living peers get through between datagrams to a dead one", .timeLimit(.minutes(5)))
    func deadPeerAmongLiving() async throws {
        let client = try RunningLoop()
        let server = try RunningLoop()
        let closed = try UDPSocket(binding: Endpoint(loopback, 0))
        closed.close()
        for round in 0..<100 {
            client.inbox.post(contentsOf: [.send([0], closed.local), .send([UInt8(round)], server.local)])
            await server.collector.events(atLeast: round + 1)
        }
        #expect(server.collector.events.compactMap(\.datagram) == (0..<100).map { [UInt8($0)] })
        let failures = client.collector.events.compactMap(\.failure)
        #expect(failures.allSatisfy { $0.destination == closed.local })
    }

    @Test("IPv6 datagrams come and go", .timeLimit(.minutes(5)))
    func ipv6() async throws {
        let here = IPAddress(high: 0, low: 1)
        let server = try RunningLoop(binding: Endpoint(IPAddress(high: 0, low: 0), 0), echoes: true)
        let client = try RunningLoop(binding: Endpoint(here, 0))
        client.send([1, 2, 3], to: Endpoint(here, server.local.port))
        let echoed = await client.collector.events(atLeast: 1)
        #expect(echoed == [.datagram([1, 2, 3], from: Endpoint(here, server.local.port), to: nil)])
        #expect(server.collector.events == [.datagram([1, 2, 3], from: client.local, to: here)])
    }

    @Test("a wildcard port answers from the address that was asked", .timeLimit(.minutes(5)))
    func wildcard() async throws {
        let server = try RunningLoop(binding: Endpoint(IPAddress(v4: 0), 0), echoes: true)
        let client = try RunningLoop()
        let asked = IPAddress(v4: 0x7F00_0003)
        client.send([5], to: Endpoint(asked, server.local.port))
        let echoed = await client.collector.events(atLeast: 1)
        #expect(echoed == [.datagram([5], from: Endpoint(asked, server.local.port), to: nil)])
        #expect(server.collector.events == [.datagram([5], from: client.local, to: asked)])
    }

    @Test("the routing table names the local address facing a peer")
    func sourceAddress() throws {
        #expect(try SourceAddress.facing(Endpoint(IPAddress(v4: 0x7F00_0009), 5_060)) == loopback)
        #expect(try SourceAddress.facing(Endpoint(IPAddress(high: 0, low: 1), 0)) == IPAddress(high: 0, low: 1))
    }
}
