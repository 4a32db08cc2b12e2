import Addresses
import Timeline

/// Counts wrong answers per source address and per user name: ten within a minute, and wrong answers from there are met
/// with silence for five minutes. Right answers are never held back. Bounded: the oldest entries make room.
struct DigestFailureTable: Sendable {
    /// Failures that bring silence.
    static let threshold = 10
    /// The time within which they count.
    static let window: Duration = .seconds(60)
    /// How long the silence lasts.
    static let silence: Duration = .seconds(300)

    /// Whose failures are counted.
    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private struct Failures {
        /// The last ten, the oldest at `next`.
        var instants: InlineArray<10, Instant> = InlineArray(repeating: Instant(nanoseconds: .min / 2))
        var next = 0
        var silentUntil = Instant(nanoseconds: .min)

        mutating func note(at now: Instant) {
            instants[next] = now
            next = (next + 1) % DigestFailureTable.threshold
            if now - instants[next] <= DigestFailureTable.window { silentUntil = now + DigestFailureTable.silence }
        }

        func isOver(at now: Instant) -> Bool {
            let last = instants[(next + DigestFailureTable.threshold - 1) % DigestFailureTable.threshold]
            return now >= silentUntil && now - last > DigestFailureTable.window
        }
    }

    private let capacity: Int
    private var entries: [Key: Failures] = [:]

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// Notes a wrong answer and says whether it is to be met with silence.
    mutating func note(source: IPAddress, username: [UInt8], at now: Instant) -> Bool {
        let address = note(Key(high: source.high ^ (source.isIPv6 ? 1 << 63 : 0), low: source.low), at: now)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in username { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let user = note(Key(high: 0x7573_6572_0000_0000, low: hash), at: now)
        return address || user
    }

    private mutating func note(_ key: Key, at now: Instant) -> Bool {
        if entries.count >= capacity && entries[key] == nil { makeRoom(at: now) }
        let isSilent = entries[key, default: Failures()].silentUntil > now
        entries[key, default: Failures()].note(at: now)
        return isSilent
    }

    /// Drops what no longer matters; where all of it matters, everything but what is silent, then everything.
    private mutating func makeRoom(at now: Instant) {
        entries = entries.filter { !$0.value.isOver(at: now) }
        if entries.count > capacity / 2 { entries = entries.filter { $0.value.silentUntil > now } }
        if entries.count > capacity / 2 { entries = [:] }
    }
}
