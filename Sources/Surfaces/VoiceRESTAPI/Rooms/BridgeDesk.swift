import CallControl
import CallEvents
import VoiceApplications

/// The bridges: two calls that hear each other. Each is a room that its calls are in while they are active.
actor BridgeDesk {
    private let calls: RoomCalls
    private let conferences: Conferences
    private var bridges: [String: BridgeRecord] = [:]
    /// Bridges that a request is changing.
    private var changing: Set<String> = []

    init(_ calls: RoomCalls, _ conferences: Conferences) {
        self.calls = calls
        self.conferences = conferences
    }

    /// The room of a bridge.
    static func room(_ id: String, of user: String) -> ConferenceName {
        ConferenceName(id, owner: "bridges of \(user)")
    }

    // MARK: Finding

    func bridge(_ id: String, of user: String) async throws(RESTError) -> BridgeRecord {
        if let bridge = bridges[id], bridge.user == user { return bridge }
        guard let bridge = await calls.history.value(BridgeRecord.self, .bridge, id, of: user) else {
            throw RESTError(.bridgeNotFound, "The bridge \(id) was not found")
        }
        return bridge
    }

    func list(of user: String, _ page: PageRequest) async -> [BridgeRecord] {
        await calls.history.page(BridgeRecord.self, .bridge, of: user, page).map { bridges[$0.id] ?? $0 }
    }

    // MARK: Making and changing

    /// Makes a bridge with these calls.
    func create(_ ids: [String], hasAudio: Bool, of user: String) async throws(RESTError) -> String {
        let id = ResourceID.bridge.make()
        let engaged = await engaged(ids, for: id, of: user)
        try check(ids, for: nil, of: user)
        if let engaged { throw RESTError(.bridgeCreateError, engaged) }
        var bridge = BridgeRecord(id: id, user: user, createdTime: CallServices.now.milliseconds)
        bridge.hasAudio = hasAudio
        bridge.calls = ids
        keep(bridge)
        for id in ids { await enter(id, bridge.id) }
        return bridge.id
    }

    /// Changes who is in a bridge, and whether they hear each other; nil for no change.
    func update(_ id: String, calls wanted: [String]?, hasAudio: Bool?, of user: String) async throws(RESTError) {
        _ = try await bridge(id, of: user)
        let engaged = await engaged(wanted ?? [], for: id, of: user)
        let before = try await bridge(id, of: user)
        guard before.state != .completed else {
            throw RESTError(.bridgeInvalidState, "The bridge \(id) is completed and cannot be changed")
        }
        if let wanted { try check(wanted, for: id, of: user) }
        if let engaged { throw RESTError(.bridgeUpdateError, engaged) }
        guard changing.insert(id).inserted else {
            throw RESTError(.bridgeUpdateConflict, "The bridge \(id) is being changed by another request")
        }
        defer { changing.remove(id) }
        var bridge = before
        bridge.hasAudio = hasAudio ?? before.hasAudio
        bridge.calls = wanted ?? before.calls
        keep(bridge)
        for call in before.calls where !bridge.calls.contains(call) {
            await calls.live(call, of: user)?.leaveRoom(Self.room(id, of: user))
        }
        for call in bridge.calls where !before.calls.contains(call) { await enter(call, id) }
        if hasAudio != nil, bridge.hasAudio != before.hasAudio {
            for call in bridge.calls { await calls.live(call, of: user)?.hold(!bridge.hasAudio) }
        }
        settle(id, hadCalls: !before.calls.isEmpty)
    }

    /// What keeps one of these calls from being in the bridge: it is a member of a conference, or talks to another call.
    private func engaged(_ ids: [String], for bridge: String, of user: String) async -> String? {
        for id in ids.prefix(BridgeRecord.mostCalls) {
            guard let call = calls.live(id, of: user), !isBridged(id, but: bridge) else { continue }
            if await call.isElsewhere(than: Self.room(bridge, of: user)) {
                return "The call \(id) is in a conference, or connected to another call; end that first"
            }
        }
        return nil
    }

    private func isBridged(_ call: String, but bridge: String) -> Bool {
        bridges.values.contains { $0.id != bridge && $0.state != .completed && $0.calls.contains(call) }
    }

    /// Whether calls may be the members of a bridge.
    private func check(_ ids: [String], for bridge: String?, of user: String) throws(RESTError) {
        guard ids.count <= BridgeRecord.mostCalls else {
            throw RESTError(.bridgeCallIDsOverflow, "A bridge has at most \(BridgeRecord.mostCalls) calls")
        }
        guard Set(ids).count == ids.count else { throw .invalid("callIds", "the ids of different calls") }
        for id in ids {
            guard calls.live(id, of: user) != nil else {
                throw RESTError(.callIDNotFound, "The call \(id) was not found, or is over")
            }
            let other = bridges.values.first { $0.id != bridge && $0.state != .completed && $0.calls.contains(id) }
            if let other {
                throw RESTError(.bridgeBridgedCallID, "The call \(id) is in the bridge \(other.id) already")
            }
        }
    }

    /// A call that was made for a bridge has been answered.
    func join(_ call: DrivenCall, _ id: String) async {
        guard var bridge = bridges[id], bridge.state != .completed, bridge.calls.count < BridgeRecord.mostCalls,
            !bridge.calls.contains(call.id)
        else { return }
        bridge.calls.append(call.id)
        keep(bridge)
        await enter(call.id, id)
    }

    // MARK: Who is in

    /// Brings a call into the room: now, or when it is answered.
    private func enter(_ id: String, _ bridge: String) async {
        guard let user = bridges[bridge]?.user, let call = calls.live(id, of: user) else { return }
        call.show { $0.bridge = bridge }
        calls.note(joined: call)
        await call.whenOver { await self.left(id, bridge) }
        await call.whenActive { [weak self] call in await self?.answered(call, bridge) }
    }

    private func answered(_ call: DrivenCall, _ id: String) async {
        guard let bridge = bridges[id], bridge.calls.contains(call.id) else { return }
        var terms = ConferencePartyMediaSettings()
        terms.beepOnEntry = false
        terms.startHeld = !bridge.hasAudio
        let room = Self.room(id, of: bridge.user)
        await call.enterRoom(room, terms)
        // Somebody may have taken it out again while it entered.
        if bridges[id]?.calls.contains(call.id) != true { await call.leaveRoom(room) }
        settle(id)
    }

    private func left(_ call: String, _ id: String) {
        guard var bridge = bridges[id] else { return }
        let hadCalls = !bridge.calls.isEmpty
        bridge.calls.removeAll { $0 == call }
        keep(bridge)
        settle(id, hadCalls: hadCalls)
    }

    /// Sets the state by who is in it, and was: a bridge that its last call has left is over, an empty new one waits.
    private func settle(_ id: String, hadCalls: Bool = false) {
        guard var bridge = bridges[id], bridge.state != .completed else { return }
        let active = bridge.calls.count { calls.live($0, of: bridge.user)?.record.state == .active }
        if active == BridgeRecord.mostCalls {
            bridge.activatedTime = bridge.activatedTime ?? CallServices.now.milliseconds
            bridge.state = bridge.hasAudio ? .active : .hold
        } else if bridge.state != .created {
            bridge.state = bridge.hasAudio ? .active : .hold
        }
        if bridge.calls.isEmpty, hadCalls || bridge.state != .created {
            bridge.state = .completed
            bridge.completedTime = CallServices.now.milliseconds
        }
        keep(bridge)
        if bridge.state == .completed { bridges[id] = nil }
    }

    private func keep(_ bridge: BridgeRecord) {
        bridges[bridge.id] = bridge
        calls.history.note(
            bridge, .bridge, bridge.id, of: bridge.user, created: bridge.createdTime,
            isOver: bridge.state == .completed)
    }

    // MARK: Audio

    /// Plays to both calls of a bridge, or ends that. Returns when it begins.
    func play(_ request: PromptRequest, in id: String, of user: String) async throws(RESTError) {
        let bridge = try await bridge(id, of: user)
        guard bridge.calls.contains(where: { calls.live($0, of: user)?.record.state == .active }) else {
            throw RESTError(.bridgeInvalidOperation, "There are no active calls in the bridge \(id)")
        }
        let room = Self.room(id, of: user)
        switch request {
        case .stop: conferences.stopPlaying(in: room)
        case .play(let prompt):
            let clip = try await calls.services.clip(of: prompt, for: user)
            Task { [conferences] in
                await conferences.play([clip], in: room, repetitions: prompt.repetitions, volume: prompt.gain)
            }
        }
    }
}
