import Addresses
import Audio
import RTP
import SDP
import Timeline

/// All parties and rooms of one media shard whose audio is made here: applications and conferences. Relayed calls are
/// `MediaRelay`'s.
///
/// The owner feeds it datagrams and commands, calls `timeElapsed` at `nextDeadline`, and sends what the output holds.
public struct MediaCore: Sendable {
    /// How a core works.
    public struct Options: Sendable {
        /// The codecs beyond G.711 and linear audio.
        public var adapters: [CodecAdapter]
        /// Most parties in one room.
        public var maximumParties: Int

        public init(adapters: [CodecAdapter] = [], maximumParties: Int = 40) {
            self.adapters = adapters
            self.maximumParties = maximumParties
        }
    }

    private let options: Options
    private var dice: IdentifierSource
    private var parties: [MediaEndpoint?] = []
    private var free: [Int] = []
    private var positions: [MediaSessionID: Int] = [:]
    private var groupOf: [Int] = []
    private var groups = (0..<TickGroup.count).map(TickGroup.init)
    private var rooms: [RoomID: ConferenceRoom] = [:]

    /// A core without parties; `seed` decides its SSRCs, sequence numbers and timestamps.
    public init(_ options: Options = Options(), seed: UInt64) {
        self.options = options
        dice = IdentifierSource(seed: seed)
    }

    /// When `timeElapsed` must be called next; nil without parties.
    public var nextDeadline: Instant? {
        groups.reduce(nil) { Instant.earliest($0, $1.next) }
    }

    /// How many parties there are.
    public var partyCount: Int { positions.count }

    /// How many rooms there are.
    public var roomCount: Int { rooms.count }

    /// What came from a party.
    public func statistics(of id: MediaSessionID) -> MediaStatistics? {
        positions[id].flatMap { parties[$0]?.party.statistics }
    }

    /// How many parties are in a room; 0 where there is none.
    public func partyCount(in room: RoomID) -> Int { rooms[room]?.members.count ?? 0 }

