import Addresses
import CPacketIO

/// Datagrams collected for one `sendmmsg`; belongs to one thread and is used again and again.
public final class SendBatch {
    let raw: OpaquePointer
    /// How many datagrams are collected.
    public private(set) var count = 0

    /// Room for `slots` datagrams whose copied bytes fit into `arenaBytes` together.
    public init(slots: Int = 64, arenaBytes: Int = 256 << 10) {
        raw = cpio_send_batch_create(Int32(clamping: slots), Int32(clamping: arenaBytes))
    }

    deinit { cpio_send_batch_destroy(raw) }

    /// Forgets everything collected.
    public func removeAll() {
        cpio_send_batch_clear(raw)
        count = 0
    }

    /// Adds a copy of `bytes`; false when there is no room.
    public func append(
        _ bytes: UnsafeRawBufferPointer, to remote: borrowing SocketAddress, from local: IPAddress? = nil
    ) -> Bool {
        add(bytes, to: remote, from: local, isBorrowed: false)
    }

    /// Adds `bytes` without copying them: they must stay where they are until the batch is sent. False when there is
    /// no room.
    public func appendBorrowed(
        _ bytes: UnsafeRawBufferPointer, to remote: borrowing SocketAddress, from local: IPAddress? = nil
    ) -> Bool {
        add(bytes, to: remote, from: local, isBorrowed: true)
    }

    /// The collected datagram at `index`, for a report about it.
    public func datagram(_ index: Int) -> (bytes: UnsafeRawBufferPointer, destination: Endpoint) {
        precondition(index >= 0 && index < count)
        var length: UInt32 = 0
        let position = Int32(truncatingIfNeeded: index)
        let start = cpio_send_batch_bytes(raw, position, &length)
        return (
            UnsafeRawBufferPointer(start: start, count: Int(length)),
            Endpoint(cpio_send_batch_destination(raw, position))
        )
    }

    private func add(
        _ bytes: UnsafeRawBufferPointer, to remote: borrowing SocketAddress, from local: IPAddress?, isBorrowed: Bool
    ) -> Bool {
        guard bytes.count <= UInt32.max else { return false }
        var address = remote.raw
        let result: Int32
        if let local {
            var source = cpio_endpoint(local)
            result = cpio_send_batch_append(
                raw, bytes.baseAddress, UInt32(bytes.count), &address, &source, isBorrowed)
        } else {
            result = cpio_send_batch_append(raw, bytes.baseAddress, UInt32(bytes.count), &address, nil, isBorrowed)
        }
        guard result == 0 else { return false }
        count += 1
        return true
    }
}
