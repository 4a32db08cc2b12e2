/// One of the two parties of a call. Of a call that the switch placed, the caller is the party that was called first.
public enum CallParty: UInt8, Hashable, Sendable, CaseIterable {
    case caller, callee

    /// The word as records and interfaces write it.
    public var word: StaticString {
        switch self {
        case .caller: "caller"
        case .callee: "callee"
        }
    }

    /// The value that `word` names; nil for another word.
    public init?(word: String) {
        guard let match = Self.allCases.first(where: { "\($0.word)" == word }) else { return nil }
        self = match
    }
}
