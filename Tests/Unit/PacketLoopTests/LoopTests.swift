import Addresses
import EventCollector
import Glibc
import PacketLoop
import Synchronization
import Testing
import Timeline

@Suite struct LoopTests {
    @Test("deadlines fire in their order and never early", .timeLimit(.minutes(5)))
    func deadlines() async throws {
        let collector = EventCollector<LoopEvent>()
        let start = MonotonicClock.now
        let deadlines = [0, 1, 1, 2, 3, 5, 8, 13, 21].map { start + .milliseconds($0) + .microseconds(137) }
        let thread = try PacketLoopThread(name: "deadlines", signal: LoopSignal()) { _ in
            DeadlineClient(deadlines, collector)
        }
        let fired = await collector.events(atLeast: deadlines.count)
        thread.stop()
        #expect(fired.count == deadlines.count)
        for (event, deadline) in zip(fired, deadlines) {
            guard case .deadline(let instant) = event else {
                Issue.record("not a deadline: \(event)")
                continue
            }
            #expect(instant >= deadline)
        }
    }

    @Test("messages of several threads all arrive, each sender's in order", .timeLimit(.minutes(5)))
    func inbox() async throws {
        let loop = try RunningLoop()
        let senders = 8
        let each = 2_000
        await withTaskGroup { group in
            for sender in 0..<senders {
                group.addTask {
                    for number in 0..<each { loop.inbox.post(.message(sender: sender, number: number)) }
                }
            }
        }
        let events = await loop.collector.events(atLeast: senders * each)
        var next = [Int](repeating: 0, count: senders)
        for case .message(let sender, let number) in events {
            #expect(number == next[sender])
            next[sender] = number + 1
        }
        #expect(next == [Int](repeating: each, count: senders))
    }

    @Test("a stopped loop has closed its port and let its client go", .timeLimit(.minutes(5)))
    func cleanStop() async throws {
        let loop = try RunningLoop(echoes: true)
        loop.thread.stop()
        loop.thread.stop()
        try await retried {
            let again = try UDPSocket(binding: loop.local)
            #expect(again.local == loop.local)
            again.close()
        }
    }

    @Test("what was sent before the stop still leaves", .timeLimit(.minutes(5)))
    func lastSend() async throws {
        let server = try RunningLoop()
        let signal = try LoopSignal()
        let remote = server.local
        let socket = try UDPSocket(binding: Endpoint(loopback, 0))
        let thread = try PacketLoopThread(name: "farewell", signal: signal) { loop in
            let port = DatagramPort(socket)
            try? loop.add(port)
            return FarewellClient(port: port, remote: remote, signal: loop.signal)
        }
        signal.wake()
        let arrived = await server.collector.events(atLeast: 1)
        #expect(arrived.compactMap(\.datagram) == [[66, 89, 69]])
        thread.stop()
    }

    @Test(
        "whatever precedence is asked for the loop runs, and threads that it starts have none",
        .timeLimit(.minutes(5)),
        arguments: [ThreadPrecedence.ordinary, .elevated, .realTime(priority: 1), .realTime(priority: .max)])
    func precedence(asked: ThreadPrecedence) async throws {
        let collector = EventCollector<LoopEvent>()
        let thread = try PacketLoopThread(name: "precedence", signal: LoopSignal(), precedence: asked) { _ in
            PrecedenceClient(collector)
        }
        thread.signal.wake()
        let events = await collector.events(atLeast: 1)
        thread.stop()
        guard case .message(let policy, let niceness) = events.first else {
            Issue.record("not a message: \(events)")
            return
        }
        #expect(policy == SCHED_OTHER)
        #expect(niceness >= 0)
    }

