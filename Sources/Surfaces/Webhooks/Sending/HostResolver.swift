import Addresses
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Finds the addresses of hosts, and remembers them for a while. Every form of a numeric host that the system
/// understands, as 2130706433 or 0x7f.1, becomes the address that it means.
final class HostResolver: Sendable {
    /// What a look-up found.
    enum Answer: Equatable, Sendable {
        case addresses([IPAddress])
        case failed(String)
    }

    private struct Entry {
        var answer: Answer?
        var expiry: NIODeadline
        var waiting: [@Sendable (Answer) -> Void] = []
    }

    /// How long an answer holds.
    static let lifetime: TimeAmount = .seconds(30)
    private static let failureLifetime: TimeAmount = .seconds(1)
    private static let mostEntries = 4096

    private let threads: NIOThreadPool
    private let ask: @Sendable (String) -> Answer
    private let entries = Mutex<[String: Entry]>([:])

    /// A resolver that asks the system, unless it is told whom to ask; `ask` may wait.
    init(asking ask: @escaping @Sendable (String) -> Answer = HostResolver.system) {
        self.ask = ask
        threads = NIOThreadPool(numberOfThreads: 4)
        threads.start()
    }

    /// Ends the threads; nothing may be looked up any more.
    func stop() async { try? await threads.shutdownGracefully() }

    /// Calls `found` with the addresses of `host`: at once where they are known, else from another thread. Many who ask
    /// for one host share a look-up.
    func look(up host: String, _ found: @escaping @Sendable (Answer) -> Void) {
        let known: (answer: Answer?, mustAsk: Bool) = entries.withLock { entries in
            if let entry = entries[host], let answer = entry.answer, entry.expiry > .now() { return (answer, false) }
            if entries[host]?.answer == nil, entries[host] != nil {
                entries[host]?.waiting.append(found)
                return (nil, false)
            }
            if entries.count >= Self.mostEntries {
                let now = NIODeadline.now()
                entries = entries.filter { $0.value.answer == nil || $0.value.expiry > now }
            }
            entries[host] = Entry(answer: nil, expiry: .now(), waiting: [found])
            return (nil, true)
        }
        if let answer = known.answer { return found(answer) }
        guard known.mustAsk else { return }
        threads.submit { state in
            self.learned(host, state == .active ? self.ask(host) : .failed("the switch is stopping"))
        }
    }

    /// Forgets what is known of a host, for nobody answers there.
    func forget(_ host: String) {
        entries.withLock { entries in if entries[host]?.answer != nil { entries[host] = nil } }
    }

    private func learned(_ host: String, _ answer: Answer) {
        var lifetime = Self.lifetime
        if case .failed = answer { lifetime = Self.failureLifetime }
        let waiting = entries.withLock { entries in
            let waiting = entries[host]?.waiting ?? []
            entries[host] = Entry(answer: answer, expiry: .now() + lifetime)
            return waiting
        }
        for found in waiting { found(answer) }
    }

    /// Asks the system's resolver.
    @Sendable static func system(_ host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failed(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee), !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failed("the host has no address") : .addresses(addresses)
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
