import CallEvents
import SQLiteStore

extension StoredEvent {
    /// An event of a call or conference of `user`, written out for `target`.
    init(_ event: CallEvent, user: String, subject: String, target: Target) {
        self.init(
            id: event.id, user: user, subject: subject, type: event.type.rawValue,
            milliseconds: event.time.milliseconds)
        self.target = target
        let members = event.members
        body = EventSchema.text(of: members)
        if target.isGet { query = Array(event.query.utf8) }
    }
}
