/// Cuts a field value at its commas. Empty values between commas are skipped.
struct ListSplitter {
    private let view: ByteView
    private var position: Int
    private let end: Int

    init(_ view: ByteView, from start: Int, to end: Int) {
        self.view = view
        self.end = min(max(end, 0), view.count)
        position = min(max(start, 0), self.end)
    }

    /// The next value without blanks around it; nil at the end.
    mutating func next() -> ByteRange? {
        while position < end {
            while position < end && view.base[position].isWhitespace { position &+= 1 }
            let start = position
            let stop = valueEnd()
            position = stop &+ 1
            var last = stop
            while last > start && view.base[last &- 1].isWhitespace { last &-= 1 }
            if last > start { return ByteRange(from: start, to: last) }
        }
        return nil
    }

    private func valueEnd() -> Int {
        var probe = position
        while probe < end {
            let byte = view.base[probe]
            if !byte.isToken {
                if byte == UInt8(ascii: ",") { return probe }
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "<") { return guardedValueEnd(from: probe) }
            }
            probe &+= 1
        }
        return end
    }

    /// The rest of a value in which commas may be quoted or bracketed.
    private func guardedValueEnd(from start: Int) -> Int {
        var probe = start
        var isQuoted = false
        var isBracketed = false
        while probe < end {
            switch view.base[probe] {
            case UInt8(ascii: "\\") where isQuoted: probe &+= 1
            case UInt8(ascii: "\"") where !isBracketed: isQuoted.toggle()
            case UInt8(ascii: "<") where !isQuoted: isBracketed = true
            case UInt8(ascii: ">") where !isQuoted: isBracketed = false
            case UInt8(ascii: ",") where !isQuoted && !isBracketed: return probe
            default: break
            }
            probe &+= 1
        }
        return end
    }
}
