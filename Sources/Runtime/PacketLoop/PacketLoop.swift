import CPacketIO
import Glibc
import Timeline

/// One thread's loop over UDP sockets, an inbox signal and one deadline (`house` law: packets never wait for anything
/// but their turn).
///
/// Everything but `signal` belongs to the loop's thread. Sockets come in two kinds: a `DatagramPort` is read, flushed
/// and looked after by the loop; a socket watched by token is only announced, and its client receives and sends.
public final class PacketLoop {
    /// How many sockets are served before deadlines and the inbox get their turn.
    private static let maximumEvents = 256
    private static let signalToken = UInt64.max
    private static let portFlag = UInt64(1) << 32

    /// Wakes and stops this loop; usable from every thread.
    public let signal: LoopSignal
    /// The instant of the present iteration.
    public private(set) var now: Instant

    private let epoll: Int32
    private let events: UnsafeMutablePointer<cpio_event>
    private var ports: [DatagramPort] = []
    private lazy var incoming = DatagramBatch(slots: 64, bufferBytes: 65_536)

    /// A loop woken by `signal`. Throws when the process has no descriptor left.
    public init(signal: LoopSignal) throws(SystemError) {
        self.signal = signal
        now = MonotonicClock.now
        epoll = try SystemError.check(cpio_epoll_create(), "create epoll")
        events = .allocate(capacity: Self.maximumEvents)
        _ = try SystemError.check(
            cpio_watch(epoll, signal.descriptor, Self.signalToken, Int32(CPIO_READABLE | CPIO_EDGE)), "watch eventfd")
    }

    deinit {
        events.deallocate()
        _ = cpio_close(epoll)
    }

    /// Reads `port` from now on and sends what it collects; it stays until the loop is gone.
    public func add(_ port: DatagramPort) throws(SystemError) {
        let token = Self.portFlag | UInt64(ports.count)
        _ = try SystemError.check(
            cpio_watch(epoll, port.socket.descriptor, token, Int32(CPIO_READABLE)), "watch socket")
        ports.append(port)
    }

    /// Announces through `socketReady(token)` whenever `socket` can be read.
    public func watch(_ socket: UDPSocket, token: UInt32) throws(SystemError) {
        _ = try SystemError.check(
            cpio_watch(epoll, socket.descriptor, UInt64(token), Int32(CPIO_READABLE)), "watch socket")
    }

    /// Stops announcing `socket`, which is still open. Its token may be announced once more in this iteration.
    public func unwatch(_ socket: UDPSocket) { _ = cpio_unwatch(epoll, socket.descriptor) }

    /// Runs until the signal requests a stop; what was collected until then still leaves.
    public func run(_ client: any PacketLoopClient) {
        while !signal.isStopRequested {
            iterate(client)
        }
    }

    /// Waits for something to do and does it: one iteration.
    private func iterate(_ client: any PacketLoopClient) {
        let deadline = client.nextDeadline
        let count = cpio_wait(epoll, events, Int32(Self.maximumEvents), timeout(for: deadline))
        now = MonotonicClock.now
        var isSignalled = false
        for index in 0..<max(0, Int(count)) {
            let event = events[index]
            if event.token == Self.signalToken {
                isSignalled = true
            } else if event.token & Self.portFlag != 0 {
                serve(ports[Int(event.token & ~Self.portFlag)], event, client)
            } else {
                client.socketReady(UInt32(truncatingIfNeeded: event.token), at: now)
            }
        }
        if isSignalled { client.inboxSignalled(at: now) }
        if let deadline, deadline <= now { client.timeElapsed(at: now) }
        // Datagrams leave before other threads are woken, who may share this core.
        flush(client)
        client.iterationEnding(at: now)
        flush(client)
    }

    private func serve(_ port: DatagramPort, _ event: cpio_event, _ client: any PacketLoopClient) {
        if event.failed {
            withUnsafeTemporaryAllocation(byteCount: 2_048, alignment: 16) { port.readErrors(into: $0) }
        }
        if event.readable || event.failed {
            if port.receive(into: incoming) > 0 { client.received(incoming, on: port, at: now) }
        }
        if event.writable { port.resume() }
    }

    /// Sends what the ports collected and reports what failed; what the client sends in answer leaves with the next
    /// iteration, which then follows at once.
    private func flush(_ client: any PacketLoopClient) {
        for (index, port) in ports.enumerated() {
            if port.isReadyToFlush { port.flush() }
            if port.hasFailures {
                for failure in port.takeFailures() { client.sendFailed(failure, on: port, at: now) }
            }
            if port.isBlocked != port.isWatchedForWriting {
                port.isWatchedForWriting = port.isBlocked
                let interest = Int32(port.isBlocked ? CPIO_READABLE | CPIO_WRITABLE : CPIO_READABLE)
                _ = cpio_rewatch(epoll, port.socket.descriptor, Self.portFlag | UInt64(index), interest)
            }
        }
    }

    /// Nanoseconds to wait: none while something is ready to leave, else until the deadline, else -1 for ever.
    private func timeout(for deadline: Instant?) -> Int64 {
        for port in ports where port.isReadyToFlush || port.hasFailures { return 0 }
        guard let deadline else { return -1 }
        return max(0, (deadline - MonotonicClock.now).nanoseconds)
    }
}
