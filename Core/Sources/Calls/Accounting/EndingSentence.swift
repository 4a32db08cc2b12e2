import Timeline

extension CallDetailRecord {
    /// One plain English sentence that says how the call ended, as
    /// "The callee hung up after 61.2 s." or "The callee refused with 486 after 2 routes."
    public var sentence: String {
        if times.answer != nil { return answeredSentence }
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
        switch ending.endedBy {
        case .caller: return "The caller hung up after \(length)\(explanation)."
        case .callee: return "The callee hung up after \(length)\(explanation)."
        case .switch: return "The switch ended the call after \(length)\(explanation)."
        case .api: return "Ended through the API after \(length)\(explanation)."
        case .application: return "The application ended the call after \(length)\(explanation)."
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
