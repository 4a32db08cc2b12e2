import Timeline

extension BXMLInterpreter {
    private var gather: BXMLGather? {
        guard case .gather(let gather) = verb else { return nil }
        return gather
    }

    /// Begins the next prompt; after the last one digits are awaited.
    mutating func nextPrompt(at now: Instant, into effects: inout [Effect]) {
        switch prompts.first {
        case .speak(let sentence):
            repetitions = 1
            effects.append(.speak(nextStep(), sentence))
            enter(.prompting)
        case .play(let audio):
            repetitions = audio.repeatCount
            playPrompt(audio, into: &effects)
        case nil: collectNext(at: now)
        }
    }

    /// Plays a prompt once: digits have their time after each.
    private mutating func playPrompt(_ audio: BXMLAudio, into effects: inout [Effect]) {
        var once = audio
        once.repeatCount = 1
        effects.append(.play(nextStep(), once))
        enter(.prompting)
    }

    mutating func promptEnded(at now: Instant, into effects: inout [Effect]) {
        repetitions -= 1
        if case .play(let audio) = prompts.first, audio.repeatCount > 1, audio.delayBeforeRepeat > .zero {
            enter(.delaying, until: now + audio.delayBeforeRepeat)
        } else {
            repeatPrompt(at: now, into: &effects)
        }
    }

    /// Plays the prompt again, or goes on to the next one.
    mutating func repeatPrompt(at now: Instant, into effects: inout [Effect]) {
        if repetitions > 0, case .play(let audio) = prompts.first {
            playPrompt(audio, into: &effects)
        } else {
            prompts = prompts.dropFirst()
            nextPrompt(at: now, into: &effects)
        }
    }

    private mutating func collectNext(at now: Instant) {
        guard let gather else { return }
        enter(.collecting, until: now + gather.interDigitTimeout)
    }

    mutating func collect(_ digit: Character, at now: Instant, into effects: inout [Effect]) {
        guard let gather else { return }
        if gather.terminatingDigits.contains(digit) {
            completeGather(.terminatingDigit, digit, at: now, into: &effects)
            return
        }
        digits.append(digit)
        if digits.count >= gather.maximumDigits {
            completeGather(.maximumDigits, at: now, into: &effects)
        } else {
            collectNext(at: now)
        }
    }

    /// With a digit the event is told: its reply is the next document where no verb follows. Without one the next verb
    /// begins.
    mutating func completeGather(
        _ reason: BXMLGatherReason, _ terminator: Character? = nil, at now: Instant, into effects: inout [Effect]
    ) {
        guard let gather, !digits.isEmpty else {
            advance(at: now, into: &effects)
            return
        }
        guard verbs.isEmpty else {
            tellGather(reason, terminator, into: &effects)
            advance(at: now, into: &effects)
            return
        }
        let callback = BXMLCallback.gather(digits: digits, reason, terminatingDigit: terminator, tag: gather.tag)
        ask(gather.request, callback, otherwise: .linger, until: now + Self.lingering, into: &effects)
    }

    /// Tells the event to whom it may concern, and waits for nothing.
    mutating func tellGather(
        _ reason: BXMLGatherReason, _ terminator: Character? = nil, into effects: inout [Effect]
    ) {
        guard let gather else { return }
        let callback = BXMLCallback.gather(digits: digits, reason, terminatingDigit: terminator, tag: gather.tag)
        effects.append(.request(nextStep(), gather.request, callback, isAwaited: false))
    }
}
