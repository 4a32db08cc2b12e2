import Addresses
import Audio
import RTP
import Timeline

/// What happens on the packet times of a party's stream.
extension MediaEndpoint {
    /// Everything of one packet time, for a party that is in no room.
    mutating func tick(_ due: Instant, into output: inout MediaOutput) {
        listen(due, into: &output)
        speak(due, into: &output)
        record(into: &output)
        timeElapsed(at: due, into: &output)
    }

    /// Takes the next 20 ms that came and looks what is in them.
    mutating func listen(_ due: Instant, into output: inout MediaOutput) {
        guard needsAudio else { return stream.stopListening() }
        stream.startListening()
        _ = stream.received.next(into: &stream.heard)
        if detector.hearsTones {
            var effects: [DTMFDetector.Effect] = []
            detector.receive(audio: stream.heard, at: due, into: &effects)
            report(effects, at: due, into: &output)
        }
        guard listening.needsAudio else { return }
        switch listening.activity?.receive(stream.heard) {
        case .began: output.report(.activity(isActive: true), of: id)
        case .ended: output.report(.activity(isActive: false), of: id)
        case .some(.none), nil: break
        }
        listening.farEnd.value?.receive(stream.heard, at: due)
        listening.machine.value?.receive(stream.heard)
        listening.failure.value?.receive(stream.heard)
        guard let tone = listening.failure.value?.tone else { return }
        listening.failure.value = nil
        output.report(.failureTone(tone), of: id)
    }

    /// Sends the next packet of whatever is played.
    mutating func speak(_ due: Instant, into output: inout MediaOutput) {
        guard peer == nil else { return passOn(due, into: &output) }
        switch nextSound(into: &output) {
        case .digits: speakDigits(due, into: &output)
        case .beep:
            beep(into: &output)
            send(due, into: &output)
        case .file: speakFile(due, into: &output)
        case .tone:
            players.tone.fill(&stream.sent)
            send(due, into: &output)
        case nil: speakSilence(due, into: &output)
        }
    }

    /// What a party can be played.
    private enum Sound { case digits, beep, file, tone }

    /// What sounds in the next 20 ms; ends the jobs that have come to their end.
    private mutating func nextSound(into output: inout MediaOutput) -> Sound? {
        if players.isPlayingDigits { return .digits }
        if players.beep != nil { return .beep }
        if players.file.state == .playing {
            var effects: [FilePlayer.Effect] = []
            let goesOn = players.file.prepare(into: &effects)
            report(effects, into: &output)
            if goesOn { return .file }
        }
        if players.tone.state == .playing {
            var effects: [TonePlayer.Effect] = []
            let goesOn = players.tone.prepare(into: &effects)
            report(effects, into: &output)
            if goesOn { return .tone }
        }
        return nil
    }

    /// Makes the next 20 ms of what a party without a port is played; false, and silence, where it is nothing.
    mutating func prompt(_ due: Instant, into output: inout MediaOutput) -> Bool {
        switch nextSound(into: &output) {
        case .digits:
            var effects: [DTMFPlayer.Effect] = []
            let timestamp = stream.sender.timestamp(at: due)
            let isTone =
                players.digits.value?.tick(due, timestamp: timestamp, frame: &stream.sent, into: &effects) ?? false
            finishDigits(effects, into: &output)
            if !isTone { stream.sent.silence() }
            return isTone
        case .beep: beep(into: &output)
        case .file: players.file.fill(&stream.sent)
        case .tone: players.tone.fill(&stream.sent)
        case nil:
            stream.sent.silence()
            return false
        }
        return true
    }

    private mutating func speakFile(_ due: Instant, into output: inout MediaOutput) {
        guard players.file.isUnscaled, callRecorder.state != .recording,
            case .g711(let codec) = stream.encoder?.codec, let format = agreement.outgoing,
            let destination = outgoingDestination
        else {
            players.file.fill(&stream.sent)
            return send(due, into: &output)
        }
        let offset = output.bytes.count
        stream.sender.beginAudio(format, at: due, into: &output.bytes)
        players.file.append(codec, to: &output.bytes)
        finish(offset, to: destination, into: &output)
    }

    /// Sends the next packet of the digits that are played.
    mutating func speakDigits(_ due: Instant, into output: inout MediaOutput) {
        var effects: [DTMFPlayer.Effect] = []
        if let codec = agreement.outgoing?.codec { stream.sender.setClockRate(codec.clockRate, at: due) }
        let timestamp = stream.sender.timestamp(at: due)
        let isTone = players.digits.value?.tick(due, timestamp: timestamp, frame: &stream.sent, into: &effects) ?? false
        var hasSent = false
        for effect in effects {
            guard case .transmit(let event, let timestamp, let marker) = effect else { continue }
            hasSent = true
            guard let payloadType = agreement.telephoneEvents, let destination = outgoingDestination else { continue }
            let offset = output.bytes.count
            stream.sender.append(event, payloadType, timestamp, marker: marker, into: &output.bytes)
            output.send(from: offset, of: id, .rtp, to: destination)
        }
        finishDigits(effects, into: &output)
        if isTone {
            send(due, into: &output)
        } else if hasSent {
            clearSent()
        } else if !players.isPassing || players.digits.value?.isInStream ?? false {
            speakSilence(due, into: &output)
        }
    }

    /// Makes the next 20 ms of the beep, after which the recording begins.
    private mutating func beep(into output: inout MediaOutput) {
        players.beep?.fill(&stream.sent)
        guard players.beep?.isFinished ?? true else { return }
        players.beep = nil
        var effects: [FileRecorder.Effect] = []
        recorder.receive(.resume, into: &effects)
        report(effects, into: &output)
    }

