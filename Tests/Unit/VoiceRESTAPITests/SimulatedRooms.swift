import BXML
import CallEvents
import SQLiteStore
import Synchronization
import VoiceApplications

@testable import VoiceRESTAPI

/// The bridges and conferences of simulated calls: the desks of the REST side, over an archive in memory.
final class SimulatedRooms: Sendable {
    /// What a request of the REST side does to the rooms of a call.
    enum Act: CaseIterable, Sendable {
        case makeBridge, joinBridge, leaveBridge, silenceBridge, openBridge, playInBridge
        case becomeMember, attend, mute, hold, release, leaveConference
        case muteConference, holdConference, endConference, playInConference, stopInConference
    }

    private struct State {
        var live: [String: DrivenCall] = [:]
        var kept: [String: StoredVoiceResource] = [:]
        var faults: [String] = []
        var bridge: String?
        /// The newest conference of each profile.
        var conferences: [Int: String] = [:]
        var desks: (bridges: BridgeDesk, conferences: ConferenceDesk)?
    }

    static let user = "u-1"
    private let state = Mutex(State())

    /// Opens the desks, which lead the rooms of a switch.
    func open(_ services: CallServices, _ conferences: Conferences) {
        let archive = ResourceArchive { [self] in
            keep($0)
        } body: { [self] kind, id, _ in
            state.withLock { $0.kept[id] }.flatMap { $0.kind == kind ? $0.body : nil }
        } bodies: { [self] filter in
            state.withLock { state in state.kept.values.filter { $0.kind == filter.kind }.map(\.body) }
        }
        let calls = RoomCalls(services, history: archive) { [self] id, _ in state.withLock { $0.live[id] } }
        let desks = (BridgeDesk(calls, conferences), ConferenceDesk(calls, conferences))
        state.withLock { $0.desks = desks }
    }

    /// Lets go of the desks, which know the rooms.
    func close() { state.withLock { ($0.desks, $0.live) = (nil, [:]) } }

    private var bridges: BridgeDesk? { state.withLock { $0.desks?.bridges } }
    private var conferences: ConferenceDesk? { state.withLock { $0.desks?.conferences } }

    // MARK: Calls

    func keep(_ call: DrivenCall) { state.withLock { $0.live[call.id] = call } }
    func forget(_ call: DrivenCall) { state.withLock { $0.live[call.id] = nil } }

    /// The conference that a call may become a member of: of each profile one goes on at a time.
    func conference(_ profile: Int) async -> String? {
        guard let conferences else { return nil }
        let last = state.withLock { $0.conferences[profile] }
        if let last, let record = try? await conferences.conference(last, of: Self.user), record.state != .completed {
            return last
        }
        let wanted = RequestObject(
            "conference",
            [
                "profile": .string(profile == 0 ? "interpret_digits" : "passthru_digits"),
                "callbackUrl": .string("http://127.0.0.1:9/"),
            ])
        let id = try? await conferences.create(try ConferenceChanges(wanted), from: "1555000\(profile)", of: Self.user)
        state.withLock { $0.conferences[profile] = id }
        return id
    }

    /// The bridge that a call joins when it is answered.
    func bridge() async -> String? {
        guard let bridges else { return nil }
        let last = state.withLock { $0.bridge }
        if let last, let record = try? await bridges.bridge(last, of: Self.user), record.state != .completed {
            return last
        }
        let id = try? await bridges.create([], hasAudio: true, of: Self.user)
        state.withLock { $0.bridge = id }
        return id
    }

    func join(_ call: DrivenCall, _ bridge: String) async { await bridges?.join(call, bridge) }

    // MARK: Requests

    /// A request; one that comes at a wrong moment is refused.
    func carryOut(_ act: Act, _ call: DrivenCall, with other: DrivenCall?) async {
        do throws(RESTError) {
            switch act {
            case .makeBridge, .joinBridge, .leaveBridge, .silenceBridge, .openBridge, .playInBridge:
                try await changeBridge(act, call, with: other)
            case .becomeMember, .attend, .mute, .hold, .release, .leaveConference:
                try await changeMember(act, call)
            case .muteConference, .holdConference, .endConference, .playInConference, .stopInConference:
                try await changeConference(act, call)
            }
        } catch {
            if error.code == .internalError { fault("\(act): \(error.message)") }
        }
    }

    private func changeBridge(_ act: Act, _ call: DrivenCall, with other: DrivenCall?) async throws(RESTError) {
        guard let bridges else { return }
        if act == .makeBridge {
            let id = try await bridges.create([call.id] + [other?.id].compactMap { $0 }, hasAudio: true, of: Self.user)
            return state.withLock { $0.bridge = id }
        }
        guard let id = await bridge() else { return }
        let calls = try await bridges.bridge(id, of: Self.user).calls
        switch act {
        case .joinBridge: try await bridges.update(id, calls: calls + [call.id], hasAudio: nil, of: Self.user)
        case .leaveBridge:
            try await bridges.update(id, calls: calls.filter { $0 != call.id }, hasAudio: nil, of: Self.user)
        case .silenceBridge: try await bridges.update(id, calls: nil, hasAudio: false, of: Self.user)
        case .openBridge: try await bridges.update(id, calls: nil, hasAudio: true, of: Self.user)
        default: try await bridges.play(.play(Prompt(.file("a.wav"))), in: id, of: Self.user)
        }
    }

