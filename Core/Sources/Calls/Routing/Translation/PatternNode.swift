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
}
