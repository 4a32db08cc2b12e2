import Addresses
import EventCollector
import SIPMessages
import SIPTransactions
import SIPTransports
import Testing

@Suite struct StreamTransportTests {
    @Test(
        "messages come out whole wherever the stream is cut", .timeLimit(.minutes(5)),
        arguments: [1, 2, 13, 200, 5_000])
    func cuts(size: Int) async throws {
        // Each piece waits for its turn among all tests.
        var limits = StreamLimits()
        limits.messageTimeout = .seconds(600)
        limits.bodyTimeout = .seconds(600)
        let server = try await RunningTransport(limits: limits)
        let peer = try await BarePeer(connectingTo: server.local)
        let messages = (1...4).map { options($0, bodySize: $0 * 37) }
        let stream = Array(messages.joined())
        for start in stride(from: 0, to: stream.count, by: size) {
            try await peer.send(Array(stream[start..<min(start + size, stream.count)]))
        }
        let events = await server.events.events(atLeast: messages.count)
        #expect(events.compactMap(\.message) == messages)
        let flow = try #require(events.first?.flow)
        #expect(flow.transport == .tcp && flow.listener == 3 && flow.stream != 0)
        #expect(flow.local == server.local && flow.remote == peer.local)
        #expect(events.allSatisfy { $0.flow == flow })
        try await server.transport.shutDown()
    }

    @Test("many messages in one write come in order and are answered on their stream", .timeLimit(.minutes(5)))
    func pipelined() async throws {
        let server = try await RunningTransport()
        let peer = try await BarePeer(connectingTo: server.local)
        let messages = (1...300).map { options($0) }
        try await peer.send(Array(messages.joined()))
        let events = await server.events.events(atLeast: messages.count)
        #expect(events.compactMap(\.message) == messages)
        server.transport.submit(events.map { .send($0.message ?? [], $0.flow) })
        let total = messages.joined().count
        #expect(await peer.received(atLeast: total) == Array(messages.joined()))
        try await server.transport.shutDown()
    }

    @Test("a peer is reached over one stream, however much is sent while it opens", .timeLimit(.minutes(5)))
    func reuse() async throws {
        let caller = try await RunningTransport()
        let callee = try await RunningTransport()
        let messages = (1...100).map { options($0) }
        for message in messages { caller.transport.submit([.send(message, caller.flow(to: callee.local))]) }
        let events = await callee.events.events(atLeast: messages.count)
        #expect(events.compactMap(\.message) == messages)
        let flow = try #require(events.first?.flow)
        #expect(Set(events.map(\.flow)) == [flow])
        #expect(flow.remote.address == loopback)

        // The way back needs no stream of its own, whether the number is known or only the peer.
        var unnumbered = flow
        unnumbered.stream = 0
        callee.transport.submit([.send(options(200), flow), .send(options(201), unnumbered)])
        let answers = await caller.events.events(atLeast: 2)
        #expect(answers.compactMap(\.message) == [options(200), options(201)])
        #expect(answers.allSatisfy { $0.flow.remote == callee.local && $0.flow.local == caller.local })
        #expect(try await caller.transport.streamCount() == 1)
        #expect(try await callee.transport.streamCount() == 1)
        try await caller.transport.shutDown()
        try await callee.transport.shutDown()
    }

    @Test("a stream that went away is opened anew for the next message", .timeLimit(.minutes(5)))
    func reopening() async throws {
        let caller = try await RunningTransport()
        let callee = try await RunningTransport()
        caller.transport.submit([.send(options(1), caller.flow(to: callee.local))])
        let first = await callee.events.events(atLeast: 1)[0].flow
        callee.transport.submit([.close(first)])
        let stale = await caller.events.events { $0.contains(where: \.isClosed) }[0].flow
        caller.transport.submit([.send(options(2), stale)])
        let second = await callee.events.events { $0.compactMap(\.message).count == 2 }
        #expect(second.last { $0.message != nil }?.flow.stream != first.stream)
        try await caller.transport.shutDown()
        try await callee.transport.shutDown()
    }

    @Test("a peer that nobody answers for fails every message that waited", .timeLimit(.minutes(5)))
    func connectFailure() async throws {
        let caller = try await RunningTransport()
        let flow = caller.flow(to: Endpoint(IPAddress(v4: 0x7FFF_FFFE), 9))
        caller.transport.submit([.send(options(1), flow), .send(options(2), flow)])
        caller.transport.submit([.send(options(3), caller.flow(to: Endpoint(loopback, 0)))])
        let events = await caller.events.events(atLeast: 3)
        #expect(Set(events.compactMap(\.failedBytes)) == [options(1), options(2), options(3)])
        #expect(try await caller.transport.streamCount() == 0)
        try await caller.transport.shutDown()
    }

    @Test("IPv4 and IPv6 listeners share a port number", .timeLimit(.minutes(5)))
    func ipv6() async throws {
        let server = try await retried {
            let server = try await RunningTransport(binding: Endpoint(IPAddress(high: 0, low: 0), 0))
            do {
                _ = try await server.transport.listen(on: Endpoint(IPAddress(v4: 0), server.local.port), listener: 4)
            } catch {
                try await server.transport.shutDown()
                throw error
            }
            return server
        }
        let here = IPAddress(high: 0, low: 1)
        let six = try await BarePeer(connectingTo: Endpoint(here, server.local.port))
        let four = try await BarePeer(connectingTo: Endpoint(loopback, server.local.port))
        try await six.send(options(6))
        try await four.send(options(4))
        let events = await server.events.events(atLeast: 2)
        let flows = Dictionary(uniqueKeysWithValues: events.map { ($0.message ?? [], $0.flow) })
        #expect(flows[options(6)]?.local == Endpoint(here, server.local.port))
        #expect(flows[options(6)]?.listener == 3)
        #expect(flows[options(4)]?.local == Endpoint(loopback, server.local.port))
        #expect(flows[options(4)]?.listener == 4)
        try await server.transport.shutDown()
    }

    @Test("a ping is answered with a pong and is no message", .timeLimit(.minutes(5)))
    func ping() async throws {
        let server = try await RunningTransport()
        let peer = try await BarePeer(connectingTo: server.local)
        try await peer.send(Array("\r\n\r\n".utf8))
        #expect(await peer.received(atLeast: 2) == Array("\r\n".utf8))
        try await peer.send(options(1))
        #expect(await server.events.events(atLeast: 1).compactMap(\.message) == [options(1)])
        try await server.transport.shutDown()
    }

    @Test("shutting down ends every stream", .timeLimit(.minutes(5)))
    func shutDown() async throws {
        let server = try await RunningTransport()
        let peer = try await BarePeer(connectingTo: server.local)
        try await peer.send(options(1))
        await server.events.events(atLeast: 1)
        try await server.transport.shutDown()
        await peer.closed()
        #expect(server.events.events.last?.isClosed == true)
    }
}