    private func changeMember(_ act: Act, _ call: DrivenCall) async throws(RESTError) {
        guard let conferences, let id = call.record.conference else { return }
        var wanted = MemberChanges()
        switch act {
        case .becomeMember:
            _ = try await conferences.add(call.id, to: id, wanted, of: Self.user)
            return
        case .attend: return try await conferences.attend(call, BXMLConference(from: "15550007"))
        case .mute: wanted.isMuted = true
        case .hold: wanted.isHeld = true
        case .release: (wanted.isMuted, wanted.isHeld) = (false, false)
        default: wanted.isCompleted = true
        }
        let members = try await conferences.conference(id, of: Self.user).members
        guard let member = members.last(where: { $0.call == call.id }) else { return }
        try await conferences.change(member.id, in: id, wanted, of: Self.user)
    }

    private func changeConference(_ act: Act, _ call: DrivenCall) async throws(RESTError) {
        guard let conferences, let id = call.record.conference else { return }
        let members: [String: JSONValue]
        switch act {
        case .playInConference: return try await conferences.play(.play(Prompt(.file("a.wav"))), in: id, of: Self.user)
        case .stopInConference: return try await conferences.play(.stop(isSpoken: false), in: id, of: Self.user)
        case .muteConference: members = ["mute": .boolean(true)]
        case .holdConference: members = ["hold": .boolean(true)]
        default: members = ["state": .string("completed")]
        }
        try await conferences.update(id, try ConferenceChanges(RequestObject("conference", members)), of: Self.user)
    }

    // MARK: What came of it

    private func fault(_ words: String) { state.withLock { $0.faults.append(words) } }

    /// Keeps a room; what is over stays as it was, and has nobody in it.
    private func keep(_ resource: StoredVoiceResource) {
        state.withLock { state in
            if let before = state.kept[resource.id], before.isOver { state.faults.append("\(resource.id) was over") }
            state.kept[resource.id] = resource
            if resource.isOver { state.faults += Self.peopled(resource) }
        }
    }

    /// Who is in a room.
    private static func peopled(_ resource: StoredVoiceResource) -> [String] {
        if let bridge = ResourceArchive.value(BridgeRecord.self, resource.body) {
            return bridge.calls.map { "\($0) is in \(bridge.id), which is over" }
        }
        guard let conference = ResourceArchive.value(ConferenceRecord.self, resource.body) else {
            return ["unreadable"]
        }
        return conference.members.filter { $0.state == .active }.map {
            "\($0.id) is in \(conference.id), which is over"
        }
    }

    /// Everything that is not as it has to be when all calls are over, in words; `told` gives what was told of a conference.
    func faults(_ told: (String) -> [CallEventContent]) -> [String] {
        let state = state.withLock { $0 }
        var faults = state.faults
        if !state.live.isEmpty { faults.append("\(state.live.count) calls are not forgotten") }
        for resource in state.kept.values {
            if let bridge = ResourceArchive.value(BridgeRecord.self, resource.body) {
                if !bridge.calls.isEmpty { faults.append("\(bridge.calls) are in \(bridge.id)") }
                if bridge.activatedTime != nil, bridge.state != .completed { faults.append("\(bridge.id) goes on") }
            } else if let conference = ResourceArchive.value(ConferenceRecord.self, resource.body) {
                if conference.state == .active { faults.append("\(conference.id) goes on") }
                let events = told(conference.id)
                faults += Self.faults(events, of: conference).map { "\(conference.id) \(events.map(Self.name)): \($0)" }
            }
        }
        return faults
    }

    /// What was told of all conferences, in the order of their ids' first events.
    func stories(_ told: (String) -> [CallEventContent]) -> [[String]] {
        let ids = state.withLock { state in state.kept.values.filter { $0.kind == .conference }.map(\.id) }
        return ids.map { told($0).map(Self.name) }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// An event in a word, without ids.
    private static func name(_ content: CallEventContent) -> String {
        switch content {
        case .conference(let event): event.completed == nil ? "created" : "completed"
        case .conferenceMember(let event): "\(event.isActive ? "member" : "gone")-\(event.activeMembers)"
        case .conferencePlayback(let event): "play-\(event.status)"
        default: content.type.rawValue
        }
    }

    /// What is wrong with what was told of a conference that has nobody in it.
    static func faults(_ told: [CallEventContent], of conference: ConferenceRecord) -> [String] {
        var faults: [String] = []
        func expect(_ isTrue: Bool, _ words: String) { if !isTrue { faults.append(words) } }
        let names = told.map(name)
        expect(names.first == "created", "it does not begin with its creation")
        expect(names.count { $0 == "created" } == 1, "it was not created once")
        expect(
            names.count { $0 == "completed" } == (conference.state == .completed ? 1 : 0), "its end is not told once")
        expect(names.firstIndex(of: "completed").map { $0 == names.count - 1 } ?? true, "something follows its end")
        expect(names.count { $0 == "play-started" } == names.count { $0 == "play-done" }, "a play goes on")
        var present: Set<String> = []
        var gone: Set<String> = []
        for case .conferenceMember(let event) in told {
            expect(!gone.contains(event.member), "\(event.member) is told of after it left")
            if event.isActive {
                present.insert(event.member)
            } else {
                expect(present.remove(event.member) != nil, "\(event.member) left before it came")
                gone.insert(event.member)
            }
            expect(event.activeMembers == present.count, "\(event.activeMembers) members, not \(present.count)")
        }
        expect(present.isEmpty, "\(present) never left")
        expect(gone == Set(conference.members.map(\.id)), "not all members are told of")
        return faults
    }
}
