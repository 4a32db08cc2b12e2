import Addresses
import Audio
import RTP
import Timeline

/// What passes between two connected parties: audio as it comes where both have its codec, and digits, each once, in the
/// way that the receiving party takes.
extension MediaEndpoint {
    /// Most digits that wait to be passed on.
    private static let longestQueue = 32

    /// What goes with the packet that was received last to the connected party.
    mutating func takePassedAudio() -> PassedAudio {
        defer { keys.removeAll() }
        return PassedAudio(
            agreement: agreement, keys: keys, isKeyHeld: detector.isKeyHeld, knownEvent: knownEvent)
    }

    /// Sends on what came from the party that this one is connected to.
    mutating func relay(
        _ packet: RTPPacket, of datagram: UnsafeRawBufferPointer, with theirs: PassedAudio, at now: Instant,
        adapters: [CodecAdapter], into output: inout MediaOutput
    ) {
        let end = packet.payloadOffset + packet.payloadCount
        let payload = UnsafeRawBufferPointer(rebasing: datagram[packet.payloadOffset..<end])
        if packet.payloadType.rawValue == theirs.agreement.telephoneEvents {
            guard packet.timestamp != theirs.knownEvent else { return }
            return relay(event: packet, payload, theirs.agreement, at: now, into: &output)
        }
        guard let codec = theirs.agreement.codec(of: packet.payloadType.rawValue) else { return }
        // A gateway may leave in the audio what it sends as an event: it must not be a second digit.
        guard !players.isCoveringAudio, !theirs.isKeyHeld || agreement.telephoneEvents != nil else { return }
        let (passage, format) = passage(of: codec)
        stream.setTranscoding(passage == .decoded)
        if callRecorder.state == .recording || passage == .decoded {
            if stream.passedOn.value == nil { stream.passedOn.value = AudioReceiver() }
            stream.passedOn.value?.receive(packet, payload, codec, adapters: adapters)
        }
        guard passage != .decoded, let format, let destination = outgoingDestination else { return }
        let offset = output.bytes.count
        stream.sender.setClockRate(format.codec.clockRate, at: now)
        stream.sender.relay(packet, format.payloadType, clockRate: codec.clockRate, at: now, into: &output.bytes)
        switch passage {
        case .unchanged, .decoded: output.bytes.append(contentsOf: payload)
        case .translated(let table): for code in payload { output.bytes.append(table[Int(code)]) }
        }
        stream.sender.endPacket(payload: output.bytes.count - offset - RTPPacket.headerSize)
        output.send(from: offset, of: id, .rtp, to: destination)
    }

    /// How audio of a codec comes to this party.
    private enum Passage: Equatable {
        /// As it is: the party takes the codec.
        case unchanged
        /// Code by code, from one law of G.711 to the other.
        case translated([UInt8])
        /// Decoded, put in step and encoded on the packet times.
        case decoded
    }

    private func passage(of codec: AudioCodec) -> (Passage, AudioAgreement.Format?) {
        if let same = agreement.payloadType(of: codec) { return (.unchanged, AudioAgreement.Format(same, codec)) }
        guard let outgoing = agreement.outgoing else { return (.unchanged, nil) }
        if case .g711(let theirs) = codec, case .g711(let ours) = outgoing.codec {
            return (.translated(theirs.table(to: ours)), outgoing)
        }
        return (.decoded, outgoing)
    }

    /// Sends on a telephone event, its duration in the clock that this party knows.
    private mutating func relay(
        event packet: RTPPacket, _ payload: UnsafeRawBufferPointer, _ theirs: AudioAgreement, at now: Instant,
        into output: inout MediaOutput
    ) {
        guard let payloadType = agreement.telephoneEvents, let destination = outgoingDestination,
            var event = TelephoneEvent(parsing: payload)
        else { return }
        let (rate, ourRate) = (Int(max(theirs.eventClockRate, 1)), Int(agreement.eventClockRate))
        if rate != ourRate { event.duration = UInt16(clamping: Int(event.duration) * ourRate / rate) }
        let clockRate = theirs.outgoing?.codec.clockRate ?? stream.sender.clockRate
        let offset = output.bytes.count
        stream.sender.relay(
            packet, payloadType, clockRate: clockRate, keepingOrder: !stream.isTranscoding, at: now,
            into: &output.bytes)
        output.bytes += event.payload
        output.send(from: offset, of: id, .rtp, to: destination)
    }

    // MARK: Digits

    /// Takes the digits of the connected party that do not come as packets which this party knows.
    mutating func pass(_ keys: [PressedKey]) {
        for key in keys where key.way != .telephoneEvent || agreement.telephoneEvents == nil {
            if players.passed.count < Self.longestQueue { players.passed.append(key.digit) }
        }
    }

    /// How digits are sent to this party.
    var digitTransport: DTMFPlayer.Transport {
        let canTakeThem = settings.digits != .telephoneEvents || agreement.telephoneEvents != nil
        return isPortless ? .inBand : canTakeThem ? settings.digits : settings.digitFallback
    }

    /// Begins to send digits, in the clock that was agreed last.
    mutating func beginDigits(_ digits: [UInt8], at now: Instant) {
        var player = DTMFPlayer(timing: settings.digitTiming, clockRate: agreement.eventClockRate)
        var effects: [DTMFPlayer.Effect] = []
        player.receive(.play(digits, digitTransport), at: now, into: &effects)
        players.digits.value = player
    }

    /// One packet time of a connected party: digits that are passed on, and what must be decoded and encoded again.
    mutating func passOn(_ due: Instant, into output: inout MediaOutput) {
        if !players.isPlayingDigits, !players.passed.isEmpty { beginPassing(at: due) }
        var hasAudio = false
        if callRecorder.state == .recording || stream.isTranscoding {
            if stream.passedOn.value == nil { stream.sent.silence() }
            hasAudio = stream.passedOn.value?.next(into: &stream.sent) ?? false
        }
        if players.isPassing {
            speakDigits(due, into: &output)
            if !players.isPlayingDigits { resumeAudio() }
        } else if stream.isTranscoding {
            if hasAudio { send(due, into: &output) } else { stream.sender.pause() }
        }
    }

    private mutating func beginPassing(at due: Instant) {
        beginDigits(players.passed, at: due)
        players.passed = []
        players.isPassing = true
        if players.digits.value?.isInStream ?? false { stream.sender.endRelaying() }
    }

    /// Ends the digits of the connected party.
    mutating func endPassing() {
        players.passed = []
        if players.isPassing { resumeAudio() }
    }

    /// The audio of the connected party is heard again.
    private mutating func resumeAudio() {
        players.isPassing = false
        players.digits.value = nil
        stream.sender.endRelaying()
    }
}
