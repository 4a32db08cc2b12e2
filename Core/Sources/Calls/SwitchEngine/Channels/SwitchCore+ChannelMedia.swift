import Audio
import CallControl
import MediaSessions
import Timeline

/// How a shard lets applications use the media of their channels' calls, and joins those of two.
extension SwitchCore {
    /// The jobs that the shard itself gives to a party's media.
    private static let joinJob = MediaJobID(rawValue: .max)
    private static let ringbackJob = MediaJobID(rawValue: .max - 1)

    mutating func ask(
        _ command: PartyCommand, of id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if case .leave = command { return leaveConference(id, .left, now, &outputs) }
        let refusal = refusal(of: command, id)
        guard refusal == nil, let session = session(of: id) else {
            guard let job = command.job else { return }
            return outputs.append(.channel(.media(id, .refused(job, refusal ?? .hangup))))
        }
        if let job = command.job, command.isTransmitting {
            channels[id]?.transmissions.insert(job)
            if command.isAttaching { channels[id]?.attachment = job }
            feed(.transmitting(true), to: id, now)
        }
        if command.isDetaching { detach(id, now) }
        outputs.append(.media(.party(session, command)))
    }

    /// Why a channel in its present state may not use its media so.
    private func refusal(of command: PartyCommand, _ id: ChannelID) -> MediaRefusal? {
        guard command.job != nil else { return nil }
        if case .collect = command { return nil }
        let isWhispered = command.isWhispered && channels[id]?.seat != nil
        return mediaRefusal(id, isTransmitting: command.isTransmitting && !isWhispered)
    }

    /// Why a channel in its present state may not use its media, or send something.
    func mediaRefusal(_ id: ChannelID, isTransmitting: Bool) -> MediaRefusal? {
        guard let channel = channels[id]?.machine else { return nil }
        guard let refusal = channel.mediaRefusal(of: "play", transmitting: isTransmitting) else { return nil }
        if refusal.code == .hangup { return .hangup }
        guard refusal.reason == .audioTaken else { return .notAnswered }
        return channel.connectedTo == nil ? .alreadyPlaying : .externalSource
    }

    /// What the media of a channel's call report.
    mutating func hear(
        _ event: PartyEvent, of session: MediaSessionID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if let id = session.portlessChannel { return hear(event, ofSeat: id, now, &outputs) }
        let call = SlotHandle(rawValue: session.rawValue)
        guard let id = calls.read(call, { $0.call.channel }) ?? nil else { return }
        hear(event, ofChannel: id, now, &outputs)
    }

    /// What the media of a channel report.
    mutating func hear(
        _ event: PartyEvent, ofChannel id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        switch event {
        case .connected(Self.joinJob): joined(id, now)
        case .refused(Self.joinJob, _):
            channels[id]?.joining = nil
            feed(.joined(nil), to: id, now)
        case .refused(Self.ringbackJob, _), .tonePlayed(Self.ringbackJob, _): break
        case .inform(let digit, let duration):
            guard let call = channels[id]?.call else { return }
            withCall(call) {
                $0.receive(.application(.inform(digit: digit, duration: duration)), at: now, into: &$1)
            }
        case .played(let job, _): tell(id, event, endOf: job, now, &outputs)
        case .tonePlayed(let job, _): tell(id, event, endOf: job, now, &outputs)
        case .digitsPlayed(let job, _): tell(id, event, endOf: job, now, &outputs)
        case .refused(let job, _):
            if channels[id]?.attachment == job { leaveConference(id, .roomEnded, now, &outputs) }
            tell(id, event, endOf: job, now, &outputs)
        case .digit(let digit, _):
            outputs.append(.channel(.media(id, event)))
            press(digit, id, now, &outputs)
        case .failureTone(let tone): feed(.failedInBand(tone.cause), to: id, now)
        case .roomEnded: break
        case .collected, .write, .recorded, .callRecorded, .activity, .classified, .answerMachine, .connected,
            .disconnected, .joined, .closed:
            outputs.append(.channel(.media(id, event)))
        }
    }

    private mutating func tell(
        _ id: ChannelID, _ event: PartyEvent, endOf job: MediaJobID, _ now: Instant,
        _ outputs: inout [SwitchOutput]
    ) {
        transmissionEnded(job, of: id, now)
        outputs.append(.channel(.media(id, event)))
    }

