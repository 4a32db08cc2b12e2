import Timeline

/// A gather of digits has ended.
public struct GatherEvent: EventBody {
    /// Why a gather ended.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        case maxDigits = "max-digits"
        case terminatingDigit = "terminating-digit"
        case interDigitTimeout = "inter-digit-timeout"
        case hungUp = "hung-up"
        case cancelled
    }

    static let type = CallEventType.gather
    static let schema: [MemberSchema] = [
        .always("state", .oneOf(["completed"])), .always("reason", .oneOf(Reason.allCases.map(\.rawValue))),
        .always("digits", .string), .always("callId", .string), .sometimes("callUri", .url),
        .always("gatherId", .string), .sometimes("terminatingDigit", .string), .sometimes("tag", .string),
        .always("time", .time),
    ]

    public var call: EventCall
    /// `gtr-…`.
    public var gather: String
    public var reason: Reason
    /// What was pressed, without the terminating digit.
    public var digits: String
    public var tag: String?
    /// The digit that ended the gather of a BXML document; written there, with the URL of the call.
    public var terminatingDigit: Character?
    /// Whether a BXML document gathered.
    public var isBXML = false

    public init(_ call: EventCall, gather: String, _ reason: Reason, digits: String, tag: String? = nil) {
        self.call = call
        self.gather = gather
        self.reason = reason
        self.digits = digits
        self.tag = tag
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("state", "completed")
        members.add("reason", reason.rawValue)
        members.add("digits", digits)
        members.add("callId", call.id)
        members.add("callUri", isBXML ? call.uri : nil)
        members.add("gatherId", gather)
        members.add("terminatingDigit", isBXML ? terminatingDigit.map { String($0) } : nil)
        members.add("tag", tag)
        members.add("time", time)
    }
}
