import Audio
import Timeline

/// One room of a media shard: who is in it, what they hear.
struct ConferenceRoom {
    /// Something that everybody hears.
    private struct Announcement {
        var id: MediaJobID
        var job: FilePlayer.Job
    }

    let id: RoomID
    var members: [SlotHandle] = []
    /// The group of packet times that all members share.
    let group: Int
    private var waiting: [Announcement] = []
    private var present: MediaJobID?
    private var mixer = ConferenceMixer()
    private var player = FilePlayer()
    private var mixed = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    /// What comes from, or goes to, the line of a member.
    private var passed = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    /// The payloads for those who hear everything, made when the first one needs it.
    private var muLaw: [UInt8] = []
    private var aLaw: [UInt8] = []

    init(_ id: RoomID, group: Int) {
        self.id = id
        self.group = group
    }

    /// One packet time of all members: each is heard, then each hears the others.
    mutating func tick(_ due: Instant, _ parties: inout SlotTable<MediaEndpoint>, into output: inout MediaOutput) {
        mixer.clear()
        muLaw.removeAll(keepingCapacity: true)
        aLaw.removeAll(keepingCapacity: true)
        announce(due, into: &output)
        for member in members { listen(to: member, due, &parties, into: &output) }
        mixer.mix(into: &mixed)
        for member in members { speak(to: member, due, &parties, into: &output) }
    }

    // MARK: Members

    private mutating func listen(
        to member: SlotHandle, _ due: Instant, _ parties: inout SlotTable<MediaEndpoint>,
        into output: inout MediaOutput
    ) {
        guard let line = parties.read(member, \.room.line) ?? nil else {
            parties.update(member) { listen(&$0, due, into: &output) }
            return
        }
        var isActive = false
        parties.update(line) { party in
            party.listen(due, into: &output)
            isActive = party.stream.received.buffer.isActive
            if isActive { copy(party.stream.heard) }
        }
        parties.update(member) { party in
            if isActive { swap(&passed, &party.stream.sent) } else { party.stream.sent.silence() }
            party.room.isInMix = isActive && party.room.lets(party.stream.sent)
            if party.room.isInMix { mixer.add(party.stream.sent, gain: party.room.talkGain) }
        }
    }

    private mutating func listen(_ party: inout MediaEndpoint, _ due: Instant, into output: inout MediaOutput) {
        if party.isPortless {
            party.room.isInMix = party.prompt(due, into: &output) && party.room.lets(party.stream.sent)
            if party.room.isInMix { mixer.add(party.stream.sent, gain: party.room.talkGain) }
        } else {
            party.listen(due, into: &output)
            party.room.isInMix = party.stream.received.buffer.isActive && party.room.lets(party.stream.heard)
            if party.room.isInMix { mixer.add(party.stream.heard, gain: party.room.talkGain) }
        }
    }

    private mutating func speak(
        to member: SlotHandle, _ due: Instant, _ parties: inout SlotTable<MediaEndpoint>,
        into output: inout MediaOutput
    ) {
        var line: SlotHandle?
        parties.update(member) { party in
            guard party.isPortless else { return speak(&party, due, into: &output) }
            line = party.room.line
            mix(&party.room, without: party.stream.sent, into: &party.stream.heard)
            if line != nil { copy(party.stream.heard) }
            party.record(into: &output)
            party.timeElapsed(at: due, into: &output)
        }
        guard let line else { return }
        parties.update(line) { party in
            if party.players.isPlaying {
                party.speak(due, into: &output)
            } else {
                swap(&passed, &party.stream.sent)
                party.send(due, into: &output)
            }
            party.record(into: &output)
            party.timeElapsed(at: due, into: &output)
        }
    }

    private mutating func copy(_ frame: [Int16]) {
        for index in passed.indices { passed[index] = frame[index] }
    }

    private mutating func speak(_ party: inout MediaEndpoint, _ due: Instant, into output: inout MediaOutput) {
        let needsSamples =
            party.room.isInMix || party.room.listenGain != 1 || party.callRecorder.state == .recording
        if party.players.isPlaying {
            // What is played to one party alone takes the place of the room.
            party.speak(due, into: &output)
        } else if !needsSamples, party.room.terms.hearing == .room, case .g711(let codec) = party.stream.encoder?.codec
        {
            party.send(payload(codec), at: due, into: &output)
        } else {
            mix(&party.room, without: party.stream.heard, into: &party.stream.sent)
            party.send(due, into: &output)
        }
        party.record(into: &output)
        party.timeElapsed(at: due, into: &output)
    }

    /// What a member hears that added `own` to the mix.
    private func mix(_ place: inout RoomPlace, without own: [Int16], into frame: inout [Int16]) {
        switch place.terms.hearing {
        case .room where place.isInMix: mixer.mix(without: own, gain: place.talkGain, into: &frame)
        case .room: mixer.mix(into: &frame)
        case .nothing, .tone, .clips: return place.fill(&frame)
        }
        if place.listenGain != 1 { frame.amplify(by: place.listenGain) }
    }

    private mutating func payload(_ codec: G711Codec) -> [UInt8] {
        switch codec {
        case .pcmu:
            if muLaw.isEmpty { codec.append(mixed[...], to: &muLaw) }
            return muLaw
        case .pcma:
            if aLaw.isEmpty { codec.append(mixed[...], to: &aLaw) }
            return aLaw
        }
    }

    // MARK: Announcements

    /// Plays something to everybody when what came before is over.
    mutating func announce(_ id: MediaJobID, _ job: FilePlayer.Job) { waiting.append(Announcement(id: id, job: job)) }

    /// Ends all announcements.
    mutating func silence(into output: inout MediaOutput) {
        var effects: [FilePlayer.Effect] = []
        player.receive(.stop, at: .zero, into: &effects)
        report(effects, into: &output)
        for announcement in waiting { output.report(.announced(announcement.id, .aborted), of: id) }
        waiting = []
    }

    private mutating func announce(_ due: Instant, into output: inout MediaOutput) {
        var effects: [FilePlayer.Effect] = []
        if let deadline = player.nextDeadline, deadline <= due { player.timeElapsed(at: due, into: &effects) }
        var isPlaying = player.prepare(into: &effects)
        report(effects, into: &output)
        while !isPlaying, !waiting.isEmpty {
            let next = waiting.removeFirst()
            present = next.id
            effects = []
            player.receive(.play(next.job), at: due, into: &effects)
            isPlaying = player.prepare(into: &effects)
            report(effects, into: &output)
        }
        guard isPlaying else { return }
        player.fill(&mixed)
        mixer.add(mixed)
    }

    private mutating func report(_ effects: [FilePlayer.Effect], into output: inout MediaOutput) {
        for case .finished(let cause) in effects {
            if let present { output.report(.announced(present, cause), of: id) }
            present = nil
        }
    }
}
