import Addresses
import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// HTTP clients, one for each host and the address that it was checked to have, so that no name is looked up again when
/// a connection is made: the address that was checked is the one that is connected to, the host's name stays in the
/// request and in the certificate.
final class ReceiverClients: Sendable {
    struct Key: Hashable, Sendable {
        var host: String
        var address: IPAddress
    }

    private struct Entry {
        var client: HTTPClient
        var users = 0
        var lastUse: NIODeadline
    }

    /// Most clients that are kept while nobody uses them.
    private static let mostKept = 256
    /// Shorter than servers keep idle connections, so that none is used while its server closes it.
    private static let idleTimeout: TimeAmount = .seconds(1)

    private let group: MultiThreadedEventLoopGroup
    private let connections: Int
    private let tls: TLSConfiguration
    private let entries = Mutex<[Key: Entry]>([:])

    /// Clients on the threads of `group`, each with at most `connections` to its host; `authorities` are trusted beside
    /// those of the system.
    init(_ group: MultiThreadedEventLoopGroup, connections: Int, authorities: [NIOSSLCertificate]) {
        self.group = group
        self.connections = connections
        var tls = TLSConfiguration.makeClientConfiguration()
        if !authorities.isEmpty { tls.additionalTrustRoots = [.certificates(authorities)] }
        self.tls = tls
    }

    /// Runs `use` with the client for a host at an address; `release` must be called when it is done.
    func client(_ key: Key) -> HTTPClient {
        let (client, evicted) = entries.withLock { entries in
            var evicted: [HTTPClient] = []
            if entries[key] == nil {
                if entries.count >= Self.mostKept,
                    let oldest = entries.filter({ $0.value.users == 0 })
                        .min(by: { $0.value.lastUse < $1.value.lastUse })
                {
                    entries[oldest.key] = nil
                    evicted.append(oldest.value.client)
                }
                entries[key] = Entry(client: make(key), lastUse: .now())
            }
            entries[key]?.users += 1
            entries[key]?.lastUse = .now()
            return (entries[key]?.client ?? make(key), evicted)
        }
        for client in evicted { client.shutdown { _ in } }
        return client
    }

    /// Gives back the client for `key`.
    func release(_ key: Key) {
        entries.withLock { $0[key]?.users -= 1 }
    }

    /// Ends all connections; requests that are under way fail.
    func stop() async {
        let clients = entries.withLock { entries in
            defer { entries = [:] }
            return entries.values.map(\.client)
        }
        for client in clients { try? await client.shutdown() }
    }

    private func make(_ key: Key) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            connectionPool: HTTPClient.Configuration.ConnectionPool(
                idleTimeout: Self.idleTimeout, concurrentHTTP1ConnectionsPerHostSoftLimit: connections),
            decompression: .disabled)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = [key.host: "\(key.address)"]
        return HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }
}
