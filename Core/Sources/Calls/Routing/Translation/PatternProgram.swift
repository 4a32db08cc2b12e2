/// A regular expression as instructions for `PatternMatcher`.
struct PatternProgram: Equatable, Sendable {
    enum Instruction: Equatable, Sendable, BitwiseCopyable {
        case byte(UInt8)
        /// Position in `sets`.
        case set(UInt16)
        /// Tries `first`, then `second`.
        case split(first: UInt16, second: UInt16)
        case jump(UInt16)
        /// Notes the position: slot 2n is the start of group n, slot 2n+1 its end.
        case save(UInt8)
        case start
        case end
        case matched
    }

    /// Most instructions; counted quantifiers are unrolled.
    static let maximumInstructions = 500

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ByteSet] = []
    /// How many groups capture.
    let groupCount: Int
    /// Whether the pattern begins with `^`, so that only the first position can match.
    private(set) var isAnchored = false
    /// The literal bytes, where the pattern is `^` and literals only.
    private(set) var anchoredLiteral: [UInt8]?

    init(compiling node: PatternNode, groupCount: Int) throws(PatternFault) {
        self.groupCount = groupCount
        try emit(node)
        try add(.matched)
        isAnchored = instructions[0] == .start
        var literal: [UInt8] = []
        for instruction in instructions.dropFirst().dropLast() {
            guard case .byte(let byte) = instruction else { return }
            literal.append(byte)
        }
        if isAnchored { anchoredLiteral = literal }
    }

    @discardableResult
    private mutating func add(_ instruction: Instruction) throws(PatternFault) -> Int {
        guard instructions.count < Self.maximumInstructions else {
            throw PatternFault(offset: 0, allowed: "a pattern of at most \(Self.maximumInstructions) steps")
        }
        instructions.append(instruction)
        return instructions.count - 1
    }

    private var here: UInt16 { UInt16(truncatingIfNeeded: instructions.count) }

    private mutating func emit(_ node: PatternNode) throws(PatternFault) {
        switch node {
        case .empty: break
        case .byte(let byte): try add(.byte(byte))
        case .set(let set):
            let known = sets.firstIndex(of: set)
            if known == nil { sets.append(set) }
            try add(.set(UInt16(truncatingIfNeeded: known ?? sets.count - 1)))
        case .start: try add(.start)
        case .end: try add(.end)
        case .group(let node, let capture):
            guard let capture else { return try emit(node) }
            try add(.save(UInt8(truncatingIfNeeded: 2 * capture)))
            try emit(node)
            try add(.save(UInt8(truncatingIfNeeded: 2 * capture + 1)))
        case .sequence(let nodes):
            for node in nodes { try emit(node) }
        case .alternatives(let nodes): try emitAlternatives(nodes)
        case .repetition(let node, let minimum, let maximum, let isGreedy):
            try emitRepetition(of: node, minimum: minimum, maximum: maximum, isGreedy: isGreedy)
        }
    }

    private mutating func emitAlternatives(_ nodes: [PatternNode]) throws(PatternFault) {
        var exits: [Int] = []
        for (position, node) in nodes.enumerated() {
            guard position < nodes.count - 1 else {
                try emit(node)
                break
            }
            let split = try add(.jump(0))
            try emit(node)
            exits.append(try add(.jump(0)))
            instructions[split] = .split(first: UInt16(truncatingIfNeeded: split + 1), second: here)
        }
        for exit in exits { instructions[exit] = .jump(here) }
    }

    private mutating func emitRepetition(
        of node: PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool
    ) throws(PatternFault) {
        for _ in 0..<minimum { try emit(node) }
        guard let maximum else {
            let split = try add(.jump(0))
            try emit(node)
            try add(.jump(UInt16(truncatingIfNeeded: split)))
            fork(at: split, isGreedy: isGreedy)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(try add(.jump(0)))
            try emit(node)
        }
        for split in splits { fork(at: split, isGreedy: isGreedy) }
    }

    /// Makes the instruction at `position` choose between what follows it and the end of the program so far.
    private mutating func fork(at position: Int, isGreedy: Bool) {
        let next = UInt16(truncatingIfNeeded: position + 1)
        instructions[position] = isGreedy ? .split(first: next, second: here) : .split(first: here, second: next)
    }
}