    private mutating func speakSilence(_ due: Instant, into output: inout MediaOutput) {
        clearSent()
        guard settings.sendsSilence, condition != .idle, let format = agreement.outgoing,
            let destination = outgoingDestination, let codec = stream.encoder?.codec
        else { return stream.sender.pause() }
        guard case .g711(let law) = codec else { return send(due, into: &output) }
        let offset = output.bytes.count
        stream.sender.beginAudio(format, at: due, into: &output.bytes)
        for _ in 0..<AudioFrame.sampleCount { output.bytes.append(law.silence) }
        finish(offset, to: destination, into: &output)
    }

    /// Sends `stream.sent` as the packet of this packet time.
    mutating func send(_ due: Instant, into output: inout MediaOutput) {
        guard let format = agreement.outgoing, let destination = outgoingDestination, stream.encoder != nil else {
            return stream.sender.pause()
        }
        let offset = output.bytes.count
        stream.sender.beginAudio(format, at: due, into: &output.bytes)
        stream.encoder?.encode(stream.sent, into: &output.bytes)
        finish(offset, to: destination, into: &output)
    }

    /// Sends a payload that was made for several parties of one codec.
    mutating func send(_ payload: [UInt8], at due: Instant, into output: inout MediaOutput) {
        guard let format = agreement.outgoing, let destination = outgoingDestination else {
            return stream.sender.pause()
        }
        let offset = output.bytes.count
        stream.sender.beginAudio(format, at: due, into: &output.bytes)
        output.bytes.append(contentsOf: payload)
        finish(offset, to: destination, into: &output)
    }

    private mutating func finish(_ offset: Int, to destination: Endpoint, into output: inout MediaOutput) {
        stream.sender.endPacket(payload: output.bytes.count - offset - RTPPacket.headerSize)
        output.send(from: offset, of: id, .rtp, to: destination)
    }

    private mutating func clearSent() {
        guard callRecorder.state == .recording || isInRoom else { return }
        stream.sent.silence()
    }

    /// Writes the present 20 ms of both directions into the recordings.
    mutating func record(into output: inout MediaOutput) {
        if recorder.state == .recording {
            var effects: [FileRecorder.Effect] = []
            recorder.receive(audio: stream.heard, into: &effects)
            report(effects, into: &output)
        }
        if callRecorder.state == .recording {
            var effects: [WholeCallRecorder.Effect] = []
            callRecorder.receive(heard: stream.heard, sent: stream.sent, into: &effects)
            report(effects, into: &output)
        }
    }

    /// Ends what has taken too long.
    mutating func timeElapsed(at due: Instant, into output: inout MediaOutput) {
        if let deadline = detector.nextDeadline, deadline <= due {
            var effects: [DTMFDetector.Effect] = []
            detector.timeElapsed(at: due, into: &effects)
            report(effects, at: due, into: &output)
        }
        if let deadline = collector.nextDeadline, deadline <= due {
            var effects: [DigitCollector.Effect] = []
            collector.timeElapsed(at: due, into: &effects)
            report(effects, into: &output)
        }
        if let deadline = players.file.nextDeadline, deadline <= due {
            var effects: [FilePlayer.Effect] = []
            players.file.timeElapsed(at: due, into: &effects)
            report(effects, into: &output)
        }
        if let deadline = players.tone.nextDeadline, deadline <= due {
            var effects: [TonePlayer.Effect] = []
            players.tone.timeElapsed(at: due, into: &effects)
            report(effects, into: &output)
        }
        if let deadline = players.digits.value?.nextDeadline, deadline <= due {
            var effects: [DTMFPlayer.Effect] = []
            players.digits.value?.timeElapsed(at: due, into: &effects)
            finishDigits(effects, into: &output)
        }
        guard listening.farEnd.value != nil || listening.machine.value != nil else { return }
        listening.farEnd.value?.timeElapsed(at: due)
        if let farEnd = listening.farEnd.value?.farEnd {
            listening.farEnd.value = nil
            output.report(.classified(jobs.classification, farEnd), of: id)
        }
        listening.machine.value?.timeElapsed(at: due)
        if let isReady = listening.machine.value?.isReady {
            listening.machine.value = nil
            output.report(.answerMachine(jobs.machineWait, isReady: isReady), of: id)
        }
    }

    /// Sends a report of what was sent and heard, when it is time for one, or with a goodbye (RFC 3550 §6.4).
    mutating func sendReport(
        at now: Instant, isGoodbye: Bool = false, dice: inout IdentifierSource, into output: inout MediaOutput
    ) {
        guard isGoodbye || stream.reports.deadline <= now else { return }
        stream.reports.reported(at: now, dice: &dice)
        // Who has sent nothing at all need not say goodbye (RFC 3550 §6.3.7).
        guard let destination = party.controlDestination, !isGoodbye || stream.sender.packets > 0 else { return }
        var report = RTCPReport(
            source: stream.sender.source, canonicalName: settings.canonicalName, isGoodbye: isGoodbye)
        if stream.reports.hasSent(stream.sender.packets) {
            let elapsed = UInt64(max(now.nanoseconds, 0))
            let fraction = (elapsed % 1_000_000_000) << 32 / 1_000_000_000
            report.sender = RTCPReport.SenderInformation(
                ntpTime: settings.ntpOrigin &+ (elapsed / 1_000_000_000) << 32 &+ fraction,
                timestamp: stream.sender.timestamp(at: now), packets: stream.sender.packets,
                octets: stream.sender.octets)
        }
        report.reception = stream.reports.reception(
            party.reception, of: party.reception.currentSource,
            clockRate: agreement.outgoing?.codec.clockRate ?? 8000, at: now)
        let offset = output.bytes.count
        report.write(into: &output.bytes)
        output.send(from: offset, of: id, .rtcp, to: destination)
    }
}
