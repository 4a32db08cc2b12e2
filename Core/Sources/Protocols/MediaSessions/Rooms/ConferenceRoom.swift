import Audio
import Timeline

/// One room of a media shard: who is in it, what they hear.
struct ConferenceRoom {
    var members: [SlotHandle] = []
    /// The group of packet times that all members share.
    let group: Int
    var announcements: [AudioClip] = []
    private var mixer = ConferenceMixer()
    private var player = FilePlayer()
    private var mixed = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    /// The payloads for those who hear everything, made when the first one needs it.
    private var muLaw: [UInt8] = []
    private var aLaw: [UInt8] = []

    init(group: Int) { self.group = group }

    /// One packet time of all members: each is heard, then each hears the others.
    mutating func tick(_ due: Instant, _ parties: inout SlotTable<MediaEndpoint>, into output: inout MediaOutput) {
        mixer.clear()
        muLaw.removeAll(keepingCapacity: true)
        aLaw.removeAll(keepingCapacity: true)
        announce(due)
        for member in members { parties.update(member) { listen(&$0, due, into: &output) } }
        mixer.mix(into: &mixed)
        for member in members { parties.update(member) { speak(&$0, due, into: &output) } }
    }

    private mutating func listen(_ party: inout MediaEndpoint, _ due: Instant, into output: inout MediaOutput) {
        party.listen(due, into: &output)
        let isTalker = party.room.role == .talkerAndListener && !party.room.isMuted
        party.room.isInMix = isTalker && party.stream.received.buffer.isActive
        if party.room.isInMix { mixer.add(party.stream.heard) }
    }

    private mutating func speak(_ party: inout MediaEndpoint, _ due: Instant, into output: inout MediaOutput) {
        let needsSamples = party.room.isInMix || party.callRecorder.state == .recording
        if party.players.isPlaying {
            // What is played to one party alone takes the place of the room.
            party.speak(due, into: &output)
        } else if !needsSamples, case .g711(let codec) = party.stream.encoder?.codec {
            party.send(payload(codec), at: due, into: &output)
        } else {
            if party.room.isInMix {
                mixer.mix(without: party.stream.heard, into: &party.stream.sent)
            } else {
                mixer.mix(into: &party.stream.sent)
            }
            party.send(due, into: &output)
        }
        party.record(into: &output)
        party.timeElapsed(at: due, into: &output)
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

    private mutating func announce(_ due: Instant) {
        if !announcements.isEmpty && player.state != .playing {
            var effects: [FilePlayer.Effect] = []
            player.receive(.play(FilePlayer.Job([announcements.removeFirst()])), at: due, into: &effects)
        }
        guard player.state == .playing else { return }
        var effects: [FilePlayer.Effect] = []
        guard player.prepare(into: &effects) else { return }
        player.fill(&mixed)
        mixer.add(mixed)
    }
}
