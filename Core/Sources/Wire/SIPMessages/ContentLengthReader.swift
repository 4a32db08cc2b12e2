/// What a header section says about the length of the body behind it.
enum ContentLengthReader {
    enum Result: Equatable {
        case length(Int)
        case invalid(offset: Int)
        case missing
    }

    /// Reads every Content-Length field of `head`; fields that differ are invalid, as is anything but digits.
    static func read(_ head: [UInt8]) -> Result {
        head.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return .missing }
            var scanner = LineScanner(view: view, position: 0)
            _ = scanner.next(isStartLine: true)
            var result = Result.missing
            while scanner.position < view.count {
                let start = scanner.position
                let line = scanner.next(isStartLine: false)
                guard let value = contentLengthValue(view, from: start, to: line.end) else { continue }
                guard let number = view.decimal(from: value.start, to: value.end, maximum: UInt64(Int32.max)) else {
                    return .invalid(offset: value.start)
                }
                if case .length(let before) = result, before != Int(number) { return .invalid(offset: value.start) }
                result = .length(Int(number))
            }
            return result
        }
    }

    private static func contentLengthValue(_ view: ByteView, from start: Int, to end: Int) -> ByteRange? {
        var colon = start
        while colon < end && view[colon] != UInt8(ascii: ":") { colon &+= 1 }
        guard colon < end else { return nil }
        var nameEnd = colon
        while nameEnd > start && (view[nameEnd &- 1] == 32 || view[nameEnd &- 1] == 9) { nameEnd &-= 1 }
        guard view.spells("content-length", from: start, to: nameEnd) || view.spells("l", from: start, to: nameEnd)
        else { return nil }
        var first = colon &+ 1
        var last = end
        while first < last && view[first].isWhitespace { first &+= 1 }
        while last > first && view[last &- 1].isWhitespace { last &-= 1 }
        return ByteRange(from: first, to: last)
    }
}
