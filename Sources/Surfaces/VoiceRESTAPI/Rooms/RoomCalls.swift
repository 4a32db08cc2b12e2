/// What bridges and conferences know of the calls around them.
struct RoomCalls: Sendable {
    let services: CallServices
    /// Keeps the rooms that were.
    let history: ResourceArchive
    private let find: @Sendable (_ id: String, _ user: String) -> DrivenCall?

    /// `live` finds the call of a user that is not over.
    init(
        _ services: CallServices, history: ResourceArchive,
        live: @escaping @Sendable (_ id: String, _ user: String) -> DrivenCall?
    ) {
        self.services = services
        self.history = history
        find = live
    }

    /// The call of a user that is not over; nil where there is none.
    func live(_ id: String, of user: String) -> DrivenCall? { find(id, user) }

    /// Takes note of a call that has joined a group. One that has ended notes it itself, after its hangup.
    func note(joined call: DrivenCall) {
        let record = call.record
        if record.endTime == nil { services.note(record) }
    }
}
