/// Who ended a call or a leg; the same word in every record, event, listing and log line (interfaces.md §5).
public enum EndedBy: UInt8, Hashable, Sendable, CaseIterable {
    case caller, callee, `switch`, api, application

    /// The word as records and interfaces write it.
    public var word: StaticString {
        switch self {
        case .caller: "caller"
        case .callee: "callee"
        case .switch: "switch"
        case .api: "api"
        case .application: "application"
        }
    }

    /// The value that `word` names; nil for another word.
    public init?(word: String) {
        guard let match = Self.allCases.first(where: { "\($0.word)" == word }) else { return nil }
        self = match
    }
}
