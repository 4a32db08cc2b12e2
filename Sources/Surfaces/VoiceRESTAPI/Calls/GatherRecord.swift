import CallEvents

/// A gather of digits as its resource shows it.
public struct GatherRecord: Hashable, Sendable, Codable {
    /// `gtr-…`.
    public var id: String
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var createdTime: Int64
    public var completedTime: Int64?
    /// As the event says it; nil while it runs.
    public var reason: String?
    public var digits = ""

    func resource(of call: String, _ addresses: ResourceAddresses) -> JSONValue {
        .members([
            "id": .string(id), "state": .string(completedTime == nil ? "started" : "completed"),
            "reason": .text(reason),
            "createdTime": .time(createdTime), "completedTime": .time(ifAny: completedTime),
            "call": .string(addresses.call(call)), "digits": .string(digits),
        ])
    }
}
