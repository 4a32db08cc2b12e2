import Addresses
import CPacketIO

/// Buffers for one batched receive and what it brought; belongs to one thread and is used again and again.
public final class DatagramBatch {
    let raw: OpaquePointer
    private let datagrams: UnsafePointer<cpio_datagram>
    /// How many datagrams the last receive brought.
    public internal(set) var count = 0

    /// Room for `slots` datagrams of at most `bufferBytes` bytes each; longer ones arrive cut off and marked.
    public init(slots: Int = 64, bufferBytes: Int = 2_048) {
        raw = cpio_receive_batch_create(Int32(clamping: slots), Int32(clamping: bufferBytes))
        datagrams = cpio_receive_batch_datagrams(raw)
    }

    deinit { cpio_receive_batch_destroy(raw) }

    /// The bytes in place; valid until the next receive into this batch, and writable, so that a relay changes them
    /// where they lie.
    public func bytes(_ index: Int) -> UnsafeMutableRawBufferPointer {
        precondition(index >= 0 && index < count)
        return UnsafeMutableRawBufferPointer(start: datagrams[index].bytes, count: Int(datagrams[index].count))
    }

    /// The bytes in an array of their own.
    public func copy(_ index: Int) -> [UInt8] {
        // 400 instructions less than `[UInt8](unsafeUninitializedCapacity:)`, which is not specialised.
        Array(bytes(index).assumingMemoryBound(to: UInt8.self))
    }

    /// Who sent it.
    public func source(_ index: Int) -> Endpoint {
        precondition(index >= 0 && index < count)
        return Endpoint(datagrams[index].source)
    }

    /// Who sent it, in the kernel's shape.
    public func sourceAddress(_ index: Int) -> SocketAddress {
        precondition(index >= 0 && index < count)
        return SocketAddress(raw: cpio_receive_batch_source(raw, Int32(truncatingIfNeeded: index)).pointee)
    }

    /// The local address it was sent to, where the socket reports destinations.
    public func localAddress(_ index: Int) -> IPAddress? {
        precondition(index >= 0 && index < count)
        return datagrams[index].has_local ? IPAddress(datagrams[index].local) : nil
    }

    /// Whether the datagram was longer than its buffer and lost its end.
    public func isTruncated(_ index: Int) -> Bool {
        precondition(index >= 0 && index < count)
        return datagrams[index].truncated
    }

    /// The socket's drop counter as the last receive saw it (wraps at 32 bits); 0 when the kernel attached none.
    public var reportedDrops: UInt32 { cpio_receive_batch_drops(raw) }
}
