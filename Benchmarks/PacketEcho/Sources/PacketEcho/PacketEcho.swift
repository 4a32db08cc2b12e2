import Addresses
import Glibc
import PacketLoop
import Timeline

/// Sends back every datagram.
private final class EchoClient: PacketLoopClient {
    func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant) {
        for index in 0..<batch.count { port.send(batch.copy(index), to: batch.source(index)) }
    }
}

/// Echoes datagrams over loopback in bursts, and prints what one datagram in and out costs the loop's thread.
@main struct PacketEcho {
    private static let total = 256_000
    private static let datagram = [UInt8](repeating: 65, count: 700)

    static func main() throws {
        for burst in [1, 8, 64] {
            let cost = try measure(burst: burst)
            print("bursts of \(burst): \(cost.loop) ns of the loop's thread, \(cost.elapsed) ns elapsed per datagram")
        }
    }

    private static func measure(burst: Int) throws -> (loop: Int, elapsed: Int) {
        let here = Endpoint(IPAddress(v4: 0x7F00_0001), 0)
        let options = UDPSocket.Options(receiveBufferBytes: 8 << 20, sendBufferBytes: 8 << 20)
        let server = try UDPSocket(binding: here, options: options)
        let client = try UDPSocket(binding: here, options: options)
        let thread = try PacketLoopThread(name: "echo", signal: LoopSignal()) { loop throws(SystemError) in
            try loop.add(DatagramPort(server))
            return EchoClient()
        }
        let outgoing = SendBatch(slots: burst)
        let incoming = DatagramBatch(slots: burst)
        let remote = SocketAddress(server.local)
        let start = MonotonicClock.now
        let startCPU = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - nanoseconds(CLOCK_THREAD_CPUTIME_ID)
        for _ in 0..<total / burst {
            outgoing.removeAll()
            for _ in 0..<burst { _ = datagram.withUnsafeBytes { outgoing.append($0, to: remote) } }
            var sent = 0
            while sent < burst { sent += max(0, client.send(outgoing, from: sent)) }
            var received = 0
            while received < burst {
                var ready = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
                poll(&ready, 1, -1)
                received += max(0, client.receive(into: incoming))
            }
        }
        let elapsed = (MonotonicClock.now - start).nanoseconds
        let loop = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - nanoseconds(CLOCK_THREAD_CPUTIME_ID) - startCPU
        thread.stop()
        client.close()
        return (Int(loop) / total, Int(elapsed) / total)
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
