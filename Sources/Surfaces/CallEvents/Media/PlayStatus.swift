/// Whether something begins to play or has ended.
public enum PlayStatus: String, Hashable, Sendable, CaseIterable {
    case started, done

    static let kind = MemberSchema.Kind.oneOf(allCases.map(\.rawValue))
}
