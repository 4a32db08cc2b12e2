import Addresses
import ConfigurationFiles
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The HTTP listeners of the switch: one place that all surfaces share.
///
/// It binds first and serves later: until `open` every address but `/healthz` answers 503, so that whoever sees the
/// ready line finds everything there, and whoever comes earlier is told to wait.
public final class HTTPService: Sendable {
    /// Largest body of a request that any surface takes, in bytes.
    public static let largestBody = 65 << 20

    private typealias ServerChannel = NIOAsyncChannel<HTTP1Channel.Value, Never>

    /// What is bound, with real ports, in the order of the configuration.
    public let listeners: [HTTPListener]
    private let limits: ServiceLimits
    private let logger: Logger
    private let responder: ServiceResponder
    private let identity: TLSIdentity?
    private let servers: [ServerChannel]
    private let serving: Mutex<[Task<Void, Never>]>
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// Binds every listener of `settings`; throws `HTTPServiceError` with nothing left open.
    public init(_ settings: HTTPSettings, limits: ServiceLimits = ServiceLimits(), logger: Logger) async throws {
        let responder = ServiceResponder(logger: logger)
        let plain = Self.channel(limits, responder)
        let identity = settings.listen.contains(where: \.isSecure) ? try TLSIdentity(settings.tls, around: plain) : nil
        var servers: [(HTTPListener, ServerChannel)] = []
        do {
            for listener in settings.listen {
                let server = try await Self.bind(listener, plain, listener.isSecure ? identity : nil, logger)
                servers.append((listener, server))
            }
        } catch {
            for (_, server) in servers { try? await server.executeThenClose { _ in } }
            throw error
        }
        self.limits = limits
        self.logger = logger
        self.responder = responder
        self.identity = identity
        listeners = servers.map { $0.withRealPort(of: $1.channel) }
        self.servers = servers.map { $1 }
        serving = Mutex([])
        let count = ConnectionCount(limits)
        let tasks = servers.map { _, server in Task { [self] in await serve(server, plain, count) } }
        serving.withLock { $0 = tasks }
    }

    /// Serves the routes of all surfaces from now on.
    public func open(_ groups: [HTTPRouteGroup]) { responder.open(groups) }

    /// Reads the TLS certificate and key again for the connections to come. Where they cannot be used, this throws
    /// `HTTPServiceError`, and the old ones stay.
    public func reloadCertificate() throws(HTTPServiceError) { try identity?.reload() }

    /// Closes the listeners, lets requests in progress end, at most the configured time, and closes what is left.
    public func stop() async {
        let tasks = serving.withLock { $0 }
        for server in servers { try? await server.channel.close() }
        let deadline = Task { [limits] in
            try await Task.sleep(for: limits.stopPatience)
            for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
        }
        for task in tasks { await task.value }
        deadline.cancel()
    }

    // MARK: Connections

    private static func channel(_ limits: ServiceLimits, _ responder: ServiceResponder) -> HTTP1Channel {
        let idle = TimeAmount(limits.idleTime)
        let stall = TimeAmount(limits.stallTime)
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes, maxHeaderFieldCount: 100)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(stallTime: stall)], idleTimeout: idle,
            httpDecoderConfiguration: decoder)
        return HTTP1Channel(
            responder: { try await responder.respond($0, $1, $2) }, configuration: configuration)
    }

    private static func bind(
        _ listener: HTTPListener, _ plain: HTTP1Channel, _ identity: TLSIdentity?, _ logger: Logger
    ) async throws(HTTPServiceError) -> ServerChannel {
        var bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
        if listener.endpoint.address.isIPv6 {
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        do {
            let address = try SocketAddress(
                ipAddress: "\(listener.endpoint.address)", port: Int(listener.endpoint.port))
            return try await bootstrap.bind(to: address) { channel in
                identity?.setup(channel, logger) ?? plain.setup(channel: channel, logger: logger)
            }
        } catch {
            throw .listen(listener, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    /// Takes connections until the listener is closed, then ends those that are left after their requests.
    private func serve(_ server: ServerChannel, _ plain: HTTP1Channel, _ count: ConnectionCount) async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await self.handle(connection, plain, count) }
                    }
                }
            } catch ChannelError.alreadyClosed {
                // The service was stopped.
            } catch {
                logger.error("an HTTP listener failed", metadata: ["reason": "\(error)"])
            }
            group.cancelAll()
        }
    }

    private func handle(_ connection: HTTP1Channel.Value, _ plain: HTTP1Channel, _ count: ConnectionCount) async {
        let channel = connection.channel
        let address = ServiceRequestContext.address(of: channel)
        guard count.enter(address) else {
            logger.debug("too many HTTP connections", metadata: ["address": "\(address)"])
            channel.close(promise: nil)
            return await plain.handle(value: connection, logger: logger)
        }
        open.withLock { $0[ObjectIdentifier(channel)] = channel }
        await plain.handle(value: connection, logger: logger)
        open.withLock { $0[ObjectIdentifier(channel)] = nil }
        count.leave(address)
    }
}

extension HTTPListener {
    /// The listener with the port that the system chose.
    fileprivate func withRealPort(of channel: any Channel) -> HTTPListener {
        let port = channel.localAddress?.port.flatMap { UInt16(exactly: $0) } ?? endpoint.port
        return HTTPListener(isSecure: isSecure, Endpoint(endpoint.address, port))
    }

    /// The listener as a URL, as `http://127.0.0.1:8080`.
    public var url: String { "\(isSecure ? "https" : "http")://\(endpoint)" }
}
