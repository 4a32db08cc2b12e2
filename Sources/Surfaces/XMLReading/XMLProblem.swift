/// What is wrong with a document, as a part of a sentence, and where that is known, the line.
public struct XMLProblem: Error, Equatable, Sendable, CustomStringConvertible {
    public let reason: String
    /// Counted from 1; nil for what concerns the whole document.
    public internal(set) var line: Int?

    public init(_ reason: String) { self.reason = reason }

    public var description: String { line.map { "\(reason) in line \($0)" } ?? reason }
}
