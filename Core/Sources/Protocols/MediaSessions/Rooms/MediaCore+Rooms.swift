import Timeline

/// Rooms of a media core: who enters and leaves them, and what all in them hear.
extension MediaCore {
    /// Carries out what is asked of a room. Where there is none, only a party that is made opens one.
    public mutating func receive(
        _ command: RoomCommand, for room: RoomID, at now: Instant, into output: inout MediaOutput
    ) {
        switch command {
        case .open(let id, let job, let terms):
            let group = rooms[room]?.group ?? quietestGroup
            open(id, PartySettings(), group: group, isPortless: true, at: now, into: &output)
            receive(.join(job, room, terms), for: id, at: now, into: &output)
        case .announce(let id, let job):
            guard rooms[room] != nil else { return output.report(.announced(id, .aborted), of: room) }
            rooms[room]?.announce(id, job)
        case .silence: rooms[room]?.silence(into: &output)
        case .end:
            for member in rooms[room]?.members ?? [] {
                detach(member, into: &output)
                parties.read(member) { output.report(.roomEnded(room), of: $0.id) }
            }
        }
    }

    mutating func join(
        _ handle: SlotHandle, _ job: MediaJobID, _ id: RoomID, _ terms: RoomTerms, at now: Instant,
        into output: inout MediaOutput
    ) throws(MediaRefusal) {
        guard let party = parties.read(handle, \.standing) else { return }
        try MediaRefusal.check(party.condition)
        guard party.attachment == .none else { throw .externalSource }
        let group = rooms[id]?.group ?? party.group
        guard rooms[id]?.members.count ?? 0 < options.maximumParties else { throw .roomIsFull }
        rooms[id, default: ConferenceRoom(id, group: group)].members.append(handle)
        parties.update(handle) {
            $0.attachment = .room(id)
            $0.room = RoomPlace(terms, group: party.group)
        }
        move(handle, to: group, at: now)
        output.report(.joined(job, id), of: party.id)
    }

    /// Lets a party take part in its room in the place of one that has no port.
    mutating func take(_ line: SlotHandle, theSeatOf seat: SlotHandle, at now: Instant) throws(MediaRefusal) {
        guard let member = parties.read(seat, \.standing), let party = parties.read(line, \.standing) else { return }
        guard parties.read(seat, \.room.line) == .some(nil), party.attachment == .none, member.attachment.isRoom else {
            throw .externalSource
        }
        guard party.hasCodec else { throw .noSuchParty }
        guard !party.isPlaying, !member.isPlaying else { throw .alreadyPlaying }
        parties.update(line) {
            $0.attachment = .connected(member.id)
            $0.room.isLine = true
            $0.stream.endRelaying()
        }
        parties.update(seat) { $0.room.line = line }
        move(line, to: member.group, at: now)
    }

    /// Gives a party the packet times of another group.
    private mutating func move(_ handle: SlotHandle, to group: Int, at now: Instant) {
        guard let old = parties.read(handle, \.room.group), old != group else { return }
        groups[old].remove(handle)
        groups[group].insert(handle, at: now)
        parties.update(handle) { $0.room.group = group }
    }

    /// Takes a party out of its room, or away from the party it is connected to, which is told.
    mutating func detach(_ handle: SlotHandle, into output: inout MediaOutput) {
        guard let party = parties.read(handle, \.standing) else { return }
        switch party.attachment {
        case .none: return
        case .connected(let peer):
            if let other = handles[peer] {
                if parties.read(other, \.room.line) == handle {
                    parties.update(other) { $0.room.line = nil }
                    output.report(.disconnected(from: party.id), of: peer)
                } else if attachment(of: other) == .connected(party.id) {
                    release(other)
                    output.report(.disconnected(from: party.id), of: peer)
                }
            }
        case .room(let room):
            if let line = parties.read(handle, \.room.line) ?? nil {
                release(line)
                parties.read(line) { output.report(.disconnected(from: party.id), of: $0.id) }
            }
            rooms[room]?.members.removeAll { $0 == handle }
            if rooms[room]?.members.isEmpty ?? false {
                rooms[room]?.silence(into: &output)
                rooms[room] = nil
            }
        }
        release(handle)
    }

    /// The party has its audio back.
    private mutating func release(_ handle: SlotHandle) {
        parties.update(handle) {
            $0.endPassing()
            $0.attachment = .none
            $0.room = RoomPlace(group: $0.room.group)
            $0.stream.endRelaying()
        }
    }
}
