/// Bytes of a message under construction, in memory that nobody else sees: appending checks the room and copies, and
/// does nothing else. It is the only unsafe place of writing.
struct MessageBuffer: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes were written.
    private(set) var count = 0

    /// An empty buffer with room for `capacity` bytes; it grows when more are written.
    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// A copy of what was written, in exactly as much memory.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    /// Forgets what was written.
    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        start[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ first: UInt8, _ second: UInt8) {
        if capacity &- count < 2 { grow(by: 2) }
        start[count] = first
        start[count &+ 1] = second
        count &+= 2
    }

    @inline(__always)
    mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        guard let base = source.baseAddress else { return }
        append(base, source.count)
    }

    @inline(__always)
    mutating func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

    /// Appends the decimal digits of a number.
    mutating func append(decimal number: UInt64) {
        if capacity &- count < 20 { grow(by: 20) }
        var length = 1
        var limit: UInt64 = 10
        while number >= limit && length < 20 {
            length &+= 1
            limit = limit &* 10
        }
        var rest = number
        var position = count &+ length
        while position > count {
            position &-= 1
            start[position] = UInt8(truncatingIfNeeded: 48 &+ rest % 10)
            rest /= 10
        }
        count &+= length
    }

    @inline(__always)
    private mutating func append(_ base: UnsafePointer<UInt8>, _ length: Int) {
        if capacity &- count < length { grow(by: length) }
        (start + count).update(from: base, count: length)
        count &+= length
    }

    @inline(never)
    private mutating func grow(by length: Int) {
        let larger = max(capacity * 2, count + length)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: start, count: count)
        start.deallocate()
        start = moved
        capacity = larger
    }
}