    /// Makes a party, whose call is `unanswered` until a command says otherwise; one of the same name is closed.
    public mutating func open(
        _ id: MediaSessionID, _ settings: PartySettings = PartySettings(), at now: Instant,
        into output: inout MediaOutput
    ) {
        if positions[id] != nil { receive(.close, for: id, at: now, into: &output) }
        let group = groups.indices.min { groups[$0].members.count < groups[$1].members.count } ?? 0
        let sender = RTPSender(
            source: SSRC(rawValue: UInt32(truncatingIfNeeded: dice.next())),
            sequence: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: dice.next() & 0x7FFF)),
            timestamp: RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: dice.next())), clockRate: 8000,
            origin: groups[group].packetTime(after: now))
        let stream = PartyStream(sender: sender, reports: RTCPSchedule(at: now, dice: &dice))
        var party = MediaEndpoint(id, settings, stream: stream)
        party.condition = .unanswered
        let position = free.popLast() ?? parties.count
        if position == parties.count {
            parties.append(party)
            groupOf.append(group)
        } else {
            parties[position] = party
            groupOf[position] = group
        }
        positions[id] = position
        groups[group].insert(position, at: now)
    }

    /// Takes a datagram from a party's port.
    public mutating func receive(
        _ datagram: UnsafeRawBufferPointer, from source: Endpoint, _ component: MediaRelay.Component,
        for id: MediaSessionID, at now: Instant, into output: inout MediaOutput
    ) {
        guard let position = positions[id] else { return }
        let packet = parties[position]?.receive(
            datagram, from: source, component, at: now, adapters: options.adapters, into: &output)
        guard let packet, let peer = parties[position]?.peer, let other = positions[peer],
            let agreement = parties[position]?.agreement
        else { return }
        parties[other]?.relay(
            packet, of: datagram, agreed: agreement, at: now, adapters: options.adapters, into: &output)
    }

    /// Notes that the system refused a datagram for a party.
    public mutating func sendFailed(for id: MediaSessionID) {
        if let position = positions[id] { parties[position]?.party.sendFailures &+= 1 }
    }

    /// Sends and hears everything whose time has come.
    public mutating func timeElapsed(at now: Instant, into output: inout MediaOutput) {
        for group in groups.indices {
            while let due = groups[group].take(at: now) { tick(group, due, into: &output) }
        }
    }

    private mutating func tick(_ group: Int, _ due: Instant, into output: inout MediaOutput) {
        for position in groups[group].members {
            parties[position]?.sendReport(at: due, dice: &dice, into: &output)
            if parties[position]?.isInRoom == false { parties[position]?.tick(due, into: &output) }
        }
        guard !rooms.isEmpty else { return }
        for room in rooms.keys where rooms[room]?.group == group { rooms[room]?.tick(due, &parties, into: &output) }
    }

    /// Carries out what is asked of a party.
    public mutating func receive(
        _ command: PartyCommand, for id: MediaSessionID, at now: Instant, into output: inout MediaOutput
    ) {
        guard let position = positions[id] else {
            // A party that is gone has nothing left to close, and refuses what is asked of it.
            if case .close = command { output.report(.closed(MediaStatistics()), of: id) }
            if let job = command.job { output.report(.refused(job, .hangup), of: id) }
            return
        }
        do throws(MediaRefusal) {
            try carryOut(command, position, at: now, into: &output)
        } catch {
            if let job = command.job { output.report(.refused(job, error), of: id) }
        }
    }

    /// Carries out what is asked of a room; nothing where there is none.
    public mutating func receive(
        _ command: RoomCommand, for room: RoomID, at now: Instant, into output: inout MediaOutput
    ) {
        switch command {
        case .announce(let clips): rooms[room]?.announcements += clips
        case .end:
            for member in rooms[room]?.members ?? [] {
                detach(member, into: &output)
                if let id = parties[member]?.id { output.report(.roomEnded(room), of: id) }
            }
        }
    }

    private mutating func carryOut(
        _ command: PartyCommand, _ position: Int, at now: Instant, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        switch command {
        case .connect(let job, let other): try connect(position, job, other, into: &output)
        case .disconnect: if parties[position]?.peer != nil { detach(position, into: &output) }
        case .join(let job, let room, let role): try join(position, job, room, role, at: now, into: &output)
        case .leave: if parties[position]?.isInRoom ?? false { detach(position, into: &output) }
        case .close: close(position, at: now, into: &output)
        case .condition(let condition):
            if condition != .answered { detach(position, into: &output) }
            parties[position]?.change(to: condition, at: now, into: &output)
        case .describe, .play, .playTone, .playDigits, .infoAnswered, .stop, .pause, .resume, .fail, .collect,
            .clearDigits,
            .digit, .record, .recordCall, .watchActivity, .hearTones, .classify, .waitForAnswerMachine, .setRole, .mute:
            try parties[position]?.carryOut(command, at: now, adapters: options.adapters, into: &output)
        }
    }

    private mutating func connect(
        _ position: Int, _ job: MediaJobID, _ other: MediaSessionID, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        guard let local = parties[position] else { return }
        try MediaRefusal.check(local.condition)
        guard let place = positions[other], place != position, let remote = parties[place],
            remote.condition == .answered, remote.agreement.outgoing != nil, local.agreement.outgoing != nil
        else { throw .noSuchParty }
        for party in [local, remote] {
            guard party.attachment == .none else { throw .externalSource }
            guard !party.players.isPlaying else { throw .alreadyPlaying }
        }
        for (member, peer) in [(position, other), (place, local.id)] {
            parties[member]?.attachment = .connected(peer)
            parties[member]?.stream.sender.endRelaying()
            parties[member]?.stream.passedOn.reset()
        }
        output.report(.connected(job), of: local.id)
    }

    private mutating func join(
        _ position: Int, _ job: MediaJobID, _ id: RoomID, _ role: RoomRole, at now: Instant,
        into output: inout MediaOutput
    ) throws(MediaRefusal) {
        guard let party = parties[position] else { return }
        try MediaRefusal.check(party.condition)
        guard party.attachment == .none else { throw .externalSource }
        let group = rooms[id]?.group ?? groupOf[position]
        guard rooms[id]?.members.count ?? 0 < options.maximumParties else { throw .roomIsFull }
        rooms[id, default: ConferenceRoom(group: group)].members.append(position)
        parties[position]?.attachment = .room(id)
        parties[position]?.room = RoomPlace(role: role)
        if group != groupOf[position] {
            groups[groupOf[position]].remove(position)
            groups[group].insert(position, at: now)
            groupOf[position] = group
        }
        output.report(.joined(job, id), of: party.id)
    }

    /// Takes a party out of its room, or away from the party it is connected to, which is told.
    private mutating func detach(_ position: Int, into output: inout MediaOutput) {
        guard let party = parties[position] else { return }
        switch party.attachment {
        case .none: return
        case .connected(let peer):
            if let other = positions[peer], parties[other]?.peer == party.id {
                parties[other]?.attachment = .none
                parties[other]?.stream.sender.endRelaying()
                output.report(.disconnected(from: party.id), of: peer)
            }
        case .room(let room):
            rooms[room]?.members.removeAll { $0 == position }
            if rooms[room]?.members.isEmpty ?? false { rooms[room] = nil }
        }
        parties[position]?.attachment = .none
        parties[position]?.stream.sender.endRelaying()
    }

    private mutating func close(_ position: Int, at now: Instant, into output: inout MediaOutput) {
        guard let id = parties[position]?.id else { return }
        detach(position, into: &output)
        parties[position]?.change(to: .idle, at: now, into: &output)
        parties[position]?.sendReport(at: now, isGoodbye: true, dice: &dice, into: &output)
        output.report(.closed(parties[position]?.party.statistics ?? MediaStatistics()), of: id)
        parties[position] = nil
        positions[id] = nil
        groups[groupOf[position]].remove(position)
        free.append(position)
    }
}
