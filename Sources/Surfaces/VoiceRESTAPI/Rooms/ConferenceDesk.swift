import Audio
import BXML
import CallControl
import CallEvents
import Timeline
import VoiceApplications
import Webhooks

/// The conferences of the REST side: who is in them, and what is told of them.
actor ConferenceDesk {
    private let calls: RoomCalls
    private let conferences: Conferences
    private var records: [String: ConferenceRecord] = [:]
    private var streams: [String: EventStream] = [:]
    /// Conferences and members that a request is changing.
    private var changing: Set<String> = []
    /// Conferences whose members are being taken out, as they are completed.
    private var closing: Set<String> = []
    /// Calls on their way into each conference: nobody knows them as members yet.
    private var entering: [String: Set<String>] = [:]
    /// What is being played to each conference, by number.
    private var playing: [String: [Int: Prompt]] = [:]
    private var playCount = 0

    init(_ calls: RoomCalls, _ conferences: Conferences) {
        self.calls = calls
        self.conferences = conferences
    }

    static func room(_ id: String, of user: String) -> ConferenceName { ConferenceName(id, owner: user) }

    // MARK: Finding

    func conference(_ id: String, of user: String) async throws(RESTError) -> ConferenceRecord {
        if let record = records[id], record.user == user { return record }
        guard let record = await calls.history.value(ConferenceRecord.self, .conference, id, of: user) else {
            throw RESTError(.conferenceNotFound, "The conference \(id) was not found")
        }
        return record
    }

    func member(_ id: String, in conference: String, of user: String) async throws(RESTError) -> ConferenceRecord.Member
    {
        guard let member = try await self.conference(conference, of: user).members.first(where: { $0.id == id }) else {
            throw RESTError(.conferenceMemberNotFound, "The member \(id) was not found")
        }
        return member
    }

    /// The conference where it goes on.
    private func going(_ id: String, of user: String) async throws(RESTError) -> ConferenceRecord {
        let record = try await conference(id, of: user)
        guard record.state != .completed, !closing.contains(id) else {
            throw RESTError(.conferenceError, "The conference \(id) is completed")
        }
        return record
    }

    // MARK: Making and changing

    func create(_ wanted: ConferenceChanges, from: String, of user: String) throws(RESTError) -> String {
        var record = ConferenceRecord(
            id: ResourceID.conference.make(), user: user, from: from, createdTime: CallServices.now.milliseconds)
        try wanted.apply(to: &record)
        streams[record.id] = EventStream(
            conference: record.callback.route(user: user, subject: record.id), sink: calls.services.sink)
        keep(record)
        tell(record, .conference(ConferenceEvent(named(record), created: UTCTime(milliseconds: record.createdTime))))
        return record.id
    }

    func update(_ id: String, _ wanted: ConferenceChanges, of user: String) async throws(RESTError) {
        var record = try await going(id, of: user)
        guard changing.insert(id).inserted else {
            throw RESTError(.conferenceUpdateConflict, "The conference \(id) is being changed by another request")
        }
        defer { changing.remove(id) }
        try wanted.apply(to: &record)
        keep(record)
        if wanted.hasCallback {
            streams[id]?.route = record.callback.route(user: user, subject: id)
        }
        for member in record.members where member.state == .active {
            var change = MemberChanges()
            change.isHeld = wanted.isHeld
            change.isMuted = wanted.isMuted
            if !change.isEmpty { try? await carryOut(change, on: member.id, in: id, of: user) }
        }
        if wanted.isCompleted { conferences.end(Self.room(id, of: user)); await complete(id) }
    }

    /// Ends a conference: everybody is out.
    private func complete(_ id: String) async {
        guard let record = records[id], record.state != .completed, closing.insert(id).inserted else { return }
        defer { closing.remove(id) }
        // Nobody can become a member any more; who is on the way in is turned back.
        for member in record.members where member.state == .active {
            await calls.live(member.call, of: record.user)?.leaveRoom(Self.room(id, of: record.user))
            gone(member.id, from: id)
        }
        finish(id)
    }

    private func finish(_ id: String) {
        guard var record = records[id], record.state != .completed else { return }
        let unended = playing.removeValue(forKey: id) ?? [:]
        for (_, prompt) in unended.sorted(by: { $0.key < $1.key }) { tellPlay(prompt, .done, id) }
        let now = CallServices.now
        record.state = .completed
        record.completedTime = now.milliseconds
        keep(record)
        tell(
            record,
            .conference(
                ConferenceEvent(named(record), created: UTCTime(milliseconds: record.createdTime), completed: now)))
        records[id] = nil
        streams[id] = nil
        entering[id] = nil
    }

    // MARK: Members

    /// Makes an active call a member.
    func add(_ callID: String, to id: String, _ wanted: MemberChanges, of user: String) async throws(RESTError)
        -> String
    {
        let record = try await going(id, of: user)
        guard let call = calls.live(callID, of: user) else {
            throw RESTError(.callIDNotFound, "The call \(callID) was not found, or is over")
        }
        guard call.terms.conference == id else {
            throw RESTError(.invalidCallConferenceID, "The call \(callID) was not created with the conference \(id)")
        }
        return try await admit(call, to: record, wanted)
    }

    /// Brings a call into the conference that a document names by its number: the newest of the user that goes on and is
    /// hosted by it, or a new one.
    func attend(_ call: DrivenCall, _ wanted: BXMLConference) async throws(RESTError) {
        let (user, from) = (call.terms.user, PartyName.canonical(wanted.from))
        let known = records.values.filter { $0.user == user && $0.from == from && $0.state != .completed }
            .max { $0.createdTime < $1.createdTime }
        let id: String
        if let known {
            id = known.id
        } else {
            id = try create(try ConferenceChanges(wanted, like: call.terms.callback), from: from, of: user)
        }
        call.show { $0.conference = id }
        calls.note(joined: call)
        _ = try await admit(call, to: try await going(id, of: user), MemberChanges(wanted))
    }

    private func admit(
        _ call: DrivenCall, to record: ConferenceRecord, _ wanted: MemberChanges
    ) async throws(RESTError) -> String {
        let (id, callID) = (record.id, call.id)
        guard call.record.state == .active else {
            throw RESTError(.callUnavailable, "The call \(callID) is not active")
        }
        let isMember = record.members.contains { $0.call == callID && $0.state == .active }
        guard !isMember, !entering[id, default: []].contains(callID) else {
            throw RESTError(.conferenceMemberUpdateConflict, "The call \(callID) is a member already")
        }
        guard record.activeMembers + entering[id, default: []].count < ConferenceRecord.mostMembers else {
            throw RESTError(.conferenceMaxMembers, "A conference has at most \(ConferenceRecord.mostMembers) members")
        }
        entering[id, default: []].insert(callID)
        do throws(RESTError) {
            return try await enter(call, wanted, record)
        } catch {
            // Those who were in it may have left meanwhile.
            endIfDeserted(id)
            throw RESTError(.conferenceError, "The call \(callID) could not join: \(error.message)")
        }
    }

    /// Brings a call into the room; it is a member once it is there. Gives the id of the member.
    private func enter(
        _ call: DrivenCall, _ wanted: MemberChanges, _ record: ConferenceRecord
    ) async throws(RESTError) -> String {
        let id = record.id
        var member = ConferenceRecord.Member(id: ResourceID.member.make(), call: call.id, addedTime: 0)
        wanted.apply(to: &member)
        member.isHeld = wanted.isHeld ?? record.isHeld
        member.isMuted = wanted.isMuted ?? record.isMuted
        var terms = ConferencePartyMediaSettings()
        terms.beepOnEntry = member.hasJoinTone
        terms.exitTone = member.hasLeavingTone ? .beep : nil
        terms.startHeld = member.isHeld
        terms.startMuted = member.isMuted
        let room = Self.room(id, of: record.user)
        let hasEntered = await call.enterRoom(room, terms)
        entering[id]?.remove(call.id)
        guard hasEntered else {
            throw RESTError(.conferenceError, "the call is connected to another one, or the room is full")
        }
        guard let record = records[id], !closing.contains(id) else {
            await call.leaveRoom(room)
            throw RESTError(.conferenceError, "the conference has ended")
        }
        member.addedTime = CallServices.now.milliseconds
        member.isHeld = wanted.isHeld ?? record.isHeld
        member.isMuted = wanted.isMuted ?? record.isMuted
        change(id) {
            $0.members.append(member)
            $0.state = .active
        }
        tellMember(member.id, in: id)
        if member.isHeld != terms.startHeld { await call.hold(member.isHeld) }
        if member.isMuted != terms.startMuted { await call.mute(member.isMuted) }
        if record.profile == .interpret {
            await call.interpretDigits { [weak self, member = member.id] digit in
                Task { await self?.pressed(digit, member, id) }
            }
        }
        await call.whenOutOfRoom { [weak self, member = member.id] in await self?.left(member, id) }
        return member.id
    }

    /// Mutes, holds, removes a member, or changes what is heard when it leaves.
    func change(_ id: String, in conference: String, _ wanted: MemberChanges, of user: String) async throws(RESTError) {
        guard changing.insert(id).inserted else {
            throw RESTError(.conferenceMemberUpdateConflict, "The member \(id) is being changed by another request")
        }
        defer { changing.remove(id) }
        try await carryOut(wanted, on: id, in: conference, of: user)
    }

    private func carryOut(
        _ wanted: MemberChanges, on id: String, in conference: String, of user: String
    ) async throws(RESTError) {
        _ = try await going(conference, of: user)
        let before = try await member(id, in: conference, of: user)
        guard before.state == .active else {
            throw RESTError(.conferenceError, "The member \(id) has left the conference")
        }
        guard let call = calls.live(before.call, of: user) else { return }
        if wanted.isCompleted {
            await call.leaveRoom(Self.room(conference, of: user))
            return left(id, conference)
        }
        var member = before
        wanted.apply(to: &member)
        change(conference) { record in
            if let place = record.members.firstIndex(where: { $0.id == id }) { record.members[place] = member }
        }
        if member.isMuted != before.isMuted { await call.mute(member.isMuted) }
        if member.isHeld != before.isHeld { await call.hold(member.isHeld) }
        if member.hasLeavingTone != before.hasLeavingTone {
            await call.setExitTone(member.hasLeavingTone ? .beep : nil, conferences)
        }
        guard member.isMuted != before.isMuted || member.isHeld != before.isHeld else { return }
        // It may have left meanwhile, which has been told.
        if try await self.member(id, in: conference, of: user).state == .active { tellMember(id, in: conference) }
    }

    /// What a member's digits do where the conference interprets them.
    private func pressed(_ digit: Character, _ id: String, _ conference: String) async {
        guard let record = records[conference], let member = record.members.first(where: { $0.id == id }) else {
            return
        }
        var wanted = MemberChanges()
        switch ConferenceKey(digit) {
        case .toggleMute: wanted.isMuted = !member.isMuted
        case .toggleHold: wanted.isHeld = !member.isHeld
        case .leave: wanted.isCompleted = true
        case .adjust(let control, let steps):
            await calls.live(member.call, of: record.user)?.adjust(control, by: steps)
            return
        case nil: return
        }
        try? await carryOut(wanted, on: id, in: conference, of: record.user)
    }

    private func left(_ id: String, _ conference: String) {
        gone(id, from: conference)
        endIfDeserted(conference)
    }

    /// A conference that its last member has left is over, unless somebody is on the way in.
    private func endIfDeserted(_ id: String) {
        guard let record = records[id], record.state == .active, record.activeMembers == 0,
            entering[id, default: []].isEmpty
        else { return }
        finish(id)
    }

    private func gone(_ id: String, from conference: String) {
        guard let member = records[conference]?.members.first(where: { $0.id == id }), member.state == .active else {
            return
        }
        change(conference) { record in
            guard let place = record.members.firstIndex(where: { $0.id == id }) else { return }
            record.members[place].state = .completed
            record.members[place].removedTime = CallServices.now.milliseconds
        }
        tellMember(id, in: conference)
    }

    // MARK: Audio

    /// Plays to a whole conference, or ends that. Returns when it begins.
    func play(_ request: PromptRequest, in id: String, of user: String) async throws(RESTError) {
        let record = try await going(id, of: user)
        let room = Self.room(id, of: user)
        switch request {
        case .stop: conferences.stopPlaying(in: room)
        case .play(let prompt):
            guard record.state == .active else {
                throw RESTError(.conferenceError, "The conference \(id) has no members")
            }
            let clip = try await calls.services.clip(of: prompt, for: user)
            playCount += 1
            let number = playCount
            Task { [conferences] in
                begun(prompt, number, id)
                await conferences.play([clip], in: room, repetitions: prompt.repetitions, volume: prompt.gain)
                ended(number, id)
            }
        }
    }

    private func begun(_ prompt: Prompt, _ number: Int, _ id: String) {
        guard records[id] != nil else { return }
        playing[id, default: [:]][number] = prompt
        tellPlay(prompt, .started, id)
    }

    /// The end of what was played is told, unless that of the conference came first.
    private func ended(_ number: Int, _ id: String) {
        if let prompt = playing[id]?.removeValue(forKey: number) { tellPlay(prompt, .done, id) }
    }

    // MARK: Telling

    private func named(_ record: ConferenceRecord, tag: String? = nil) -> EventConference {
        EventConference(
            id: record.id, uri: calls.services.addresses(of: record.user).url("conferences", record.id),
            tag: tag ?? record.tag)
    }

    private func tell(_ record: ConferenceRecord, _ content: CallEventContent) {
        streams[record.id]?.publish(content, at: CallServices.now)
    }

    private func tellPlay(_ prompt: Prompt, _ status: PlayStatus, _ id: String) {
        guard let record = records[id] else { return }
        let conference = named(record, tag: prompt.tag)
        tell(
            record,
            prompt.isSpoken
                ? .conferenceSpeak(ConferenceSpeakEvent(conference, status))
                : .conferencePlayback(ConferencePlaybackEvent(conference, status)))
    }

    private func tellMember(_ id: String, in conference: String) {
        guard let record = records[conference], let member = record.members.first(where: { $0.id == id }) else {
            return
        }
        let uri = calls.services.addresses(of: record.user).url("conferences", conference, "members", id)
        var event = ConferenceMemberEvent(
            id, uri: uri, call: member.call, of: named(record), activeMembers: record.activeMembers)
        event.isActive = member.state == .active
        event.isHeld = member.isHeld
        event.isMuted = member.isMuted
        tell(record, .conferenceMember(event))
    }

    private func change(_ id: String, _ body: (inout ConferenceRecord) -> Void) {
        guard var record = records[id] else { return }
        body(&record)
        keep(record)
    }

    private func keep(_ record: ConferenceRecord) {
        records[record.id] = record
        calls.history.note(
            record, .conference, record.id, of: record.user, created: record.createdTime,
            isOver: record.state == .completed)
    }
}
