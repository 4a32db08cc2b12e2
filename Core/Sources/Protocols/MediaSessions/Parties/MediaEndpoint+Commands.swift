import Audio
import RTP
import Timeline

/// What applications and signalling ask of a party; connecting and rooms concern more than one and are `MediaCore`'s.
extension MediaEndpoint {
    /// Carries out what concerns this party alone.
    mutating func carryOut(
        _ command: PartyCommand, at now: Instant, adapters: [CodecAdapter], into output: inout MediaOutput
    ) throws(MediaRefusal) {
        switch command {
        case .describe(let target, let agreement): describe(target, agreement, at: now, adapters: adapters)
        case .play(let job, let list, let purpose): try play(job, list, purpose, at: now, into: &output)
        case .playTone(let job, let plan, let timeout, let purpose):
            try playTone(job, plan, timeout: timeout, purpose, at: now)
        case .playDigits(let job, let digits): try playDigits(job, digits, at: now)
        case .infoAnswered(let isAccepted):
            var effects: [DTMFPlayer.Effect] = []
            players.digits.value?.receive(.infoAnswered(isAccepted: isAccepted), at: now, into: &effects)
            finishDigits(effects, into: &output)
        case .stop(let function): stop(function, at: now, into: &output)
        case .pause(let function): setPaused(function, true, into: &output)
        case .resume(let function): setPaused(function, false, into: &output)
        case .fail(let function): fail(function, at: now, into: &output)
        case .collect(let job, let request): try collect(job, request, at: now, into: &output)
        case .clearDigits:
            var effects: [DigitCollector.Effect] = []
            collector.receive(.clear, at: now, into: &effects)
        case .digit(let digit):
            var effects: [DTMFDetector.Effect] = []
            detector.receive(info: digit, at: now, into: &effects)
            report(effects, at: now, into: &output)
        case .record(let job, let options, let beep): try record(job, options, beep: beep, into: &output)
        case .recordCall(let job, let options, let channels): try recordCall(job, options, channels)
        case .watchActivity(let isOn): listening.activity = isOn ? ActivityDetector() : nil
        case .watchProgress(let isOn):
            // Asked again, it goes on with what it has heard.
            listening.failure.value = isOn ? listening.failure.value ?? FailureToneDetector() : nil
        case .hearTones(let isOn):
            listening.tones = isOn
            detector.hearsTones = isOn
        case .classify(let job, let start, let timeout):
            try MediaRefusal.check(condition)
            // The one before it ends; nobody would ever hear of it again.
            endClassification(into: &output)
            jobs.classification = job
            listening.farEnd.value = FarEndClassifier(start, timeout: timeout, at: now)
        case .waitForAnswerMachine(let job, let wait):
            try MediaRefusal.check(condition)
            endMachineWait(into: &output)
            jobs.machineWait = job
            listening.machine.value = AnswerMachineWait(wait, at: now)
        case .setTerms(let terms): room.set(terms)
        case .condition, .connect, .disconnect, .echo, .join, .leave, .close: break
        }
    }

    /// Takes the codecs and the place of a new description.
    mutating func describe(
        _ target: MediaStreamTarget, _ agreement: AudioAgreement, at due: Instant, adapters: [CodecAdapter]
    ) {
        party.update(target)
        if let codec = agreement.outgoing?.codec, codec != self.agreement.outgoing?.codec || stream.encoder == nil {
            stream.encoder = AudioEncoder(codec, adapters: adapters)
            stream.sender.setClockRate(codec.clockRate, at: due)
        }
        self.agreement = agreement
        let isNeeded =
            switch settings.toneHearing {
            case .never: false
            case .withoutEvents: agreement.telephoneEvents == nil
            case .always: true
            }
        detector.hearsTones = listening.tones ?? isNeeded
    }

