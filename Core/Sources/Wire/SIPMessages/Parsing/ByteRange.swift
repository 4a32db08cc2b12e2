/// Where some bytes lie inside a message. 8 bytes.
public struct ByteRange: Hashable, Sendable, BitwiseCopyable {
    /// Position of the first byte, counted from the start of the message.
    public var offset: UInt32
    /// How many bytes.
    public var count: UInt32

    @inlinable public init(offset: UInt32, count: UInt32) {
        self.offset = offset
        self.count = count
    }

    /// The bytes from `start` up to and without `end`, both clamped to 0...4,294,967,295.
    @inlinable public init(from start: Int, to end: Int) {
        offset = UInt32(clamping: start)
        count = UInt32(clamping: end &- start)
    }

    /// Position of the first byte.
    @inlinable public var start: Int { Int(offset) }
    /// Position after the last byte.
    @inlinable public var end: Int { Int(offset) &+ Int(count) }
    /// Whether the range holds no byte.
    @inlinable public var isEmpty: Bool { count == 0 }
}
