/// What a header section on a stream says about the length of the body behind it.
enum ContentLengthReader {
    enum Result: Equatable {
        /// So many bytes; 0 where nothing is said.
        case length(Int)
        /// Malformed, or said twice with different numbers.
        case invalid(offset: Int)
        /// The first line does not speak of SIP: whatever this is, it has other rules.
        case notSIP
    }

    /// Reads every Content-Length field of `head`.
    static func read(_ head: UnsafeBufferPointer<UInt8>) -> Result {
        guard let view = ByteView(head) else { return .notSIP }
        var scanner = LineScanner(view: view, position: 0)
        let firstLine = scanner.next(isStartLine: true)
        guard namesSIP(view, to: firstLine.end) else { return .notSIP }
        var length: Int?
        while scanner.position < view.count {
            let start = scanner.position
            let line = scanner.next(isStartLine: false)
            guard let value = contentLengthValue(view, from: start, to: line.end) else { continue }
            let number = view.decimal(from: value.start, to: value.end, maximum: UInt64(Int32.max))
            guard let number, length == nil || length == Int(number) else { return .invalid(offset: value.start) }
            length = Int(number)
        }
        return .length(length ?? 0)
    }

    private static func namesSIP(_ view: ByteView, to end: Int) -> Bool {
        var position = 0
        while position &+ 4 <= end {
            if view.spells("sip/", from: position, to: position &+ 4) { return true }
            position &+= 1
        }
        return false
    }

    private static func contentLengthValue(_ view: ByteView, from start: Int, to end: Int) -> ByteRange? {
        guard view[start] | 0x20 == UInt8(ascii: "c") || view[start] | 0x20 == UInt8(ascii: "l") else { return nil }
        let colon = view.first(UInt8(ascii: ":"), from: start)
        guard colon < end else { return nil }
        var nameEnd = colon
        while nameEnd > start && (view[nameEnd &- 1] == 32 || view[nameEnd &- 1] == 9) { nameEnd &-= 1 }
        guard HeaderName.identify(view, from: start, to: nameEnd) == .contentLength else { return nil }
        var first = colon &+ 1
        var last = end
        while first < last && view[first].isWhitespace { first &+= 1 }
        while last > first && view[last &- 1].isWhitespace { last &-= 1 }
        return ByteRange(from: first, to: last)
    }
}