    /// Notes how far the call is; its end is the end of every job.
    mutating func change(to condition: CallCondition, at now: Instant, into output: inout MediaOutput) {
        if self.condition == .idle {
            // The digits of an earlier call are not those of this one.
            var effects: [DigitCollector.Effect] = []
            collector.receive(.clear, at: now, into: &effects)
        }
        self.condition = condition
        if condition != .unanswered { listening.failure.value = nil }
        guard condition == .idle else { return }
        var files: [FilePlayer.Effect] = []
        players.file.receive(.hangUp, at: now, into: &files)
        var tones: [TonePlayer.Effect] = []
        players.tone.receive(.hangUp, at: now, into: &tones)
        var digits: [DTMFPlayer.Effect] = []
        players.digits.value?.receive(.hangUp, at: now, into: &digits)
        var collected: [DigitCollector.Effect] = []
        collector.receive(.hangUp, at: now, into: &collected)
        var recorded: [FileRecorder.Effect] = []
        if players.beep.take() != nil { recorder.receive(.resume, into: &recorded) }
        recorder.receive(.hangUp, into: &recorded)
        var callRecorded: [WholeCallRecorder.Effect] = []
        callRecorder.receive(.hangUp, into: &callRecorded)
        report(files, into: &output)
        report(tones, into: &output)
        finishDigits(digits, into: &output)
        report(collected, into: &output)
        report(recorded, into: &output)
        report(callRecorded, into: &output)
        endClassification(into: &output)
        endMachineWait(into: &output)
    }

    /// Ends the judging of the far end without a result.
    private mutating func endClassification(into output: inout MediaOutput) {
        if listening.farEnd.value.take() != nil { output.report(.classified(jobs.classification, .unknown), of: id) }
    }

    /// Ends the wait for a machine without one.
    private mutating func endMachineWait(into output: inout MediaOutput) {
        if listening.machine.value.take() != nil {
            output.report(.answerMachine(jobs.machineWait, isReady: false), of: id)
        }
    }

    /// Throws where a transmitter cannot be used.
    func checkTransmitter(_ purpose: PlayPurpose) throws(MediaRefusal) {
        if purpose == .application { try MediaRefusal.check(condition) }
        guard !players.isPlaying else { throw .alreadyPlaying }
        guard purpose == .signalling || attachment == .none || isPortless && room.line == nil else {
            throw .externalSource
        }
    }

    mutating func play(
        _ id: MediaJobID, _ job: FilePlayer.Job, _ purpose: PlayPurpose, at now: Instant, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        try checkTransmitter(purpose)
        guard !job.clips.isEmpty else { throw .nothingToPlay }
        jobs.file = id
        var effects: [FilePlayer.Effect] = []
        players.file.receive(.play(job), at: now, into: &effects)
        report(effects, into: &output)
    }

    mutating func playTone(
        _ id: MediaJobID, _ plan: TonePlan, timeout: Duration?, _ purpose: PlayPurpose, at now: Instant
    ) throws(MediaRefusal) {
        try checkTransmitter(purpose)
        jobs.tone = id
        var effects: [TonePlayer.Effect] = []
        players.tone.receive(.play(plan, timeout: timeout), at: now, into: &effects)
    }

    mutating func playDigits(_ id: MediaJobID, _ digits: [UInt8], at now: Instant) throws(MediaRefusal) {
        try checkTransmitter(.application)
        try DTMFPlayer.check(digits)
        jobs.digits = id
        beginDigits(digits, at: now)
    }

    mutating func record(
        _ id: MediaJobID, _ options: RecordingOptions, beep: TonePlan?, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        try MediaRefusal.check(condition)
        guard recorder.state != .recording else { throw .alreadyRecording }
        if beep != nil { try checkTransmitter(.application) }
        jobs.recording = id
        var effects: [FileRecorder.Effect] = []
        recorder.receive(.record(options), into: &effects)
        if let beep, !beep.isEndless {
            players.beep = ToneGenerator(beep)
            recorder.receive(.pause, into: &effects)
        }
        report(effects, into: &output)
    }

    mutating func recordCall(
        _ id: MediaJobID, _ options: RecordingOptions, _ channels: WholeCallRecorder.Channels
    ) throws(MediaRefusal) {
        try MediaRefusal.check(condition)
        guard callRecorder.state != .recording else { throw .alreadyRecording }
        jobs.callRecording = id
        stream.passedOn.value = nil
        var effects: [WholeCallRecorder.Effect] = []
        callRecorder.receive(.record(options, channels), into: &effects)
    }

