import Timeline

/// What a party expects: time passes until it is so, at most `patience` of virtual time.
extension Party {
    /// Its call rings, here or at the other end, or has early media.
    public func expectsRinging(
        within patience: Duration = .seconds(10), file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try expects("that it rings", within: patience, file, line) { $0.hasRung }
    }

    /// Its call is answered.
    public func expectsAnswer(
        within patience: Duration = .seconds(30), file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try expects("an answer", within: patience, file, line) { $0.isAnswered }
    }

    /// Somebody calls it.
    public func expectsCall(
        within patience: Duration = .seconds(30), file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try expects("a call", within: patience, file, line) { $0.isIncoming && $0.report == nil }
    }

    /// Its call is refused, with this status where one is named.
    public func expectsRefusal(
        _ status: Int? = nil, within patience: Duration = .seconds(30), file: StaticString = #fileID,
        line: UInt = #line
    ) throws {
        let what = status.map { "a refusal with \($0)" } ?? "a refusal"
        try expects(what, within: patience, file, line) { call in
            guard let report = call.report, !report.isAnswered else { return false }
            return status.map { Int(report.status.rawValue) == $0 } ?? true
        }
    }

    /// Its answered call ends, and not by itself.
    public func expectsHangUp(
        within patience: Duration = .seconds(30), file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try expects("that the other side hangs up", within: patience, file, line) {
            $0.report.map { $0.isAnswered && $0.endedBy == .remote } ?? false
        }
    }

    /// It hears something, after what it heard before.
    public func hears(
        _ sound: Sound, within patience: Duration = .seconds(15), file: StaticString = #fileID, line: UInt = #line
    ) throws {
        var listener: Listener?
        let isMet = world.passes(until: world.clock.now + patience) {
            guard let call = self.call else { return false }
            if listener == nil {
                listener = Listener(
                    sound, from: call.heardSamples, digit: call.heardDigits,
                    mustEnd: call.lastSound == sound.description)
            }
            return listener?.hears(call.heard) ?? false
        }
        guard isMet, let end = listener?.end else { throw unmet(sound.description, patience, file, line) }
        call?.heardSamples = end.sample
        call?.heardDigits = end.digit
        call?.lastSound = sound.description
    }

    /// It does not hear something for a while.
    public func doesNotHear(
        _ sound: Sound, for time: Duration, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        var listener = Listener(
            sound, from: call?.heard.samples.count ?? 0, digit: call?.heard.digits.count ?? 0, mustEnd: false)
        let isHeard = world.passes(until: world.clock.now + time) {
            self.call.map { listener.hears($0.heard) } ?? false
        }
        if isHeard {
            throw Unmet(description: "\(file):\(line): \(number) was not to hear \(sound), but did\n" + tale)
        }
    }

    private func expects(
        _ what: String, within patience: Duration, _ file: StaticString, _ line: UInt,
        _ isMet: @escaping (PartyCall) -> Bool
    ) throws {
        let limit = world.clock.now + patience
        guard world.passes(until: limit, { self.call.map(isMet) ?? false }) else {
            throw unmet(what, patience, file, line)
        }
    }

    private func unmet(_ what: String, _ patience: Duration, _ file: StaticString, _ line: UInt) -> Unmet {
        let condition = call?.condition ?? "there was no call"
        return Unmet(
            description: "\(file):\(line): \(number) expected \(what) within \(patience); \(condition)\n" + tale)
    }

    /// What happened in the call and what was heard, one line for each.
    var tale: String {
        guard let call else { return "" }
        var lines = ["  what happened:"] + call.tale.map { "    " + $0 }
        lines += ["  what was heard:"] + HeardTale.lines(call.heard, from: 0).map { "    " + $0 }
        lines += world.runTale.map { "  " + $0 }
        return lines.joined(separator: "\n")
    }
}
