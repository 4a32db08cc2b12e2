/// Finds short texts in messages.
enum ByteSearch {
    /// Whether `text` stands in the first `count` of `bytes`; nil looks at all of them.
    static func contains(_ text: StaticString, in bytes: [UInt8], first count: Int? = nil) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            let length = text.utf8CodeUnitCount
            let end = min(count ?? buffer.count, buffer.count) - length
            guard end >= 0, length > 0 else { return false }
            let start = text.utf8Start
            let head = start[0]
            var position = 0
            while position <= end {
                if buffer[position] == head {
                    var matched = 1
                    while matched < length && buffer[position &+ matched] == start[matched] { matched &+= 1 }
                    if matched == length { return true }
                }
                position &+= 1
            }
            return false
        }
    }
}
