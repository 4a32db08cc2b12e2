/// The texts of one row, gathered so that a statement can be bound to them without a copy of its own for each.
struct TextBuffer: ~Copyable {
    private var bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    init() {
        bytes = .allocate(capacity: 4096)
    }

    deinit {
        bytes.deallocate()
    }

    /// Forgets the texts and makes room for as many bytes, so that addresses stay valid until the next call.
    mutating func begin(upTo size: Int) {
        count = 0
        // Repairing a byte that is not UTF-8 makes three of it.
        guard bytes.count < size * 3 else { return }
        bytes.deallocate()
        bytes = .allocate(capacity: size * 3)
    }

    /// Adds a text. Bytes that are not UTF-8, and NUL, become U+FFFD, so that every reader of the file can read them.
    mutating func add(_ text: [UInt8]) -> UnsafeBufferPointer<UInt8> {
        // The top bit of the union is set by NUL and by every byte that is not ASCII.
        let union = text.withUnsafeBufferPointer { $0.reduce(0 as UInt8) { $0 | ($1 &- 1) | $1 } }
        guard union & 0x80 == 0 else {
            return append(Array(String(decoding: text, as: UTF8.self).replacing("\0", with: "\u{FFFD}").utf8))
        }
        return append(text)
    }

    private mutating func append(_ text: [UInt8]) -> UnsafeBufferPointer<UInt8> {
        let room = UnsafeMutableBufferPointer(rebasing: bytes[count..<count + text.count])
        _ = room.update(fromContentsOf: text)
        count += text.count
        return UnsafeBufferPointer(room)
    }
}
