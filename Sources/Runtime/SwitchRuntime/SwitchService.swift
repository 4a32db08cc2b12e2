import Addresses
import CallControl
import Glibc
import Logging
import MediaSessions
import PacketLoop
import Routing
import SIPTransactions
import SIPTransports
import SIPUserAgent
import SwitchEngine
import Timeline

/// The running switch: its listeners, its shard and its streams, from start to stop.
public final class SwitchService: Sendable {
    /// Where the switch is reachable and what it may cost.
    public struct Settings: Sendable {
        /// Where to listen, in the order by which flows name their listener.
        public var listen: [ListenAddress]
        /// What streams may cost.
        public var streams = StreamLimits()
        /// How long calls in progress get to end properly when the switch stops.
        public var farewell: Duration = .seconds(2)

        public init(listen: [ListenAddress]) { self.listen = listen }
    }

    /// A listener that could not be bound.
    public struct ListenError: Error, CustomStringConvertible {
        /// The address asked for.
        public let address: ListenAddress
        /// What the system said.
        public let reason: String

        public var description: String { "cannot listen on \(address): \(reason)" }
    }

    /// Bytes the kernel keeps of each listener's datagrams: 0.1 s at 100,000 datagrams a second.
    private static let receiveBufferBytes = 16 << 20
    /// The traffic class of signalling: CS3.
    private static let typeOfService: UInt8 = 0x60

    /// What is bound, with real ports.
    public let listeners: Listeners
    let shard: SignallingShard
    private let streams: StreamTransport
    private let farewell: Duration
    private let adopted: @Sendable (RoutingTables) -> Void

    /// Binds every listener and starts to take calls; when it returns, the switch is ready.
    ///
    /// `shard` is new, and posts of the media side to it may have begun; `media` takes that side's commands. Throws
    /// `ListenError`, or `SystemError` when the process lacks descriptors; nothing is left open then.
    public init(
        _ settings: Settings, configuration: ConfigurationSnapshot, shard: SignallingShard, sinks: SwitchSinks,
        media: @escaping @Sendable ([MediaCommand]) -> Void, logger: Logger
    ) async throws {
        let streams = try await StreamTransport(limits: settings.streams) { events in
            shard.post(contentsOf: events.map(SwitchInput.init))
        }
        var sockets: [UDPSocket?] = []
        do {
            var bound: [ListenAddress] = []
            for (index, address) in settings.listen.enumerated() {
                if address.transport == .udp {
                    let socket = try Self.bindDatagrams(address)
                    sockets.append(socket)
                    bound.append(ListenAddress(.udp, socket.local))
                } else {
                    let endpoint = try await Self.listen(streams, address, UInt16(clamping: index))
                    sockets.append(nil)
                    bound.append(ListenAddress(address.transport, endpoint))
                }
            }
            let listeners = Listeners(bound)
            var configuration = configuration
            configuration.flows = listeners.flows(for: configuration.tables)
            let core = SwitchCore(
                shard: 0, configuration: configuration, hashes: .crypto,
                seed: SystemRandomNumberGenerator.seed(), epochMilliseconds: WallClock.epochMilliseconds,
                start: MonotonicClock.now,
                secret: SystemRandomNumberGenerator.secret())
            let outlets = OutputInterpreter.Outlets(
                sinks: sinks, media: media, streams: { streams.submit($0) }, notices: NoticeLog(logger))
            let handedOver = sockets
            sockets = []
            try shard.start(core: core, sockets: handedOver, outlets: outlets)
            self.listeners = listeners
        } catch {
            for socket in sockets { socket?.close() }
            try await streams.shutDown()
            throw error
        }
        self.shard = shard
        self.streams = streams
        farewell = settings.farewell
        adopted = sinks.tables
    }

    // MARK: Running

    /// Puts a new configuration in force for the calls to come; ways to connections are found anew.
    public func adopt(_ configuration: ConfigurationSnapshot) {
        var configuration = configuration
        configuration.flows = listeners.flows(for: configuration.tables)
        adopted(configuration.tables)
        shard.post(.configuration(configuration))
    }

    /// Puts tables in force for the calls to come that differ in nothing that a connection or a customer's limit is;
    /// limits may differ of the accounts with these ids.
    public func adopt(_ tables: RoutingTables, accounts: [Int]) {
        adopted(tables)
        shard.post(.provisioning(tables, accounts: accounts))
    }

    /// Returns once everything that was handed over before is in force.
    public func settled() async { _ = await shard.query { _ in true } }

    /// Says that the records with these ids are durable.
    public func recorded(_ ids: [UInt64]) { shard.post(.recorded(ids)) }

    /// Asks for something to be done to a call.
    public func perform(_ command: CallCommand) { shard.post(.command(command)) }

    /// Calls that have not ended.
    public func liveCallCount() async -> Int { await shard.query { $0.core.liveCallCount } ?? 0 }

    /// What passed through the datagram listeners.
    public func traffic() async -> ShardTraffic { await shard.query { $0.traffic } ?? ShardTraffic() }

    // MARK: Ending

    /// Refuses new calls with 503 from now on; calls in progress go on.
    public func drain() { shard.post(.draining(true)) }

    /// Waits until no call is left, at most `limit`; whether none is left.
    public func drained(within limit: Duration) async -> Bool {
        let deadline = MonotonicClock.now + limit
        while await liveCallCount() > 0 {
            guard MonotonicClock.now < deadline, !Task.isCancelled else { return false }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return true
    }

    /// Ends the calls that are left in the name of the switch, without waiting for their ends; there are no new ones.
    public func endCalls() async {
        drain()
        _ = await disconnectAll(CallSelection(.live), by: .switch, pace: .unlimited)
    }

    /// Ends the calls that are left, then closes everything. Records of those calls still reach the sink.
    public func stop() async throws {
        await endCalls()
        _ = await drained(within: farewell)
        try await streams.shutDown()
        shard.stop()
    }

    // MARK: Binding

    private static func bindDatagrams(_ address: ListenAddress) throws -> UDPSocket {
        var options = UDPSocket.Options(receiveBufferBytes: receiveBufferBytes, sendBufferBytes: receiveBufferBytes)
        options.reportsDestination = address.endpoint.address.isUnspecified
        options.reportsDrops = true
        options.reportsUnreachable = true
        options.typeOfService = typeOfService
        do {
            return try UDPSocket(binding: address.endpoint, options: options)
        } catch {
            throw ListenError(address: address, reason: SystemError.text(of: error.code))
        }
    }

    private static func listen(
        _ streams: StreamTransport, _ address: ListenAddress, _ listener: UInt16
    ) async throws -> Endpoint {
        guard address.transport == .tcp else {
            throw ListenError(address: address, reason: "this transport is not supported yet")
        }
        do {
            return try await streams.listen(on: address.endpoint, listener: listener)
        } catch {
            throw ListenError(address: address, reason: "\(error)")
        }
    }
}

extension SwitchInput {
    /// The same event as the core takes it.
    init(_ event: StreamEvent) {
        switch event {
        case .message(let bytes, let flow): self = .message(bytes, flow)
        case .malformed(let error, let flow): self = .malformed(error, flow)
        case .closed(let flow): self = .flowClosed(flow)
        case .sendFailed(let bytes, let flow): self = .sendFailed(bytes, flow)
        }
    }
}

extension SystemRandomNumberGenerator {
    /// 64 random bits of the system, for the seed of a shard.
    /// 32 bytes that nobody can guess.
    static func secret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    static func seed() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
