/// A regular expression as a tree.
indirect enum PatternNode {
    case empty
    case byte(UInt8)
    case set(ByteSet)
    /// `^`.
    case start
    /// `$`.
    case end
    /// A group; its number where it captures.
    case group(PatternNode, capture: Int?)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case repetition(PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool)

    /// Whether it can match without taking a byte.
    var canBeEmpty: Bool {
        switch self {
        case .byte, .set: false
        case .empty, .start, .end: true
        case .group(let node, _): node.canBeEmpty
        case .sequence(let nodes): nodes.allSatisfy(\.canBeEmpty)
        case .alternatives(let nodes): nodes.contains { $0.canBeEmpty }
        case .repetition(let node, let minimum, _, _): minimum == 0 || node.canBeEmpty
        }
    }
}
