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
        let start = count
        var suspects: UInt8 = 0
        for byte in text {
            bytes[count] = byte
            count += 1
            suspects |= byte & 0x80 | (byte == 0 ? 0x80 : 0)
        }
        if suspects != 0 {
            count = start
            for byte in String(decoding: text, as: UTF8.self).replacing("\0", with: "\u{FFFD}").utf8 {
                bytes[count] = byte
                count += 1
            }
        }
        return UnsafeBufferPointer(rebasing: bytes[start..<count])
    }
}
