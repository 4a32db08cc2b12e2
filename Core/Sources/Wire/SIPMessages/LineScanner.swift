/// Finds the ends of lines, eight bytes at a time.
struct LineScanner {
    let view: ByteView
    /// Where the next line begins.
    var position: Int

    struct Line {
        /// Position after the line's last byte, its line end excluded.
        var end: Int
        /// Whether a line end follows.
        var isTerminated: Bool
        /// The first byte that may not stand in a message head: a control character other than tab and escaped ones,
        /// a CR or LF that is no CR LF.
        var controlAt: Int?
    }

    /// The next line, with its continuation lines unless it is the start line (RFC 3261 §7.3.1).
    mutating func next(isStartLine: Bool) -> Line {
        var controlAt: Int?
        var probe = position
        let start = position
        while true {
            probe = nextControl(from: probe)
            guard probe < view.count else {
                position = view.count
                return Line(end: view.count, isTerminated: false, controlAt: controlAt)
            }
            let byte = view[probe]
            let isLineEnd = byte == 13 && view[probe &+ 1] == 10 && probe &+ 1 < view.count
            if isLineEnd || byte == 10 {
                if byte == 10 && controlAt == nil { controlAt = probe }
                let next = probe &+ (isLineEnd ? 2 : 1)
                let isContinued = !isStartLine && probe > start && (view[next] == 32 || view[next] == 9)
                if !isContinued {
                    position = next
                    return Line(end: probe, isTerminated: true, controlAt: controlAt)
                }
                probe = next
                continue
            }
            let isAllowed = byte == 9 || byte != 13 && probe > start && view[probe &- 1] == UInt8(ascii: "\\")
            if !isAllowed && controlAt == nil { controlAt = probe }
            probe &+= 1
        }
    }

    /// The first byte below 32 from `start` on, or the end.
    private func nextControl(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var probe = start
        while probe &+ 8 <= view.count {
            let word = view.word(at: probe)
            let hits = (word &- ones &* 32) & ~word & (ones &* 128)
            if hits != 0 { return probe &+ hits.trailingZeroBitCount >> 3 }
            probe &+= 8
        }
        while probe < view.count && view[probe] >= 32 { probe &+= 1 }
        return probe
    }
}
