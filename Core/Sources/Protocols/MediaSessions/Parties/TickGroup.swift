import Audio
import Timeline

/// Parties whose packets are sent at the same times. There are four groups, 5 ms apart, so that the packets of many
/// parties do not leave in one burst.
struct TickGroup: Equatable, Sendable {
    /// How many groups there are.
    static let count = 4
    /// How far behind the packets may be before some of them are left out.
    static let longestDelay: Duration = .milliseconds(100)

    /// Where the group's packet times lie in each 20 ms.
    private let phase: Duration
    private(set) var members: [SlotHandle] = []
    /// The next packet time; nil without members.
    private(set) var next: Instant?

    init(number: Int) { phase = AudioFrame.duration / Self.count * number }

    /// The first packet time after `now`.
    func packetTime(after now: Instant) -> Instant {
        let interval = AudioFrame.duration.nanoseconds
        let offset = (now - (Instant.zero + phase)).nanoseconds
        let number = offset >= 0 ? offset / interval + 1 : offset / interval
        return Instant.zero + phase + .nanoseconds(number &* interval)
    }

    mutating func insert(_ handle: SlotHandle, at now: Instant) {
        members.append(handle)
        if next == nil { next = packetTime(after: now) }
    }

    mutating func remove(_ handle: SlotHandle) {
        if let place = members.firstIndex(of: handle) {
            members.swapAt(place, members.count - 1)
            members.removeLast()
        }
        if members.isEmpty { next = nil }
    }

    /// The next packet time that has come, and moves on to the one after it; leaves out what is long over.
    mutating func take(at now: Instant) -> Instant? {
        guard var due = next, due <= now else { return nil }
        if now - due > Self.longestDelay { due = packetTime(after: now + .milliseconds(-20)) }
        next = due + AudioFrame.duration
        return due
    }
}
