/// What an incoming call tells about its caller beside the number.
public struct CallerPresentation: Equatable, Sendable {
    /// What the Diversion header told.
    public var diversion: Diversion?
    /// Name that the caller shows.
    public var displayName: String?
    /// Whether the caller wants number and name withheld; nil where nothing was said.
    public var withholdsNumber: Bool?
    public var withholdsName: Bool?

    public init() {}

    func write(to members: inout EventMembers) {
        members.add("diversion", diversion?.members)
        members.add("displayName", displayName)
        // Written as texts by the interface.
        members.add("withholdCallerNumber", withholdsNumber.map { $0 ? "true" : "false" })
        members.add("withholdCallerName", withholdsName.map { $0 ? "true" : "false" })
    }

    static let schema: [MemberSchema] = [
        .sometimes("diversion", .diversion), .sometimes("displayName", .string),
        .sometimes("withholdCallerNumber", .oneOf(["true", "false"])),
        .sometimes("withholdCallerName", .oneOf(["true", "false"])),
    ]
}
