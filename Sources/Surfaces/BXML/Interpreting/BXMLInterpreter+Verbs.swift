import Timeline

extension BXMLInterpreter {
    mutating func begin(_ document: BXMLDocument, at now: Instant, into effects: inout [Effect]) {
        verbs = document.verbs[...]
        verb = nil
        advance(at: now, into: &effects)
    }

    /// Begins the next verb; without one the call ends, after 30 seconds where something was heard last.
    mutating func advance(at now: Instant, into effects: inout [Effect]) {
        let last = verb
        guard let next = verbs.popFirst() else {
            switch last {
            case .speak, .play, .sendDigits, .gather: enter(.lingering, until: now + Self.lingering)
            case .hangUp, .pause, .record, .redirect, .transfer, .reject, .conference, .message, nil:
                end(.verbsDone, into: &effects)
            }
            return
        }
        verb = next
        if case .redirect = next {} else { redirects = 0 }
        perform(next, at: now, into: &effects)
    }

    private mutating func perform(_ verb: BXMLVerb, at now: Instant, into effects: inout [Effect]) {
        switch verb {
        case .gather(let gather):
            digits = ""
            prompts = gather.prompts[...]
            nextPrompt(at: now, into: &effects)
        case .hangUp: end(.hangUp, into: &effects)
        case .pause(let length): enter(.pausing, until: now + length)
        case .play(let audio):
            effects.append(.play(nextStep(), audio))
            enter(.playing)
        case .speak(let sentence):
            effects.append(.speak(nextStep(), sentence))
            enter(.playing)
        case .sendDigits(let digits):
            effects.append(.sendDigits(nextStep(), digits))
            enter(.playing)
        case .record(let recording):
            effects.append(.record(nextStep(), recording))
            enter(.recording)
        case .redirect(let request): redirect(request, at: now, into: &effects)
        case .transfer(let transfer):
            effects.append(.transfer(nextStep(), transfer))
            enter(.hunting)
        case .reject(let rejection):
            effects.append(.reject(rejection))
            enter(.ended)
        case .conference(let conference):
            effects.append(.join(nextStep(), conference))
            enter(.conferencing)
        case .message(let message):
            effects.append(.send(nextStep(), message))
            enter(.playing)
        }
    }

    mutating func stopRecording(on digit: Character, into effects: inout [Effect]) {
        guard case .record(let recording) = verb, recording.terminatingDigits.contains(digit) else { return }
        effects.append(.stopRecording)
    }

    // MARK: Replies

    private mutating func redirect(_ request: BXMLRequest, at now: Instant, into effects: inout [Effect]) {
        redirects += 1
        guard redirects <= Self.maximumRedirects else {
            end(.invalid(BXMLError("\(Self.maximumRedirects) documents in a row only redirect.")), into: &effects)
            return
        }
        ask(request, .redirect, otherwise: .hangUp, until: now + Self.patience(request), into: &effects)
    }

    /// Sends a request whose reply decides how it goes on.
    mutating func ask(
        _ request: BXMLRequest?, _ callback: BXMLCallback, otherwise fallback: BXMLFallback, until deadline: Instant,
        into effects: inout [Effect]
    ) {
        self.fallback = fallback
        effects.append(.request(nextStep(), request, callback, isAwaited: true))
        enter(.requesting, until: deadline)
    }

    mutating func replied(_ reply: BXMLReply, at now: Instant, into effects: inout [Effect]) {
        switch (reply, fallback) {
        case (.document(let document), _): begin(document, at: now, into: &effects)
        case (.invalid(let error), _): end(.invalid(error), into: &effects)
        case (.nothing, .hangUp): end(.noDocument, into: &effects)
        case (.nothing, .linger): break
        case (.nothing, .endTransfer): end(.transferDone, into: &effects)
        }
    }

    // MARK: Transfers

    mutating func hunted(_ progress: BXMLTransferProgress, at now: Instant, into effects: inout [Effect]) {
        switch progress {
        case .answered: enter(.joined)
        case .unanswered: advance(at: now, into: &effects)
        case .invalid: end(.invalidTarget, into: &effects)
        case .ended: parted(at: now, into: &effects)
        }
    }

    /// The callee has gone: the event is told, and unless its reply is a document the caller's call ends too.
    mutating func parted(at now: Instant, into effects: inout [Effect]) {
        guard case .transfer(let transfer) = verb else { return }
        let callback = BXMLCallback.transferComplete(tag: transfer.tag)
        if let request = transfer.request {
            ask(request, callback, otherwise: .endTransfer, until: now + Self.patience(request), into: &effects)
        } else {
            effects.append(.request(nextStep(), nil, callback, isAwaited: false))
            end(.transferDone, into: &effects)
        }
    }
}