    mutating func collect(
        _ id: MediaJobID, _ request: DigitRequest, at now: Instant, into output: inout MediaOutput
    ) throws(MediaRefusal) {
        guard collector.state == .idle else { throw .alreadyCollecting }
        jobs.collection = id
        var request = request
        // Without a call there is nobody to wait for: what is buffered is the result.
        if condition == .idle { request.predigitsTimeout = nil }
        var effects: [DigitCollector.Effect] = []
        collector.receive(.request(request), at: now, into: &effects)
        if condition == .idle { collector.receive(.hangUp, at: now, into: &effects) }
        report(effects, into: &output)
    }

    mutating func stop(_ function: MediaFunction, at now: Instant, into output: inout MediaOutput) {
        switch function {
        case .filePlayer:
            var effects: [FilePlayer.Effect] = []
            players.file.receive(.stop, at: now, into: &effects)
            report(effects, into: &output)
        case .tonePlayer:
            var effects: [TonePlayer.Effect] = []
            players.tone.receive(.stop, at: now, into: &effects)
            report(effects, into: &output)
        case .dtmfPlayer:
            guard !players.isPassing else { return }
            var effects: [DTMFPlayer.Effect] = []
            players.digits.value?.receive(.stop, at: now, into: &effects)
            finishDigits(effects, into: &output)
        case .fileRecorder: tell(FileRecorder.Event.stop, into: &output)
        case .wholeCallRecorder: tell(WholeCallRecorder.Event.stop, into: &output)
        case .digitCollector:
            var effects: [DigitCollector.Effect] = []
            collector.receive(.withdraw, at: now, into: &effects)
            report(effects, into: &output)
        case .farEndDetector:
            endClassification(into: &output)
            endMachineWait(into: &output)
        }
    }

    mutating func fail(_ function: MediaFunction, at now: Instant, into output: inout MediaOutput) {
        switch function {
        case .filePlayer:
            guard players.file.state == .playing else { return }
            var effects: [FilePlayer.Effect] = []
            players.file.receive(.fail, at: now, into: &effects)
            report(effects, into: &output)
        case .fileRecorder: if recorder.state == .recording { tell(FileRecorder.Event.fail, into: &output) }
        case .wholeCallRecorder:
            guard callRecorder.state == .recording else { return }
            var effects: [WholeCallRecorder.Effect] = []
            callRecorder.receive(.fail, into: &effects)
            report(effects, into: &output)
        case .tonePlayer, .dtmfPlayer, .digitCollector, .farEndDetector: break
        }
    }

    mutating func setPaused(_ function: MediaFunction, _ isPaused: Bool, into output: inout MediaOutput) {
        switch function {
        case .fileRecorder: tell(isPaused ? FileRecorder.Event.pause : .resume, into: &output)
        case .wholeCallRecorder: tell(isPaused ? WholeCallRecorder.Event.pause : .resume, into: &output)
        case .filePlayer, .tonePlayer, .dtmfPlayer, .digitCollector, .farEndDetector: break
        }
    }

    private mutating func tell(_ event: FileRecorder.Event, into output: inout MediaOutput) {
        if case .stop = event { players.beep = nil }
        var effects: [FileRecorder.Effect] = []
        recorder.receive(event, into: &effects)
        report(effects, into: &output)
    }

    private mutating func tell(_ event: WholeCallRecorder.Event, into output: inout MediaOutput) {
        var effects: [WholeCallRecorder.Effect] = []
        callRecorder.receive(event, into: &effects)
        report(effects, into: &output)
    }

    /// Reports the end of a digit job; its packets are sent elsewhere.
    mutating func finishDigits(_ effects: [DTMFPlayer.Effect], into output: inout MediaOutput) {
        for effect in effects {
            switch effect {
            case .transmit: break
            case .inform(let digit, let duration):
                output.report(.inform(digit: digit, duration: duration), of: id)
            case .finished(let cause):
                players.digits.value = nil
                if !players.isPassing { output.report(.digitsPlayed(jobs.digits, cause), of: id) }
            }
        }
    }
}
