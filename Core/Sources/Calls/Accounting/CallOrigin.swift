/// How a call began: the word that records write.
public enum CallOrigin: UInt8, Hashable, Sendable, CaseIterable {
    /// The caller sent an INVITE.
    case inbound
    /// The switch called the first party, then the second, because a callback was asked for.
    case callback
    /// The switch called the first party, then the second, because a program asked for the call.
    case api
    /// An application placed it.
    case application

    /// The word as records and interfaces write it.
    public var word: StaticString {
        switch self {
        case .inbound: "inbound"
        case .callback: "callback"
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
