import Addresses
import ArgumentParser
import Dispatch
import Glibc
import SIPMessages
import TestPhone

/// A listen address of a phone: `udp:127.0.0.1:5070`, or without the transport.
struct PhoneAddress: ExpressibleByArgument, CustomStringConvertible {
    let endpoint: Endpoint

    init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    init?(argument: String) {
        let text = argument.hasPrefix("udp:") ? String(argument.dropFirst(4)) : argument
        guard let endpoint = Endpoint(text) else { return nil }
        self.endpoint = endpoint
    }

    var description: String { "udp:\(endpoint)" }
}

/// An address and port to send to, where the host may be a name.
struct PeerAddress: ExpressibleByArgument {
    let endpoint: Endpoint

    init?(argument: String) {
        if let endpoint = Endpoint(argument) {
            self.endpoint = endpoint
            return
        }
        let host = argument.prefix { $0 != ":" }
        let port = host.count == argument.count ? 5060 : UInt16(argument.dropFirst(host.count + 1))
        guard let port, let address = IPAddress(argument) ?? Self.lookUp(String(host)) else { return nil }
        endpoint = Endpoint(address, port)
    }

    /// The first IPv4 address of a host name.
    static func lookUp(_ host: String) -> IPAddress? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list?.pointee.ai_addr else { return nil }
        defer { freeaddrinfo(list) }
        return first.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            IPAddress(v4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
        }
    }

    /// Where a SIP URI points to, its host name looked up.
    static func endpoint(ofURI text: String) -> Endpoint? {
        let bytes = Array(text.utf8)
        guard let uri = try? SIPURI(parsing: bytes) else { return nil }
        let host = String(decoding: bytes[uri.host.start..<uri.host.end], as: UTF8.self)
        guard let address = uri.hostAddress(in: bytes) ?? lookUp(host) else { return nil }
        return Endpoint(address, uri.port ?? SIPTransport.udp.defaultPort)
    }
}

/// Ctrl-C as an event: the handler runs each time instead of the process ending.
struct InterruptHandler: ~Copyable {
    private let source: any DispatchSourceSignal

    init(_ handler: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler(handler: handler)
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
