import Addresses
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Finds the addresses of hosts, and remembers them for a while. Every form of a numeric host that the system
/// understands, as 2130706433 or 0x7f.1, becomes the address that it means, at once.
///
/// Names that nobody answers for hold up few others: a name that was found before keeps its addresses until it is found
/// again, at most for a while.
final class HostResolver: Sendable {
    /// What a look-up found.
    enum Answer: Equatable, Sendable {
        case addresses([IPAddress])
        case failed(String)
    }

    private struct Entry {
        /// Nil until it was found for the first time.
        var answer: Answer?
        /// When it is to be looked up again, and until when it holds whatever comes of that.
        var expiry: NIODeadline
        var end: NIODeadline
        var isAsked = true
        var waiting: [@Sendable (Answer) -> Void] = []
    }

    /// How long an answer holds.
    static let lifetime: TimeAmount = .seconds(30)
    /// How long addresses hold in all where the name is not found again.
    private static let longestLifetime: TimeAmount = .minutes(5)
    private static let failureLifetime: TimeAmount = .seconds(1)
    private static let mostEntries = 4096

    private let threads: NIOThreadPool
    private let ask: @Sendable (String) -> Answer
    private let entries = Mutex<[String: Entry]>([:])

    /// A resolver that asks the system, unless it is told whom to ask; `ask` may wait.
    init(asking ask: @escaping @Sendable (String) -> Answer = HostResolver.system) {
        self.ask = ask
        threads = NIOThreadPool(numberOfThreads: 8)
        threads.start()
    }

    /// Ends the threads, each when its name server has answered, which nobody waits for; nothing may be looked up any more.
    func stop() { threads.shutdownGracefully { _ in } }

    /// Calls `found` with the addresses of `host`: at once where they are known, else from another thread. Many who ask
    /// for one host share a look-up.
    func look(up host: String, _ found: @escaping @Sendable (Answer) -> Void) {
        var code: Int32 = 0
        if let numeric = Self.addresses(host, AI_NUMERICHOST, &code), !numeric.isEmpty {
            return found(.addresses(numeric))
        }
        let known: (answer: Answer?, mustAsk: Bool) = entries.withLock { entries in
            let now = NIODeadline.now()
            if let entry = entries[host], let answer = entry.answer, entry.end > now {
                let mustAsk = entry.expiry <= now && !entry.isAsked
                if mustAsk { entries[host]?.isAsked = true }
                return (answer, mustAsk)
            }
            if entries[host]?.isAsked == true {
                entries[host]?.answer = nil
                entries[host]?.waiting.append(found)
                return (nil, false)
            }
            if entries.count >= Self.mostEntries {
                entries = entries.filter { $0.value.isAsked || $0.value.expiry > now }
            }
            entries[host] = Entry(expiry: now, end: now, waiting: [found])
            return (nil, true)
        }
        if let answer = known.answer { found(answer) }
        guard known.mustAsk else { return }
        threads.submit { state in
            self.learned(host, state == .active ? self.ask(host) : .failed("the switch is stopping"))
        }
    }

    /// Forgets what is known of a host, for nobody answers there.
    func forget(_ host: String) {
        entries.withLock { entries in if entries[host]?.isAsked == false { entries[host] = nil } }
    }

    private func learned(_ host: String, _ answer: Answer) {
        let now = NIODeadline.now()
        let waiting = entries.withLock { entries in
            let old = entries[host]
            var new = Entry(answer: answer, expiry: now + Self.lifetime, end: now + Self.longestLifetime)
            if case .failed = answer {
                new.expiry = now + Self.failureLifetime
                new.end = new.expiry
                // What was found before still holds.
                if let old, case .addresses? = old.answer, old.end > now {
                    (new.answer, new.end) = (old.answer, old.end)
                }
            }
            new.isAsked = false
            entries[host] = new
            return old?.waiting ?? []
        }
        for found in waiting { found(answer) }
    }

    /// Asks the system's resolver.
    @Sendable static func system(_ host: String) -> Answer {
        var code: Int32 = 0
        guard let found = addresses(host, 0, &code) else { return .failed(String(cString: gai_strerror(code))) }
        return found.isEmpty ? .failed("the host has no address") : .addresses(found)
    }

    /// The addresses that the system finds in a certain manner; nil where it finds nothing, for the reason in `code`.
    private static func addresses(_ host: String, _ flags: Int32, _ code: inout Int32) -> [IPAddress]? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return nil }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee), !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let raw = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return IPAddress(v4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            let bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
            func half(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
            return IPAddress(high: half(0..<8), low: half(8..<16))
        default: return nil
        }
    }
}
