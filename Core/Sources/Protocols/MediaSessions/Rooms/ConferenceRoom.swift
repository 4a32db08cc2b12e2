import Audio
import Timeline

/// One room of a media shard: who is in it, what they hear.
struct ConferenceRoom {
    /// Positions of the parties in the shard's table.
    var members: [Int] = []
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
    mutating func tick(_ due: Instant, _ parties: inout [MediaEndpoint?], into output: inout MediaOutput) {
        mixer.clear()
        muLaw.removeAll(keepingCapacity: true)
        aLaw.removeAll(keepingCapacity: true)
        announce(due)
        for member in members { listen(&parties[member], due, into: &output) }
        mixer.mix(into: &mixed)
        for member in members { speak(&parties[member], due, into: &output) }
    }

    private mutating func listen(_ party: inout MediaEndpoint?, _ due: Instant, into output: inout MediaOutput) {
        party?.listen(due, into: &output)
        guard let room = party?.room else { return }
        let isHeard =
            room.role == .talkerAndListener && !room.isMuted && (party?.stream.received.buffer.isActive ?? false)
        party?.room.isInMix = isHeard
        if isHeard, let frame = party?.stream.heard { mixer.add(frame) }
    }

    private mutating func speak(_ party: inout MediaEndpoint?, _ due: Instant, into output: inout MediaOutput) {
        guard let isInMix = party?.room.isInMix, let isPlaying = party?.players.isPlaying else { return }
        let isRecorded = party?.callRecorder.state == .recording
        if isPlaying {
            // What is played to one party alone takes the place of the room.
            party?.speak(due, into: &output)
        } else if !isInMix && !isRecorded, case .g711(let codec) = party?.stream.encoder?.codec {
            party?.send(payload(codec), at: due, into: &output)
        } else {
            mix(for: &party)
            party?.send(due, into: &output)
        }
        party?.record(into: &output)
        party?.timeElapsed(at: due, into: &output)
    }

    private func mix(for party: inout MediaEndpoint?) {
        guard party?.room.isInMix ?? false, let own = party?.stream.heard else {
            party?.stream.sent = mixed
            return
        }
        party?.stream.mixSent { mixer.mix(without: own, into: &$0) }
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
