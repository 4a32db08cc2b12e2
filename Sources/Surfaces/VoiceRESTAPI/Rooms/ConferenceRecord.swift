/// A conference as its resource shows it.
struct ConferenceRecord: Hashable, Sendable, Codable {
    enum State: String, Hashable, Sendable, Codable, CaseIterable { case created, active, completed }

    /// Who gets the digits that members press.
    enum Profile: String, Hashable, Sendable, Codable, CaseIterable {
        /// The conference.
        case interpret = "interpret_digits"
        /// The application.
        case pass = "passthru_digits"
    }

    /// Most members that are in it at the same time.
    static let mostMembers = 20

    /// `conf-…`.
    var id: String
    var user: String
    var from: String
    var state = State.created
    /// Milliseconds since 1970-01-01 00:00 UTC.
    var createdTime: Int64
    var completedTime: Int64?
    var isHeld = false
    var isMuted = false
    var profile = Profile.interpret
    var callback = CallbackTerms()
    var tag: String?
    /// Everybody who is or has been in it.
    var members: [Member] = []

    /// A member as its resource shows it.
    struct Member: Hashable, Sendable, Codable {
        enum State: String, Hashable, Sendable, Codable { case active, completed }

        /// `member-…`.
        var id: String
        /// Id of the call.
        var call: String
        var state = State.active
        var isMuted = false
        var isHeld = false
        var hasJoinTone = false
        var hasLeavingTone = false
        var addedTime: Int64
        var removedTime: Int64?

        func resource(_ addresses: ResourceAddresses) -> JSONValue {
            .members([
                "id": .string(id), "state": .string(state.rawValue), "mute": .boolean(isMuted),
                "hold": .boolean(isHeld), "joinTone": .boolean(hasJoinTone), "leavingTone": .boolean(hasLeavingTone),
                "addedTime": .time(addedTime), "removedTime": .time(ifAny: removedTime),
                "call": .string(addresses.call(call)),
            ])
        }
    }

    init(id: String, user: String, from: String, createdTime: Int64) {
        self.id = id
        self.user = user
        self.from = from
        self.createdTime = createdTime
    }

    var activeMembers: Int { members.count { $0.state == .active } }

    func resource(_ addresses: ResourceAddresses) -> JSONValue {
        .members([
            "id": .string(id), "state": .string(state.rawValue), "from": .string(from),
            "createdTime": .time(createdTime), "completedTime": .time(ifAny: completedTime),
            "activeMembers": .integer(activeMembers), "hold": .boolean(isHeld), "mute": .boolean(isMuted),
            "profile": .string(profile.rawValue), "callbackUrl": .text(callback.url),
            "fallbackUrl": .text(callback.fallbackURL), "callbackHttpMethod": .string(callback.method),
            "callbackTimeout": .integer(callback.timeout), "tag": .text(tag),
            "members": .string(addresses.url("conferences", id, "members")),
        ])
    }
}
