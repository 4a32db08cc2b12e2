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

    let options: Options
    private var dice: IdentifierSource
    var parties = SlotTable<MediaEndpoint>()
    var handles: [MediaSessionID: SlotHandle] = [:]
    var groups = (0..<TickGroup.count).map(TickGroup.init)
    var rooms: [RoomID: ConferenceRoom] = [:]

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
    public var partyCount: Int { handles.count }

    /// How many rooms there are.
    public var roomCount: Int { rooms.count }

    /// What came from a party.
    public func statistics(of id: MediaSessionID) -> MediaStatistics? {
        handles[id].flatMap { parties.read($0) { $0.party.statistics } }
    }

    /// When a party was last heard; nil before that.
    public func lastHeard(_ id: MediaSessionID) -> Instant? {
        handles[id].flatMap { parties.read($0) { $0.party.lastHeard } } ?? nil
    }

    /// How many parties are in a room; 0 where there is none.
    public func partyCount(in room: RoomID) -> Int { rooms[room]?.members.count ?? 0 }

    /// Makes a party, whose call is `unanswered` until a command says otherwise; one of the same name is closed.
    public mutating func open(
        _ id: MediaSessionID, _ settings: PartySettings = PartySettings(), at now: Instant,
        into output: inout MediaOutput
    ) {
        open(id, settings, group: quietestGroup, at: now, into: &output)
    }

    /// The group of packet times with the fewest parties.
    var quietestGroup: Int { groups.indices.min { groups[$0].members.count < groups[$1].members.count } ?? 0 }

    /// Makes a party with the packet times of a group.
    mutating func open(
        _ id: MediaSessionID, _ settings: PartySettings, group: Int, isPortless: Bool = false, at now: Instant,
        into output: inout MediaOutput
    ) {
        if handles[id] != nil { receive(.close, for: id, at: now, into: &output) }
        let sender = RTPSender(
            source: SSRC(rawValue: UInt32(truncatingIfNeeded: dice.next())),
            sequence: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: dice.next() & 0x7FFF)),
            timestamp: RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: dice.next())), clockRate: 8000,
            origin: groups[group].packetTime(after: now))
        let stream = PartyStream(sender: sender, reports: RTCPSchedule(at: now, dice: &dice))
        var party = MediaEndpoint(id, settings, stream: stream, isPortless: isPortless)
        party.condition = isPortless ? .answered : .unanswered
        party.room.group = group
        let handle = parties.insert(party)
        handles[id] = handle
        groups[group].insert(handle, at: now)
    }

    /// Takes a datagram from a party's port.
    public mutating func receive(
        _ datagram: UnsafeRawBufferPointer, from source: Endpoint, _ component: MediaRelay.Component,
        for id: MediaSessionID, at now: Instant, into output: inout MediaOutput
    ) {
        guard let handle = handles[id] else { return }
        let adapters = options.adapters
        var peer: MediaSessionID?
        var passed = PassedAudio()
        var packet: RTPPacket?
        parties.update(handle) { party in
            packet = party.receive(datagram, from: source, component, at: now, adapters: adapters, into: &output)
            guard packet != nil, let other = party.peer else { return }
            peer = other
            passed = party.takePassedAudio()
        }
        guard let packet, let peer, let other = handles[peer] else { return }
        parties.update(other) {
            $0.pass(passed.keys)
            $0.relay(packet, of: datagram, with: passed, at: now, adapters: adapters, into: &output)
        }
    }

    /// Notes that the system refused a datagram for a party.
    public mutating func sendFailed(for id: MediaSessionID) {
        if let handle = handles[id] { parties.update(handle) { $0.party.sendFailures &+= 1 } }
    }

    /// Sends and hears everything whose time has come.
    public mutating func timeElapsed(at now: Instant, into output: inout MediaOutput) {
        for group in groups.indices {
            while let due = groups[group].take(at: now) { tick(group, due, into: &output) }
        }
    }

    private mutating func tick(_ group: Int, _ due: Instant, into output: inout MediaOutput) {
        for handle in groups[group].members {
            parties.update(handle, lending: &dice) { party, dice in
                party.sendReport(at: due, dice: &dice, into: &output)
                if !party.isInRoom { party.tick(due, into: &output) }
            }
        }
        guard !rooms.isEmpty else { return }
        // The names alone: a view of the dictionary would make every change of a room copy all of them.
        for room in Array(rooms.keys) where rooms[room]?.group == group {
            rooms[room]?.tick(due, &parties, into: &output)
        }
    }

    /// Carries out what is asked of a party.
    public mutating func receive(
        _ command: PartyCommand, for id: MediaSessionID, at now: Instant, into output: inout MediaOutput
    ) {
        guard let handle = handles[id] else {
            // A party that is gone has nothing left to close, and refuses what is asked of it.
            if case .close = command { output.report(.closed(MediaStatistics()), of: id) }
            if let job = command.job { output.report(.refused(job, .hangup), of: id) }
            return
        }
        do throws(MediaRefusal) {
            try carryOut(command, handle, at: now, into: &output)
        } catch {
            if let job = command.job { output.report(.refused(job, error), of: id) }
        }
    }

    private mutating func carryOut(
        _ command: PartyCommand, _ handle: SlotHandle, at now: Instant, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        switch command {
        case .connect(let job, let other): try connect(handle, job, other, at: now, into: &output)
        case .echo(let job): try echo(handle, job, into: &output)
        case .disconnect: if attachment(of: handle)?.isConnection ?? false { detach(handle, into: &output) }
        case .join(let job, let room, let terms): try join(handle, job, room, terms, at: now, into: &output)
        case .leave: if attachment(of: handle)?.isRoom ?? false { detach(handle, into: &output) }
        case .close: close(handle, at: now, into: &output)
        case .condition(let condition):
            if condition != .answered { detach(handle, into: &output) }
            parties.update(handle) { $0.change(to: condition, at: now, into: &output) }
        case .describe, .play, .playTone, .playDigits, .infoAnswered, .stop, .pause, .resume, .fail, .collect,
            .clearDigits, .digit, .record, .recordCall, .watchActivity, .watchProgress, .hearTones, .classify,
            .waitForAnswerMachine, .setTerms:
            let adapters = options.adapters
            var refusal: MediaRefusal?
            var keys: [PressedKey] = []
            var peer: MediaSessionID?
            parties.update(handle) { party in
                do throws(MediaRefusal) {
                    try party.carryOut(command, at: now, adapters: adapters, into: &output)
                } catch {
                    refusal = error
                }
                guard !party.keys.isEmpty else { return }
                peer = party.peer
                keys = party.takePassedAudio().keys
            }
            if let peer, let other = handles[peer] { parties.update(other) { $0.pass(keys) } }
            if let refusal { throw refusal }
        }
    }

    func attachment(of handle: SlotHandle) -> PartyAttachment? { parties.read(handle) { $0.attachment } }

    private mutating func connect(
        _ handle: SlotHandle, _ job: MediaJobID, _ other: MediaSessionID, at now: Instant,
        into output: inout MediaOutput
    ) throws(MediaRefusal) {
        guard let local = parties.read(handle, \.standing) else { return }
        try MediaRefusal.check(local.condition)
        guard let place = handles[other], place != handle, let remote = parties.read(place, \.standing),
            remote.condition == .answered
        else { throw .noSuchParty }
        if local.isPortless != remote.isPortless {
            let (seat, line) = local.isPortless ? (handle, place) : (place, handle)
            try take(line, theSeatOf: seat, at: now)
            return output.report(.connected(job), of: local.id)
        }
        guard remote.hasCodec, local.hasCodec else { throw .noSuchParty }
        for party in [local, remote] {
            guard party.attachment == .none else { throw .externalSource }
            guard !party.isPlaying else { throw .alreadyPlaying }
        }
        for (member, peer) in [(handle, other), (place, local.id)] {
            parties.update(member) {
                $0.attachment = .connected(peer)
                $0.stream.endRelaying()
            }
        }
        output.report(.connected(job), of: local.id)
    }

    private mutating func echo(
        _ handle: SlotHandle, _ job: MediaJobID, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        guard let party = parties.read(handle, \.standing) else { return }
        try MediaRefusal.check(party.condition)
        guard party.attachment == .none else { throw .externalSource }
        guard !party.isPlaying else { throw .alreadyPlaying }
        parties.update(handle) {
            $0.attachment = .connected(party.id)
            $0.stream.endRelaying()
        }
        output.report(.connected(job), of: party.id)
    }

    private mutating func close(_ handle: SlotHandle, at now: Instant, into output: inout MediaOutput) {
        guard let party = parties.read(handle, \.standing) else { return }
        detach(handle, into: &output)
        parties.update(handle, lending: &dice) { party, dice in
            party.change(to: .idle, at: now, into: &output)
            party.sendReport(at: now, isGoodbye: true, dice: &dice, into: &output)
            output.report(.closed(party.party.statistics), of: party.id)
        }
        parties.remove(handle)
        handles[party.id] = nil
        groups[party.group].remove(handle)
    }
}
