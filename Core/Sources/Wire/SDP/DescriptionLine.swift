/// A line of a description that has no meaning of its own here, kept as it was.
public struct DescriptionLine: Hashable, Sendable {
    /// The letter before `=`.
    public var type: UInt8
    /// What follows it.
    public var value: [UInt8]

    public init(type: UInt8, value: [UInt8]) {
        self.type = type
        self.value = value
    }

    /// An attribute line: `a=<value>`.
    public static func attribute(_ value: [UInt8]) -> DescriptionLine {
        DescriptionLine(type: UInt8(ascii: "a"), value: value)
    }
}
