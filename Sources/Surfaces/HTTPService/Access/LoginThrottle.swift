import Addresses
import Logging
import PacketLoop
import Synchronization
import Timeline

/// Slows down wrong logins address by address: each wrong answer within a minute doubles the wait for the next reply,
/// and an address that has many such waits at once is not listened to until they are over. Right answers never wait,
/// and no address pays for another.
public final class LoginThrottle: Sendable {
    /// The wait after the first wrong answer.
    public static let firstWait: Duration = .milliseconds(100)
    /// The longest wait.
    public static let longestWait: Duration = .seconds(3)
    /// The time after which wrong answers are forgotten.
    public static let memory: Duration = .seconds(60)
    /// Most replies that one address waits for at once.
    public static let mostWaiting = 8

    private struct Entry {
        var failures = 0
        var last: Instant
        var waiting = 0
    }

    private let capacity: Int
    private let entries = Mutex<[IPAddress: Entry]>([:])

    /// Remembers at most `capacity` addresses.
    public init(capacity: Int = 4096) { self.capacity = capacity }

    /// How many addresses are remembered.
    public var count: Int { entries.withLock { $0.count } }

    /// Whether so many wrong answers from this address wait for their replies that no more are heard.
    public func isOverrun(_ address: IPAddress) -> Bool {
        entries.withLock { ($0[Self.key(address)]?.waiting ?? 0) >= Self.mostWaiting }
    }

    /// Notes a wrong answer; how long its reply waits. `waited` is to be called when it was sent.
    public func failed(_ address: IPAddress, at now: Instant = MonotonicClock.now) -> Duration {
        let key = Self.key(address)
        return entries.withLock { entries in
            if entries[key] == nil && entries.count >= capacity { makeRoom(in: &entries, at: now) }
            var entry = entries[key] ?? Entry(last: now)
            if now - entry.last > Self.memory { entry.failures = 0 }
            let wait = min(Self.longestWait, Self.firstWait * (1 << min(entry.failures, 10)))
            entry.failures += 1
            entry.last = now
            entry.waiting += 1
            entries[key] = entry
            return wait
        }
    }

    /// Notes a wrong login at this interface, logs it, and returns when its reply may be sent.
    public func punish(_ login: [UInt8], of interface: String, from address: IPAddress, _ logger: Logger) async {
        let wait = failed(address)
        defer { waited(address) }
        let login = String(decoding: login.prefix(64), as: UTF8.self)
        logger.warning(
            "login failed", metadata: ["interface": "\(interface)", "login": "\(login)", "address": "\(address)"])
        try? await Task.sleep(for: wait)
    }

    /// A reply that waited has been sent.
    public func waited(_ address: IPAddress) {
        entries.withLock { entries in
            guard let entry = entries[Self.key(address)] else { return }
            entries[Self.key(address)]?.waiting = max(0, entry.waiting - 1)
        }
    }

    /// A network of IPv6 that one subscriber is given counts as one address.
    private static func key(_ address: IPAddress) -> IPAddress {
        address.isIPv6 ? IPAddress(high: address.high, low: 0) : address
    }

    /// Forgets what is over, and where all of it matters, the half that failed the longest ago.
    private func makeRoom(in entries: inout [IPAddress: Entry], at now: Instant) {
        entries = entries.filter { now - $0.value.last <= Self.memory || $0.value.waiting > 0 }
        guard entries.count >= capacity else { return }
        let sorted = entries.sorted { $0.value.last > $1.value.last }
        entries = Dictionary(uniqueKeysWithValues: sorted.prefix(entries.count / 2).map { ($0.key, $0.value) })
    }
}
