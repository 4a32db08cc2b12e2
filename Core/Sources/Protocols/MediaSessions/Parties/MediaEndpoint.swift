import Addresses
import Audio
import RTP
import SDP
import Timeline

/// The audio of one party of an application's call: what it is played, what is heard of it, what is recorded.
///
/// Datagrams come in as they arrive; everything else happens on the packet times of its stream, every 20 ms. It has no
/// value semantics where a codec comes from an adapter, whose state it holds.
struct MediaEndpoint: Sendable {
    let id: MediaSessionID
    let settings: PartySettings
    var agreement = AudioAgreement([])
    var party = RelayParty()
    var condition = CallCondition.idle
    var attachment = PartyAttachment.none
    var stream: PartyStream
    var players = PartyPlayers()
    var jobs = PartyJobs()
    var detector: DTMFDetector
    var collector = DigitCollector()
    var recorder = FileRecorder()
    var callRecorder = WholeCallRecorder()
    var listening = PartyListening()
    var room = RoomPlace()
    /// Digits for the connected party.
    var keys: [PressedKey] = []
    /// The timestamp of an event that came by SIP INFO before.
    var knownEvent: RTPTimestamp?
    /// Whether it has no port: what it is played a room hears.
    let isPortless: Bool

    init(_ id: MediaSessionID, _ settings: PartySettings, stream: PartyStream, isPortless: Bool = false) {
        self.id = id
        self.isPortless = isPortless
        self.settings = settings
        self.stream = stream
        detector = DTMFDetector(hearsTones: settings.toneHearing == .always)
    }

    /// Whether what comes must be decoded.
    var needsAudio: Bool {
        detector.hearsTones || recorder.state == .recording || callRecorder.state == .recording
            || listening.needsAudio || isInRoom
    }

    /// Whether its packet times are those of a room.
    var isInRoom: Bool { attachment.isRoom || room.isLine }

    var standing: PartyStanding {
        PartyStanding(
            id: id, condition: condition, attachment: attachment, group: room.group, isPlaying: players.isPlaying,
            hasCodec: agreement.outgoing != nil, isPortless: isPortless)
    }

    /// The party that gets what comes from this one.
    var peer: MediaSessionID? { if case .connected(let peer) = attachment, !room.isLine { peer } else { nil } }

    /// Takes a datagram from the party's port; its RTP header where it is one that another party may hear.
    mutating func receive(
        _ datagram: UnsafeRawBufferPointer, from source: Endpoint, _ component: MediaRelay.Component, at now: Instant,
        adapters: [CodecAdapter], into output: inout MediaOutput
    ) -> RTPPacket? {
        guard component == .rtp else {
            if party.hearControl(datagram, from: source) { stream.reports.receive(datagram, at: now) }
            return nil
        }
        guard party.hear(datagram, from: source, at: now), let packet = RTPPacket(datagram) else {
            // A datagram that is accepted and no RTP is RTCP on the same port.
            if party.latch.source == source { stream.reports.receive(datagram, at: now) }
            return nil
        }
        let end = packet.payloadOffset + packet.payloadCount
        let payload = UnsafeRawBufferPointer(rebasing: datagram[packet.payloadOffset..<end])
        if packet.payloadType.rawValue == agreement.telephoneEvents {
            hear(event: packet, payload, at: now, into: &output)
            return packet
        }
        guard let codec = agreement.codec(of: packet.payloadType.rawValue) else { return nil }
        if needsAudio {
            stream.startListening()
            stream.received.receive(packet, payload, codec, adapters: adapters)
        }
        return packet
    }

    private mutating func hear(
        event packet: RTPPacket, _ payload: UnsafeRawBufferPointer, at now: Instant, into output: inout MediaOutput
    ) {
        guard let event = TelephoneEvent(parsing: payload) else { return }
        let received = TelephoneEventReceiver.Packet(
            source: packet.source, timestamp: packet.timestamp, event: event)
        var effects: [DTMFDetector.Effect] = []
        detector.receive(received, at: now, into: &effects)
        for case .again(_, .telephoneEvent, after: .info) in effects { knownEvent = packet.timestamp }
        report(effects, at: now, into: &output)
    }

    /// Where our audio goes; nil on hold and where no codec was agreed.
    var outgoingDestination: Endpoint? {
        agreement.isSending && agreement.outgoing != nil ? party.destination : nil
    }

    /// Translates what the detector found: the buffer, barge-in, reports.
    mutating func report(_ effects: [DTMFDetector.Effect], at now: Instant, into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .ended, .again: break
            case .digit(let digit, let way):
                output.report(.digit(digit, way), of: id)
                // Tones pass in the audio, and nobody gets his own digits back.
                if let peer, peer != id, way != .tone { keys.append(PressedKey(digit: digit, way: way)) }
                var collected: [DigitCollector.Effect] = []
                collector.receive(.digit(digit), at: now, into: &collected)
                var played: [FilePlayer.Effect] = []
                players.file.receive(.digit(digit), at: now, into: &played)
                var recorded: [FileRecorder.Effect] = []
                recorder.receive(.digit(digit), into: &recorded)
                report(collected, into: &output)
                report(played, into: &output)
                report(recorded, into: &output)
            }
        }
    }

    func report(_ effects: [DigitCollector.Effect], into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .collected(let digits, let cause):
                output.report(.collected(jobs.collection, digits, cause), of: id)
            }
        }
    }

    func report(_ effects: [FilePlayer.Effect], into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .finished(let cause): output.report(.played(jobs.file, cause), of: id)
            }
        }
    }

    func report(_ effects: [TonePlayer.Effect], into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .finished(let cause): output.report(.tonePlayed(jobs.tone, cause), of: id)
            }
        }
    }

    func report(_ effects: [FileRecorder.Effect], into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .write(let bytes, let offset): output.report(.write(jobs.recording, bytes, offset: offset), of: id)
            case .finished(let cause, let duration):
                let hasAudio = recorder.audioDetected ?? false
                output.report(.recorded(jobs.recording, cause, duration: duration, hasAudio: hasAudio), of: id)
            }
        }
    }

    func report(_ effects: [WholeCallRecorder.Effect], into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .write(let bytes, let offset):
                output.report(.write(jobs.callRecording, bytes, offset: offset), of: id)
            case .finished(let cause, let duration):
                let hasAudio = callRecorder.audioDetected ?? false
                output.report(.callRecorded(jobs.callRecording, cause, duration: duration, hasAudio: hasAudio), of: id)
            }
        }
    }
}
