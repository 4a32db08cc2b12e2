import Addresses
import CPacketIO

/// A bound UDP socket that never blocks; a number, so whoever opened it closes it.
///
/// An IPv6 socket takes no IPv4 traffic. No error of a send or a receive closes it.
public struct UDPSocket: Hashable, Sendable {
    /// What to ask of the kernel beyond binding.
    public struct Options: Sendable {
        /// Bytes the kernel keeps for us before it drops datagrams; raised past the system's limit where permitted.
        public var receiveBufferBytes: Int
        /// Bytes the kernel keeps on the way out.
        public var sendBufferBytes: Int
        /// Several sockets of this process share the port and the kernel spreads the peers over them (SO_REUSEPORT).
        public var sharesPort = false
        /// Every datagram comes with the local address it was sent to; for sockets bound to a wildcard.
        public var reportsDestination = false
        /// Datagrams dropped for want of buffer are counted (SO_RXQ_OVFL).
        public var reportsDrops = false
        /// ICMP errors are reported with the datagram that caused them.
        public var reportsUnreachable = false
        /// The kernel learns the path's MTU instead of leaving every datagram to be fragmented on the way: for small
        /// datagrams, half a microsecond cheaper each.
        public var discoversPathMTU = false
        /// The traffic class byte: 0xB8 for media, 0x60 for signalling, 0 to leave it.
        public var typeOfService: UInt8 = 0

        /// Plain options with buffers of the given sizes.
        public init(receiveBufferBytes: Int = 256 << 10, sendBufferBytes: Int = 256 << 10) {
            self.receiveBufferBytes = receiveBufferBytes
            self.sendBufferBytes = sendBufferBytes
        }

        var bits: Int32 {
            Int32(
                (sharesPort ? CPIO_SHARE_PORT : 0) | (reportsDestination ? CPIO_REPORT_DESTINATION : 0)
                    | (reportsDrops ? CPIO_REPORT_DROPS : 0) | (reportsUnreachable ? CPIO_REPORT_UNREACHABLE : 0)
                    | (discoversPathMTU ? CPIO_DISCOVER_MTU : 0))
        }
    }

    /// The file descriptor.
    public let descriptor: Int32
    /// The address and port it is bound to; the port is the real one where 0 was asked for.
    public let local: Endpoint

    /// Opens a socket and binds it to `local`; port 0 lets the kernel choose.
    ///
    /// Throws EADDRINUSE, EADDRNOTAVAIL, EACCES or EMFILE among others.
    public init(binding local: Endpoint, options: Options = Options()) throws(SystemError) {
        descriptor = try SystemError.check(
            cpio_udp_open(
                cpio_endpoint(local), options.bits, Int32(clamping: options.receiveBufferBytes),
                Int32(clamping: options.sendBufferBytes), Int32(options.typeOfService)),
            "bind udp socket")
        var bound = cpio_endpoint()
        let result = cpio_local_endpoint(descriptor, &bound)
        guard result >= 0 else {
            _ = cpio_close(descriptor)
            throw SystemError("name udp socket", code: -result)
        }
        self.local = Endpoint(bound)
    }

    /// Gives the descriptor back; a loop that watches it forgets it.
    public func close() { _ = cpio_close(descriptor) }

    /// Receives what is there, at most one batch; how many datagrams, or the negated errno (EAGAIN: nothing there).
    @discardableResult
    public func receive(into batch: DatagramBatch) -> Int {
        let result = cpio_receive(descriptor, batch.raw)
        batch.count = max(0, Int(result))
        return Int(result)
    }

    /// Receives one datagram into `buffer` without a batch; its size, or the negated errno.
    public func receive(into buffer: UnsafeMutableRawBufferPointer, from source: inout SocketAddress) -> Int {
        Int(cpio_receive_one(descriptor, buffer.baseAddress, UInt32(clamping: buffer.count), &source.raw))
    }

    /// Sends one datagram at once; 0, or the errno.
    @discardableResult
    public func send(_ bytes: UnsafeRawBufferPointer, to remote: borrowing SocketAddress) -> Int32 {
        var address = remote.raw
        let result = cpio_send_one(descriptor, bytes.baseAddress, UInt32(clamping: bytes.count), &address)
        return result < 0 ? -result : 0
    }

    /// Leaves to the kernel whom to hear: only datagrams of `peer` come in from now on, and `sendToPeer` goes there by a
    /// route looked up once. What was queued before stays. Whether the system agreed.
    public func connect(to peer: borrowing SocketAddress) -> Bool {
        var address = peer.raw
        return cpio_connect(descriptor, &address) == 0
    }

    /// Hears everybody again.
    public func disconnect() { _ = cpio_connect(descriptor, nil) }

    /// Sends one datagram to the peer that the socket is connected to; 0, or the errno.
    public func sendToPeer(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        let result = cpio_send_connected(descriptor, bytes.baseAddress, UInt32(clamping: bytes.count))
        return result < 0 ? -result : 0
    }

    /// Sends the datagrams of `batch` from position `start` on; how many the kernel took, or the negated errno of the
    /// one at `start`.
    public func send(_ batch: SendBatch, from start: Int = 0) -> Int {
        Int(cpio_send(descriptor, batch.raw, Int32(clamping: start), Int32(clamping: batch.count - start)))
    }
}
