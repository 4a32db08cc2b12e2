import Timeline

extension CallDetailRecord {
    /// One plain English sentence that says how the call ended, as
    /// "The callee hung up after 61.2 s." or "The callee refused with 486 after 2 routes."
    public var sentence: String {
        if times.answer != nil { return answeredSentence }
        if origin != .inbound { return unconnectedSentence }
        let routes = attempts.count == 1 ? "one route" : "\(attempts.count) routes"
        let tried = attempts.isEmpty ? "before any route was tried" : "after \(routes)"
        switch ending.endedBy {
        case .caller:
            let stage = times.ringing == nil ? "before it rang" : "while it rang"
            return "The caller gave up \(stage), after \(Self.seconds(times.end - times.setup))\(explanation)."
        case .callee:
            return "The callee refused with \(ending.status) \(tried)\(explanation)."
        case .switch:
            return "The switch refused with \(ending.status) \(tried)\(explanation)."
        case .api:
            return "Ended through the API before it was answered\(explanation)."
        case .application:
            return "The application refused with \(ending.status)\(explanation)."
        }
    }

    private var answeredSentence: String {
        let length = Self.seconds(duration)
        let (caller, callee) =
            origin == .inbound ? ("The caller", "The callee") : ("The first party", "The second party")
        switch ending.endedBy {
        case .caller: return "\(caller) hung up after \(length)\(explanation)."
        case .callee: return "\(callee) hung up after \(length)\(explanation)."
        case .switch: return "The switch ended the call after \(length)\(explanation)."
        case .api: return "Ended through the API after \(length)\(explanation)."
        case .application: return "The application ended the call after \(length)\(explanation)."
        }
    }

    /// Of a call that the switch placed and that never connected both parties.
    private var unconnectedSentence: String {
        let wasFirstReached = attempts.contains { $0.party == .caller && $0.outcome == .connected }
        let asked: CallParty = wasFirstReached ? .callee : .caller
        let party = wasFirstReached ? "second party" : "first party"
        let count = attempts.reduce(0) { $0 + ($1.party == asked ? 1 : 0) }
        let tried =
            count == 0 ? "before any route was tried" : count == 1 ? "after one route" : "after \(count) routes"
        switch ending.endedBy {
        case .caller:
            if wasFirstReached { return "The first party hung up before the second answered\(explanation)." }
            return "The first party refused with \(ending.status) \(tried)\(explanation)."
        case .callee: return "The second party refused with \(ending.status) \(tried)\(explanation)."
        case .switch: return "The \(party) was not reached: \(ending.status) \(tried)\(explanation)."
        case .api: return "Ended through the API before the \(party) answered\(explanation)."
        case .application: return "The application ended the call before the \(party) answered\(explanation)."
        }
    }

    /// The detail behind a colon; control characters of it are dropped.
    private var explanation: String {
        let text = ending.detail.filter { $0 >= 0x20 && $0 != 0x7F }
        return text.isEmpty ? "" : ": \(String(decoding: text, as: UTF8.self))"
    }

    /// Seconds with one place, cut toward zero.
    private static func seconds(_ duration: Duration) -> String {
        let tenths = max(0, duration.nanoseconds / 100_000_000)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
