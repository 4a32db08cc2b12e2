import Addresses
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Timeline

/// Everything that the client has under way: exchanges with their deadlines, and connections. Confined to one loop.
final class OutboundCore {
    /// Most addresses of a host that are tried for one request.
    private static let mostAddresses = 4
    /// Shorter than servers keep idle connections, so that none is used while its server closes it.
    private static let idleTime: TimeAmount = .seconds(1)
    /// How long a connection is used again, so that a name that leads elsewhere is followed.
    private static let longestUse: TimeAmount = .seconds(60)

    private let loop: any EventLoop
    private let guardian: AddressGuard
    private let authorities: [NIOSSLCertificate]
    private let resolver: HostResolver
    private var tls: NIOSSLContext?
    private var exchanges: [OutboundExchange?] = []
    private var generation: UInt32 = 0
    private var unusedSlots: [UInt32] = []
    private var deadlines = DeadlineQueue<SlotHandle>()
    private var timer: (scheduled: Scheduled<Void>, at: NIODeadline)?
    private var idle: [OutboundPlace: [OutboundConnection]] = [:]
    private var idleTimer: Scheduled<Void>?
    private var connections: [ObjectIdentifier: OutboundConnection] = [:]
    private var isStopped = false

    init(
        on loop: any EventLoop, _ guardian: AddressGuard, authorities: [NIOSSLCertificate], resolver: HostResolver
    ) {
        self.loop = loop
        self.guardian = guardian
        self.authorities = authorities
        self.resolver = resolver
    }

    // MARK: Exchanges

    /// Begins an exchange: over an idle connection to its host, or when the addresses of its host are known.
    func begin(_ request: OutboundRequest, _ completion: @escaping @Sendable (OutboundAnswer) -> Void) {
        guard !isStopped else { return completion(OutboundAnswer(failure: .stopped)) }
        generation &+= 1
        let index = unusedSlots.popLast() ?? UInt32(exchanges.count)
        let handle = SlotHandle(index: index, generation: generation)
        let exchange = OutboundExchange(request, handle, deadline: .now() + request.timeout, completion)
        if Int(index) < exchanges.count { exchanges[Int(index)] = exchange } else { exchanges.append(exchange) }
        deadlines.schedule(handle, at: Instant(nanoseconds: Int64(exchange.deadline.uptimeNanoseconds)))
        setTimer(exchange.deadline)
        if let connection = idleConnection(to: OutboundPlace(request.url)) {
            connection.begin(exchange)
        } else {
            lookUp(exchange)
        }
    }

    /// Sends an exchange, whose connection ended before it could carry it, over a new one.
    func beginAgain(_ exchange: OutboundExchange) {
        exchange.isRepeated = true
        exchange.connection = nil
        lookUp(exchange)
    }

    private func lookUp(_ exchange: OutboundExchange) {
        let (handle, loop) = (exchange.handle, loop)
        let bound = NIOLoopBound(self, eventLoop: loop)
        resolver.look(up: exchange.request.url.host) { answer in
            if loop.inEventLoop {
                bound.value.resolved(handle, answer)
            } else {
                loop.execute { bound.value.resolved(handle, answer) }
            }
        }
    }

    private func resolved(_ handle: SlotHandle, _ answer: HostResolver.Answer) {
        guard let exchange = exchange(handle) else { return }
        let host = exchange.request.url.host
        switch answer {
        case .failed(let reason): finish(exchange, .other("the host \(host) was not found: \(reason)"))
        case .addresses(let all):
            exchange.addresses = all.filter { guardian.permits($0) }.prefix(Self.mostAddresses)
            guard !exchange.addresses.isEmpty else { return finish(exchange, .other(Self.refusal(host, all))) }
            connect(exchange)
        }
    }

    private static func refusal(_ host: String, _ addresses: [IPAddress]) -> String {
        let list = addresses.prefix(mostAddresses).map(\.description).joined(separator: ", ")
        return "\(host) is \(list), which is not a public address; "
            + "set webhooks.allow_private_addresses to allow it"
    }

    /// Ends an exchange and tells what came of it.
    func finish(_ exchange: OutboundExchange, _ failure: OutboundFailure?) {
        let index = Int(exchange.handle.index)
        guard exchanges[index] === exchange else { return }
        exchanges[index] = nil
        unusedSlots.append(exchange.handle.index)
        deadlines.cancel(exchange.handle)
        if exchange.answer.status == nil { resolver.forget(exchange.request.url.host) }
        exchange.complete(failure)
    }

    private func exchange(_ handle: SlotHandle) -> OutboundExchange? {
        guard let exchange = exchanges[Int(handle.index)], exchange.handle == handle else { return nil }
        return exchange
    }

    /// Fails everything, and ends all connections.
    func stop() {
        isStopped = true
        timer?.scheduled.cancel()
        idleTimer?.cancel()
        let open = connections.values
        for connection in open { connection.close() }
        for exchange in exchanges.compactMap({ $0 }) { finish(exchange, .stopped) }
        idle = [:]
    }

    // MARK: Deadlines