    @Test("hundreds of sockets are told apart by their tokens and come and go", .timeLimit(.minutes(5)))
    func tokens() async throws {
        let sockets = try (0..<300).map { _ in try UDPSocket(binding: Endpoint(loopback, 0)) }
        let collector = EventCollector<LoopEvent>()
        let removed = 7
        let thread = try PacketLoopThread(name: "tokens", signal: LoopSignal()) { loop in
            for (token, socket) in sockets.enumerated() { try? loop.watch(socket, token: UInt32(token)) }
            loop.unwatch(sockets[removed])
            return TokenClient(sockets, collector)
        }
        let sender = try UDPSocket(binding: Endpoint(loopback, 0))
        for socket in sockets {
            let code = [UInt8(1), 2].withUnsafeBytes { sender.send($0, to: SocketAddress(socket.local)) }
            #expect(code == 0)
        }
        let events = await collector.events(atLeast: sockets.count - 1)
        let tokens = events.compactMap { event in
            if case .message(let token, 2) = event { token } else { nil }
        }
        #expect(tokens.sorted() == (0..<sockets.count).filter { $0 != removed })
        thread.stop()
        for socket in sockets + [sender] { socket.close() }
    }

    @Test("borrowed bytes are relayed from the receive buffer", .timeLimit(.minutes(5)))
    func borrowedForwarding() throws {
        let first = try UDPSocket(binding: Endpoint(loopback, 0))
        let second = try UDPSocket(binding: Endpoint(loopback, 0))
        let incoming = DatagramBatch(slots: 8, bufferBytes: 256)
        let outgoing = SendBatch(slots: 8, arenaBytes: 16)
        for number in 0..<3 {
            let code = [UInt8(number), 9].withUnsafeBytes { first.send($0, to: SocketAddress(second.local)) }
            #expect(code == 0)
        }
        #expect(second.receive(into: incoming) == 3)
        for index in 0..<3 {
            #expect(incoming.sourceAddress(index).endpoint == first.local)
            let bytes = UnsafeRawBufferPointer(incoming.bytes(index))
            #expect(outgoing.appendBorrowed(bytes, to: incoming.sourceAddress(index)))
        }
        #expect(second.send(outgoing) == 3)
        let echoed = DatagramBatch(slots: 8, bufferBytes: 1)
        #expect(first.receive(into: echoed) == 3)
        #expect((0..<3).map { echoed.copy($0) } == [[0], [1], [2]])
        #expect((0..<3).allSatisfy { echoed.isTruncated($0) })
        first.close()
        second.close()
    }
}

/// Reports each deadline of a sorted list as it passes.
private final class DeadlineClient: PacketLoopClient {
    private var waiting: [Instant]
    private let collector: EventCollector<LoopEvent>

    init(_ deadlines: [Instant], _ collector: EventCollector<LoopEvent>) {
        waiting = deadlines.reversed()
        self.collector = collector
    }

    var nextDeadline: Instant? { waiting.last }

    func timeElapsed(at now: Instant) {
        while let deadline = waiting.last, deadline <= now {
            waiting.removeLast()
            collector.report(.deadline(now))
        }
    }
}

/// Sends one datagram and asks for the stop in the same iteration.
private final class FarewellClient: PacketLoopClient {
    private let port: DatagramPort
    private let remote: Endpoint
    private let signal: LoopSignal

    init(port: DatagramPort, remote: Endpoint, signal: LoopSignal) {
        self.port = port
        self.remote = remote
        self.signal = signal
    }

    func inboxSignalled(at now: Instant) {
        port.send([66, 89, 69], to: remote)
        signal.requestStop()
    }
}

/// Reads one datagram from each announced socket and reports token and size.
private final class TokenClient: PacketLoopClient {
    private let sockets: [UDPSocket]
    private let collector: EventCollector<LoopEvent>
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)

    init(_ sockets: [UDPSocket], _ collector: EventCollector<LoopEvent>) {
        self.sockets = sockets
        self.collector = collector
    }

    deinit { buffer.deallocate() }

    func socketReady(_ token: UInt32, at now: Instant) {
        var source = SocketAddress(Endpoint(loopback, 0))
        let count = sockets[Int(token)].receive(into: buffer, from: &source)
        collector.report(.message(sender: Int(token), number: count))
    }
}
