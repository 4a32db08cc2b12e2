import Addresses
import CPacketIO
import Glibc

/// A UDP socket whose outgoing datagrams are collected and leave in batches; owns the socket.
///
/// Belongs to the thread of the loop it was added to. A send error concerns its datagram only: what the kernel cannot
/// take now waits in a bounded queue, what it refuses is reported as a `SendFailure`.
public final class DatagramPort {
    /// How many datagrams wait while the kernel's send buffer is full; more are reported as failed with ENOBUFS.
    public static let maximumBacklog = 4_096
    /// How often one datagram is tried when the error may belong to an earlier one (see `flush`).
    private static let maximumAttempts = 4

    /// The socket.
    public let socket: UDPSocket
    /// The owner's number for this port: the position of the listener in its list.
    public let index: Int
    /// Datagrams received.
    public private(set) var receivedCount: UInt64 = 0
    /// Datagrams the kernel took.
    public private(set) var sentCount: UInt64 = 0
    /// Datagrams that the kernel dropped on the way in because our buffer was full.
    public private(set) var droppedCount: UInt64 = 0

    private struct Waiting {
        let bytes: [UInt8]
        let remote: SocketAddress
        let local: IPAddress?
    }

    /// The datagrams collected; those before `next` have left.
    private let batch = SendBatch()
    private var next = 0
    /// Whether the kernel's send buffer is full: later datagrams wait in the backlog.
    private(set) var isBlocked = false
    private var backlog: [Waiting] = []
    private var lastReportedDrops: UInt32 = 0
    private var failures: [SendFailure] = []
    /// Whether the loop watches the socket for room to write.
    var isWatchedForWriting = false

    /// Takes over `socket`.
    public init(_ socket: UDPSocket, index: Int = 0) {
        self.socket = socket
        self.index = index
    }

    deinit { socket.close() }

    /// Whether collected datagrams are to be handed to the kernel.
    var isReadyToFlush: Bool { batch.count > 0 && !isBlocked }
    /// Whether failures wait to be reported.
    var hasFailures: Bool { !failures.isEmpty }

    /// Sends `bytes` at the end of the iteration, or earlier when a batch is full; `local` is the source address,
    /// for a port bound to a wildcard.
    public func send(_ bytes: [UInt8], to remote: Endpoint, from local: IPAddress? = nil) {
        guard remote.address.isIPv6 == socket.local.address.isIPv6 else {
            return fail(bytes, remote, EAFNOSUPPORT)
        }
        let datagram = Waiting(bytes: bytes, remote: SocketAddress(remote), local: local)
        if !isBlocked {
            if collect(datagram) { return }
            flush()
            if !isBlocked {
                if !collect(datagram) { fail(bytes, remote, EMSGSIZE) }
                return
            }
        }
        guard backlog.count < Self.maximumBacklog else { return fail(bytes, remote, ENOBUFS) }
        backlog.append(datagram)
    }

    /// Lets what is collected leave now, for whoever cannot wait for the end of the iteration.
    public func sendCollected() {
        if isReadyToFlush { flush() }
    }

    /// Hands everything collected to the kernel, as far as it has room.
    ///
    /// The first error on a socket that reports unreachable peers may be the report about an earlier datagram, which
    /// the kernel clears by telling it: so a datagram is tried again before it counts as refused.
    func flush() {
        var attempts = 0
        while next < batch.count {
            let result = socket.send(batch, from: next)
            if result > 0 {
                next += result
                attempts = 0
                sentCount &+= UInt64(result)
                continue
            }
            let code = Int32(clamping: -result)
            switch code {
            case EINTR: continue
            case EAGAIN:
                isBlocked = true
                return
            case ENOBUFS:
                // The network interface lost it, as networks do; retransmission is the remedy.
                break
            default:
                attempts += 1
                if attempts < Self.maximumAttempts { continue }
                let (bytes, destination) = batch.datagram(next)
                fail([UInt8](bytes), destination, code)
            }
            next += 1
            attempts = 0
        }
        batch.removeAll()
        next = 0
        isBlocked = false
    }

    /// Sends what waited, now that the kernel has room.
    func resume() {
        flush()
        while !isBlocked && !backlog.isEmpty {
            let count = backlog.firstIndex { !collect($0) } ?? backlog.count
            backlog.removeFirst(count)
            flush()
        }
    }

    /// Receives at most one batch.
    func receive(into incoming: DatagramBatch) -> Int {
        let count = max(0, socket.receive(into: incoming))
        receivedCount &+= UInt64(count)
        let drops = incoming.reportedDrops
        if count > 0 && drops != 0 {
            droppedCount &+= UInt64(drops &- lastReportedDrops)
            lastReportedDrops = drops
        }
        return count
    }

    /// Reads the reports of routers and peers about datagrams of ours.
    func readErrors(into scratch: UnsafeMutableRawBufferPointer) {
        var count: UInt32 = 0
        var destination = cpio_endpoint()
        var code: Int32 = 0
        for _ in 0..<64 {
            let result = cpio_take_error(
                socket.descriptor, scratch.baseAddress, UInt32(clamping: scratch.count), &count, &destination, &code)
            guard result != 0 else { return }
            guard result == 1 else { continue }
            let bytes = [UInt8](UnsafeRawBufferPointer(scratch).prefix(Int(count)))
            failures.append(
                SendFailure(bytes: bytes, isWhole: false, destination: Endpoint(destination), code: code))
        }
    }

    /// Takes the failures that were not reported yet.
    func takeFailures() -> [SendFailure] {
        defer { failures = [] }
        return failures
    }

    private func collect(_ datagram: Waiting) -> Bool {
        datagram.bytes.withUnsafeBytes { batch.append($0, to: datagram.remote, from: datagram.local) }
    }

    private func fail(_ bytes: [UInt8], _ destination: Endpoint, _ code: Int32) {
        failures.append(SendFailure(bytes: bytes, isWhole: true, destination: destination, code: code))
    }
}
