/// A range inside a message of at most 65,535 bytes, in 4 bytes; offset 0 says "absent".
struct ShortRange: Equatable, Sendable, BitwiseCopyable {
    var offset: UInt16 = 0
    var count: UInt16 = 0

    init() {}

    init(offset: UInt16, count: UInt16) {
        self.offset = offset
        self.count = count
    }

    /// `start...end` lies in a message of at most 65,535 bytes: the parser refuses longer ones.
    init(from start: Int, to end: Int) {
        offset = UInt16(truncatingIfNeeded: start)
        count = UInt16(truncatingIfNeeded: end &- start)
    }

    var start: Int { Int(offset) }
    var end: Int { Int(offset) &+ Int(count) }
    var range: ByteRange { ByteRange(offset: UInt32(offset), count: UInt32(count)) }
    var optional: ByteRange? { offset == 0 ? nil : range }
}
