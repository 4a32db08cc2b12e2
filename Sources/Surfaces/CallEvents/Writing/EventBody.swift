import Timeline

/// What every type of event has: its name, its members, and what may be in them.
protocol EventBody: Equatable, Sendable {
    /// The value of `eventType`.
    static var type: CallEventType { get }
    /// The members behind `eventType`, in the order in which they are written.
    static var schema: [MemberSchema] { get }

    /// Writes the members behind `eventType`.
    func write(to members: inout EventMembers, at time: UTCTime)
}