    private mutating func transmissionEnded(_ job: MediaJobID, of id: ChannelID, _ now: Instant) {
        guard channels[id]?.transmissions.remove(job) != nil else { return }
        feed(.transmitting(channels[id]?.transmissions.isEmpty == false), to: id, now)
    }

    /// The channel is no longer an echo or in a conference.
    mutating func detach(_ id: ChannelID, _ now: Instant) {
        guard let job = channels[id]?.attachment else { return }
        channels[id]?.attachment = nil
        transmissionEnded(job, of: id, now)
    }

    // MARK: Two channels

    mutating func join(_ id: ChannelID, _ other: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        guard let first = session(of: id), let second = session(of: other), channels[other]?.joined == nil,
            channels[id]?.joined == nil, channels[id]?.joining == nil
        else { return feed(.joined(nil), to: id, now) }
        channels[id]?.joining = other
        outputs.append(.media(.party(first, .connect(Self.joinJob, second))))
    }

    private mutating func joined(_ id: ChannelID, _ now: Instant) {
        guard let other = channels[id]?.joining else { return }
        channels[id]?.joining = nil
        channels[id]?.joined = other
        channels[other]?.joined = id
        feed(.joined(other), to: id, now)
        feed(.joined(id), to: other, now)
    }

    mutating func part(_ id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        if let other = channels[id]?.joined {
            channels[id]?.joined = nil
            channels[other]?.joined = nil
            if let session = session(of: id) ?? session(of: other) {
                outputs.append(.media(.party(session, .disconnect)))
            }
            feed(.parted, to: other, now)
        }
        feed(.parted, to: id, now)
    }

    /// The media session of a channel's call, while it has one that can be used.
    func session(of id: ChannelID) -> MediaSessionID? {
        if channels[id]?.seat?.isOwn == true { return MediaSessionID(portless: id) }
        guard let call = channels[id]?.call, calls.read(call, { $0.call.hasParty }) == true else { return nil }
        return MediaSessionID(rawValue: call.rawValue)
    }

    /// What the far end of a transfer hears while the target rings.
    mutating func playRingback(_ isOn: Bool, _ id: ChannelID, _ outputs: inout [SwitchOutput]) {
        guard let session = session(of: id) else { return }
        guard isOn else { return outputs.append(.media(.party(session, .stop(.tonePlayer)))) }
        let plan = channels[id]?.arguments.compactMap { $0.said.ringback }.first ?? ToneCatalogue().standard
        outputs.append(.media(.party(session, .playTone(Self.ringbackJob, plan, timeout: nil, .signalling))))
    }
}

extension PartyCommand {
    /// Whether it ties the party to an echo or a conference, until it is taken out of it.
    fileprivate var isAttaching: Bool {
        switch self {
        case .echo, .join: true
        case .play, .playTone, .playDigits, .connect, .describe, .condition, .infoAnswered, .stop, .pause, .resume,
            .fail, .collect, .clearDigits, .digit, .record, .recordCall, .watchActivity, .watchProgress, .hearTones,
            .classify,
            .waitForAnswerMachine, .disconnect, .leave, .setTerms, .close:
            false
        }
    }

    /// Whether it takes the party out of its echo or conference.
    fileprivate var isDetaching: Bool {
        switch self {
        case .disconnect, .leave: true
        case .echo, .join, .play, .playTone, .playDigits, .connect, .describe, .condition, .infoAnswered, .stop, .pause,
            .resume, .fail, .collect, .clearDigits, .digit, .record, .recordCall, .watchActivity, .watchProgress,
            .hearTones, .classify,
            .waitForAnswerMachine, .setTerms, .close:
            false
        }
    }

    /// Whether it is played to one party of a conference alone.
    fileprivate var isWhispered: Bool { if case .play(_, _, .signalling) = self { true } else { false } }

    /// Whether it sends something to the party.
    fileprivate var isTransmitting: Bool {
        switch self {
        case .play, .playTone, .playDigits, .connect, .join, .echo: true
        case .describe, .condition, .infoAnswered, .stop, .pause, .resume, .fail, .collect, .clearDigits, .digit,
            .record, .recordCall, .watchActivity, .watchProgress, .hearTones, .classify, .waitForAnswerMachine,
            .disconnect, .leave,
            .setTerms, .close:
            false
        }
    }
}

extension FailureToneDetector.Tone {
    /// What a call is cleared with that has failed so (call-channel.md §2.2, §2.3).
    fileprivate var cause: ClearingCause {
        switch self {
        case .busy: .busy
        case .congestion: .congestion
        case .information: .unobtainable
        }
    }
}
