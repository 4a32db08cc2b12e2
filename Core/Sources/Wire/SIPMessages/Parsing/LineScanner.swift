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
        /// Whether no control character stands in it at all.
        var isPlain = false
    }

    /// The next line, with its continuation lines unless it is the start line (RFC 3261 §7.3.1).
    mutating func next(isStartLine: Bool) -> Line {
        let start = position
        let probe = nextControl(from: start)
        if view[probe] == 13, view[probe &+ 1] == 10, isStartLine || probe == start || !isBlank(probe &+ 2) {
            position = probe &+ 2
            return Line(end: probe, isTerminated: true, controlAt: nil, isPlain: true)
        }
        return unusual(isStartLine: isStartLine, firstControl: probe)
    }

    private func isBlank(_ position: Int) -> Bool { view[position] == 32 || view[position] == 9 }

    /// A line with folds, tabs, or bytes that should not be there.
    private mutating func unusual(isStartLine: Bool, firstControl: Int) -> Line {
        let start = position
        var controlAt: Int?
        var probe = firstControl
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
                let isContinued = !isStartLine && probe > start && isBlank(next)
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

    /// The first byte below 32 from `start` on, or the end. Sixteen bytes are looked at together: subtracting 32 from a
    /// byte below 32 borrows into its top bit.
    private func nextControl(from start: Int) -> Int {
        let bit: UInt64 = 0x8080_8080_8080_8080
        let space: UInt64 = 0x2020_2020_2020_2020
        var probe = start
        while probe &+ 16 <= view.count {
            let first = view.word(at: probe)
            let second = view.word(at: probe &+ 8)
            let hits = (first &- space) & ~first & bit
            if hits != 0 { return probe &+ hits.trailingZeroBitCount >> 3 }
            let more = (second &- space) & ~second & bit
            if more != 0 { return probe &+ 8 &+ more.trailingZeroBitCount >> 3 }
            probe &+= 16
        }
        while probe < view.count && view.base[probe] >= 32 { probe &+= 1 }
        return probe
    }
}
