/// A bridge as its resource shows it.
struct BridgeRecord: Hashable, Sendable, Codable {
    enum State: String, Hashable, Sendable, Codable, CaseIterable { case created, active, hold, completed, error }

    /// `brg-…`.
    var id: String
    var user: String
    var state = State.created
    /// Whether its calls hear each other; false holds them.
    var hasAudio = true
    /// Calls that are in it, at most two.
    var calls: [String] = []
    /// Milliseconds since 1970-01-01 00:00 UTC: made, two calls joined for the first time, all calls gone.
    var createdTime: Int64
    var activatedTime: Int64?
    var completedTime: Int64?

    static let mostCalls = 2

    init(id: String, user: String, createdTime: Int64) {
        self.id = id
        self.user = user
        self.createdTime = createdTime
    }

    func resource(_ addresses: ResourceAddresses) -> JSONValue {
        .members([
            "id": .string(id), "state": .string(state.rawValue), "bridgeAudio": .boolean(hasAudio),
            "calls": .string(addresses.url("bridges", id, "calls")), "callIds": .array(calls.map { .string($0) }),
            "createdTime": .time(createdTime), "activatedTime": .time(ifAny: activatedTime),
            "completedTime": .time(ifAny: completedTime),
        ])
    }
}
