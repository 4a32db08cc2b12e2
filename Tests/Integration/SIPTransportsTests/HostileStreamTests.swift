import Addresses
import SIPMessages
import SIPTransactions
import SIPTransports
import Testing

@Suite struct HostileStreamTests {
    @Test("garbage is reported once, answered, and the stream closed after the answer", .timeLimit(.minutes(5)))
    func garbage() async throws {
        let server = try await RunningTransport()
        let peer = try await BarePeer(connectingTo: server.local)
        let text = String(decoding: options(1), as: UTF8.self)
        let broken = text.replacing("Content-Length: 0", with: "Content-Length: many")
        try await peer.send(options(7) + Array(broken.utf8) + [UInt8](repeating: 0, count: 20_000))
        let events = await server.events.events { $0.contains(where: \.isMalformed) }
        #expect(events.count == 2)
        #expect(events[0].message == options(7))
        let answer = Array("SIP/2.0 400 Bad Content-Length\r\n\r\n".utf8)
        server.transport.submit([.send(answer, events[1].flow), .close(events[1].flow)])
        #expect(await peer.received(atLeast: answer.count) == answer)
        await peer.closed()
        await server.events.events { $0.last?.isClosed == true }
        #expect(server.events.events.count == 3)
        try await server.transport.shutDown()
    }

    @Test("a message that does not end is cut off, an idle stream is kept", .timeLimit(.minutes(5)))
    func slowLoris() async throws {
        var limits = StreamLimits()
        limits.messageTimeout = .milliseconds(300)
        limits.lingerTimeout = .milliseconds(100)
        let server = try await RunningTransport(limits: limits)
        let idle = try await BarePeer(connectingTo: server.local)
        try await idle.send(Array("\r\n".utf8))
        let slow = try await BarePeer(connectingTo: server.local)
        try await slow.send(Array(options(1).dropLast(2)))
        let slowAddress = slow.local
        await slow.closed()
        #expect(idle.events.events.isEmpty)
        try await idle.send(options(2))
        let events = await server.events.events { $0.contains { $0.message != nil } }
        #expect(events.compactMap(\.message) == [options(2)])
        #expect(events.filter(\.isMalformed).map(\.flow.remote) == [slowAddress])
        #expect(events.filter(\.isClosed).map(\.flow.remote) == [slowAddress])
        try await server.transport.shutDown()
    }

    @Test("a peer that neither answers nor reads a close is cut off", .timeLimit(.minutes(5)))
    func lingering() async throws {
        var limits = StreamLimits()
        limits.lingerTimeout = .milliseconds(100)
        let server = try await RunningTransport(limits: limits)
        let peer = try await BarePeer(connectingTo: server.local, reads: false)
        try await peer.send(options(1))
        let flow = await server.events.events(atLeast: 1)[0].flow
        server.transport.submit([.close(flow)])
        await server.events.events { $0.last?.isClosed == true }
        #expect(try await server.transport.streamCount() == 0)
        try await server.transport.shutDown()
        try? await peer.close()
    }

    @Test("what a peer does not read is bounded", .timeLimit(.minutes(5)))
    func unreadAnswers() async throws {
        var limits = StreamLimits()
        limits.maximumQueuedBytes = 256 << 10
        let server = try await RunningTransport(limits: limits)
        let peer = try await BarePeer(connectingTo: server.local, reads: false)
        try await peer.send(options(1))
        let flow = await server.events.events(atLeast: 1)[0].flow
        let large = [UInt8](repeating: 65, count: 60_000)
        let count = 500
        for _ in 0..<count { server.transport.submit([.send(large, flow)]) }
        let events = await server.events.events { $0.contains { $0.failedBytes != nil } }
        #expect(events.contains { $0.failedBytes == large })
        try await server.transport.shutDown()
        try? await peer.close()
    }

    // Foundation's Process, which other tests use meanwhile, reads beyond its list of descriptors from some 1,350 on.
    @Test("three hundred idle streams do not keep the next one out", .timeLimit(.minutes(5)))
    func idleStreams() async throws {
        let server = try await RunningTransport()
        let idle = try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    var peers: [BarePeer] = []
                    for _ in 0..<15 { peers.append(try await BarePeer(connectingTo: server.local)) }
                    return peers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let peer = try await BarePeer(connectingTo: server.local)
        try await peer.send(options(1))
        #expect(await server.events.events(atLeast: 1).compactMap(\.message) == [options(1)])
        #expect(try await server.transport.streamCount() == idle.count + 1)
        for peer in idle { try await peer.close() }
        await server.events.events { $0.count { $0.isClosed } == idle.count }
        #expect(try await server.transport.streamCount() == 1)
        try await server.transport.shutDown()
    }

    @Test("one address gets no more streams than its share", .timeLimit(.minutes(5)))
    func streamsPerAddress() async throws {
        var limits = StreamLimits()
        limits.maximumStreamsPerAddress = 3
        let server = try await RunningTransport(limits: limits)
        var peers: [BarePeer] = []
        for number in 1...3 {
            let peer = try await BarePeer(connectingTo: server.local)
            try await peer.send(options(number))
            await server.events.events(atLeast: number)
            peers.append(peer)
        }
        let refused = try await BarePeer(connectingTo: server.local)
        await refused.closed()
        try await peers[0].close()
        await server.events.events { $0.last?.isClosed == true }
        let welcome = try await BarePeer(connectingTo: server.local)
        try await welcome.send(options(5))
        await server.events.events { $0.last?.message == options(5) }
        #expect(try await server.transport.streamCount() == 3)
        try await server.transport.shutDown()
    }
}
