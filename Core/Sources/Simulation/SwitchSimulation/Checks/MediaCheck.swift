import MediaSessions

/// Judges what the switch asks of the media shard.
struct MediaCheck: Sendable {
    private enum Session: Sendable { case asked, open, closed }

    private var sessions: [MediaSessionID: Session] = [:]

    mutating func command(_ command: MediaCommand, _ context: inout CheckContext) {
        switch command {
        case .open(let id, _, _, _), .openParty(let id, _):
            if sessions[id] == .closed { violate("a closed session was opened again", &context) }
            if sessions[id] == nil { sessions[id] = .asked }
        case .update(let id, _, _), .supervise(let id, _, _), .party(let id, _):
            checkOpen(id, &context)
        case .room(_, .open(let id, _, _)): sessions[id] = .open
        case .room: break
        case .close(let id):
            if sessions[id] == nil || sessions[id] == .closed {
                violate("a session that is not open was closed", &context)
            }
            sessions[id] = .closed
        }
    }

    /// The media shard has reported something.
    mutating func event(_ event: MediaEvent) {
        switch event {
        case .opened(let id, _, _): if sessions[id] == .asked { sessions[id] = .open }
        case .openFailed(let id): if sessions[id] == .asked { sessions[id] = nil }
        case .silent, .closed, .party, .room: break
        }
    }

    private func checkOpen(_ id: MediaSessionID, _ context: inout CheckContext) {
        if sessions[id] != .open { violate("a session that is not open was changed", &context) }
    }

    private func violate(_ detail: String, _ context: inout CheckContext) {
        context.violate(.mediaIsClosedOnce, detail, call: nil)
    }

    func worldEnded(_ context: inout CheckContext) {
        let left = sessions.values.reduce(0) { $0 + ($1 == .closed ? 0 : 1) }
        if left > 0 { violate("\(left) sessions were never closed", &context) }
    }
}