    private func setTimer(_ deadline: NIODeadline) {
        if let timer, timer.at <= deadline { return }
        timer?.scheduled.cancel()
        timer = (loop.assumeIsolated().scheduleTask(deadline: deadline) { self.deadlinePassed() }, deadline)
    }

    private func deadlinePassed() {
        timer = nil
        let now = Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
        while let handle = deadlines.popExpired(at: now) {
            guard let exchange = exchange(handle) else { continue }
            exchange.connection?.close()
            finish(exchange, .timedOut)
        }
        guard let next = deadlines.nextDeadline else { return }
        setTimer(.uptimeNanoseconds(UInt64(next.nanoseconds)))
    }

    // MARK: Connections

    /// Sends an exchange over an idle connection to the next address of its host, or over a new one.
    private func connect(_ exchange: OutboundExchange) {
        guard let address = exchange.addresses.popFirst() else {
            return finish(exchange, exchange.failure ?? .other("nobody answers"))
        }
        let url = exchange.request.url
        let place = OutboundPlace(url)
        if !exchange.isRepeated, let connection = idleConnection(to: place) { return connection.begin(exchange) }
        open(exchange, OutboundOrigin(place: place, address: address))
    }

    private func idleConnection(to place: OutboundPlace) -> OutboundConnection? {
        while let connection = idle[place]?.popLast() {
            if connection.isFree { return connection }
        }
        return nil
    }

    /// Sends an exchange over a new connection.
    private func open(_ exchange: OutboundExchange, _ origin: OutboundOrigin) {
        guard !isStopped else { return finish(exchange, .stopped) }
        let handle = exchange.handle
        // Each address gets its share of the time that is left.
        let share = (exchange.deadline - .now()).nanoseconds / Int64(exchange.addresses.count + 1)
        let bound = NIOLoopBound(self, eventLoop: loop)
        do {
            let place = try SocketAddress(ipAddress: "\(origin.address)", port: origin.place.port)
            ClientBootstrap(group: loop)
                .connectTimeout(.nanoseconds(max(1, share)))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel, origin) }
                }
                .connect(to: place).assumeIsolated().whenComplete { self.opened($0, handle) }
        } catch {
            finish(exchange, .other("\(error)"))
        }
    }

    private func prepare(_ channel: any Channel, _ origin: OutboundOrigin) throws {
        let pipeline = channel.pipeline.syncOperations
        if origin.place.isSecure {
            // Certificates are for names; where there is none, for the address that is connected to.
            let host = origin.place.host
            let name = IPAddress(host) == nil ? host : nil
            try pipeline.addHandler(NIOSSLClientHandler(context: try context(), serverHostname: name))
        }
        let connection = OutboundConnection(origin, self)
        try pipeline.addHandler(connection.bytes)
        try pipeline.addHandler(connection)
        connections[ObjectIdentifier(connection)] = connection
    }

    private func context() throws -> NIOSSLContext {
        if let tls { return tls }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !authorities.isEmpty { configuration.additionalTrustRoots = [.certificates(authorities)] }
        let context = try NIOSSLContext(configuration: configuration)
        tls = context
        return context
    }

    private func opened(_ result: Result<any Channel, any Error>, _ handle: SlotHandle) {
        let waiting = exchange(handle)
        switch result {
        case .success(let channel):
            let connection = try? channel.pipeline.syncOperations.handler(type: OutboundConnection.self)
            guard let waiting, let connection, !isStopped else { return channel.close(promise: nil) }
            connection.begin(waiting)
        case .failure(let error):
            guard let waiting else { return }
            waiting.failure = Self.words(error)
            connect(waiting)
        }
    }

    private static func words(_ error: any Error) -> OutboundFailure {
        if case ChannelError.connectTimeout = error { return .other("no connection in time") }
        let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        guard let error = cause as? IOError else { return .other("no connection: \(cause)") }
        return .other("no connection: \(String(cString: strerror(error.errnoCode)))")
    }

    /// Keeps a connection for the next exchange with its receiver.
    func free(_ connection: OutboundConnection) {
        let now = NIODeadline.now()
        guard connection.began + Self.longestUse > now else { return connection.close() }
        connection.idleSince = now
        idle[connection.origin.place, default: []].append(connection)
        if idleTimer == nil { setIdleTimer() }
    }

    /// Forgets a connection that has ended.
    func gone(_ connection: OutboundConnection) {
        connections[ObjectIdentifier(connection)] = nil
        idle[connection.origin.place]?.removeAll { $0 === connection }
    }

    private func setIdleTimer() {
        idleTimer = loop.assumeIsolated().scheduleTask(in: Self.idleTime) { self.closeIdle() }
    }

    /// Ends connections that were idle for long; those used last are used first, so that many end when few are needed.
    private func closeIdle() {
        let oldest = NIODeadline.now() - Self.idleTime
        for (place, waiting) in idle {
            let old = waiting.prefix { $0.idleSince <= oldest }
            idle[place] = old.count == waiting.count ? nil : Array(waiting.dropFirst(old.count))
            for connection in old { connection.close() }
        }
        idleTimer = nil
        if !idle.isEmpty { setIdleTimer() }
    }
}
