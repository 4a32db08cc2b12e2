import Timeline

/// The far end pressed a key.
public struct DTMFEvent: EventBody {
    static let type = CallEventType.dtmf
    static let schema: [MemberSchema] = [
        .always("callId", .string), .always("callUri", .url),
        .always("dtmfDigit", .oneOf("0123456789*#ABCD".map(String.init))), .always("time", .time),
        .sometimes("dtmfDuration", .integer), .sometimes("tag", .string),
    ]

    public var call: EventCall
    /// One of `0`–`9`, `*`, `#`, `A`–`D`.
    public var digit: Character
    /// How long it was held, in milliseconds; nil where that is not known.
    public var duration: Int?
    public var tag: String?

    public init(_ call: EventCall, digit: Character, duration: Int? = nil, tag: String? = nil) {
        self.call = call
        self.digit = digit
        self.duration = duration
        self.tag = tag
    }

    func write(to members: inout EventMembers, at time: UTCTime) {
        members.add("callId", call.id)
        members.add("callUri", call.uri)
        members.add("dtmfDigit", String(digit))
        members.add("time", time)
        members.add("dtmfDuration", duration)
        members.add("tag", tag)
    }
}
