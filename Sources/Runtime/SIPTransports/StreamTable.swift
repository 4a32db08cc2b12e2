import Addresses
import NIOCore
import NIOPosix
import SIPMessages
import SIPTransactions

/// All streams of one transport, found by number and by peer; lives on the event loop.
final class StreamTable {
    /// A peer: at most one stream opened by us goes there.
    private struct Peer: Hashable {
        let transport: SIPTransport
        let remote: Endpoint

        init(_ flow: Flow) {
            transport = flow.transport
            remote = flow.remote
        }
    }

    /// What waits while a stream to a peer is being opened.
    private struct Opening {
        var messages: [(bytes: [UInt8], flow: Flow)] = []
        var queuedBytes = 0
    }

    let limits: StreamLimits
    private let eventLoop: any EventLoop
    private let deliver: @Sendable ([StreamEvent]) -> Void
    private var events: [StreamEvent] = []
    private var listeners: [any Channel] = []
    private var streams: [UInt32: SIPStream] = [:]
    private var numbers: [Peer: UInt32] = [:]
    private var opening: [Peer: Opening] = [:]
    private var countByAddress: [IPAddress: Int] = [:]
    private var lastNumber: UInt32 = 0
    /// The instants at which streams are closed unless they make progress.
    private var deadlines: [UInt32: NIODeadline] = [:]
    private var isSweepScheduled = false
    private var isClosed = false

    init(eventLoop: any EventLoop, limits: StreamLimits, deliver: @escaping @Sendable ([StreamEvent]) -> Void) {
        self.eventLoop = eventLoop
        self.limits = limits
        self.deliver = deliver
    }

    /// Streams open or being opened.
    var count: Int { streams.count + opening.count }

    // MARK: Listening

    func listen(on endpoint: Endpoint, listener: UInt16) -> EventLoopFuture<Endpoint> {
        let table = NIOLoopBound(self, eventLoop: eventLoop)
        var bootstrap = ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try table.value.accept(channel, listener: listener) }
            }
        if endpoint.address.isIPv6 {
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        let bound = bootstrap.bind(to: SocketAddress(endpoint))
        return bound.assumeIsolated().flatMapThrowing { channel in
            self.listeners.append(channel)
            return channel.localAddress?.endpoint ?? endpoint
        }.nonisolated()
    }

    private func accept(_ channel: any Channel, listener: UInt16) throws {
        guard let remote = channel.remoteAddress?.endpoint, let local = channel.localAddress?.endpoint,
            !isClosed, hasRoom(for: remote.address)
        else { throw StreamRefused() }
        let flow = Flow(transport: .tcp, listener: listener, local: local, remote: remote)
        try register(channel, flow)
    }

    private func hasRoom(for address: IPAddress) -> Bool {
        count < limits.maximumStreams && countByAddress[address, default: 0] < limits.maximumStreamsPerAddress
    }

    private func register(_ channel: any Channel, _ flow: Flow) throws {
        var flow = flow
        flow.stream = nextNumber()
        let stream = SIPStream(flow: flow, channel: channel, table: self)
        try channel.setStreamOptions()
        try channel.pipeline.syncOperations.addHandler(stream)
        streams[flow.stream] = stream
        numbers[Peer(flow)] = flow.stream
        countByAddress[flow.remote.address, default: 0] += 1
    }

    private func nextNumber() -> UInt32 {
        repeat { lastNumber &+= 1 } while lastNumber == 0 || streams[lastNumber] != nil
        return lastNumber
    }

    // MARK: Commands

    func perform(_ commands: [StreamCommand]) {
        var touched: [UInt32: SIPStream] = [:]
        for command in commands {
            switch command {
            case .send(let bytes, let flow):
                if let stream = stream(for: flow) {
                    stream.write(bytes, flow)
                    touched[stream.flow.stream] = stream
                } else {
                    open(flow, toSend: bytes)
                }
            case .close(let flow): streams[flow.stream]?.closeAfterWrites()
            }
        }
        for stream in touched.values { stream.flush() }
        flushEvents()
    }

    private func stream(for flow: Flow) -> SIPStream? {
        if flow.stream != 0, let stream = streams[flow.stream], stream.canAnswer { return stream }
        guard let number = numbers[Peer(flow)], let stream = streams[number], stream.isOpen else { return nil }
        return stream
    }

    private func open(_ flow: Flow, toSend bytes: [UInt8]) {
        let peer = Peer(flow)
        if var waiting = opening.removeValue(forKey: peer) {
            if waiting.queuedBytes + bytes.count <= limits.maximumQueuedBytes {
                waiting.messages.append((bytes, flow))
                waiting.queuedBytes += bytes.count
            } else {
                events.append(.sendFailed(bytes, flow))
            }
            opening[peer] = waiting
            return
        }
        let isReachable = flow.transport == .tcp && flow.remote.port != 0 && !flow.remote.address.isMulticastOrBroadcast
        guard !isClosed, isReachable, hasRoom(for: flow.remote.address) else {
            return events.append(.sendFailed(bytes, flow))
        }
        opening[peer] = Opening(messages: [(bytes, flow)], queuedBytes: bytes.count)
        connect(flow).assumeIsolated().whenComplete { result in
            let waiting = self.opening.removeValue(forKey: peer)
            var opened: SIPStream?
            if case .success(let channel) = result { opened = self.adopt(channel, flow) }
            for (bytes, flow) in waiting?.messages ?? [] {
                if let opened { opened.write(bytes, flow) } else { self.events.append(.sendFailed(bytes, flow)) }
            }
            opened?.flush()
            self.flushEvents()
        }
    }

    /// Opens a stream from the flow's own address, so that peers which know us by address do.
    private func connect(_ flow: Flow) -> EventLoopFuture<any Channel> {
        var bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(TimeAmount(limits.connectTimeout))
        if !flow.local.address.isUnspecified && flow.local.address.isIPv6 == flow.remote.address.isIPv6 {
            bootstrap = bootstrap.bind(to: SocketAddress(Endpoint(flow.local.address, 0)))
        }
        // Reading begins when the stream is registered.
        return bootstrap.channelOption(.autoRead, value: false).connect(to: SocketAddress(flow.remote))
    }

    private func adopt(_ channel: any Channel, _ flow: Flow) -> SIPStream? {
        do {
            guard !isClosed else { throw StreamRefused() }
            try register(channel, flow)
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return streams[lastNumber]
        } catch {
            channel.close(promise: nil)
            return nil
        }
    }

    func closeAll() {
        isClosed = true
        for listener in listeners { listener.close(promise: nil) }
        for stream in streams.values { stream.abort() }
        flushEvents()
    }

    // MARK: What streams report

    func report(_ event: StreamEvent) { events.append(event) }

    /// Hands over what was reported since the last time.
    func flushEvents() {
        guard !events.isEmpty else { return }
        let batch = events
        events.removeAll(keepingCapacity: true)
        deliver(batch)
    }

    /// Forgets a stream that has ended.
    func remove(_ stream: SIPStream) {
        let flow = stream.flow
        guard streams.removeValue(forKey: flow.stream) != nil else { return }
        if numbers[Peer(flow)] == flow.stream { numbers[Peer(flow)] = nil }
        deadlines[flow.stream] = nil
        let left = countByAddress[flow.remote.address, default: 1] - 1
        countByAddress[flow.remote.address] = left > 0 ? left : nil
        events.append(.closed(flow))
        flushEvents()
    }

    // MARK: Deadlines

    /// Closes `stream` at `deadline` unless it gets another one, or none.
    ///
    /// One sweep, ten times a second while a deadline runs, serves all streams: cancelling tasks of an event loop takes
    /// time linear in their number.
    func setDeadline(_ deadline: NIODeadline?, for stream: SIPStream) {
        deadlines[stream.flow.stream] = deadline
        if deadline != nil { scheduleSweep() }
    }

    private func scheduleSweep() {
        guard !isSweepScheduled, !deadlines.isEmpty, !isClosed else { return }
        isSweepScheduled = true
        let table = NIOLoopBound(self, eventLoop: eventLoop)
        let shortest = min(limits.messageTimeout, limits.lingerTimeout, limits.bodyTimeout, .milliseconds(100))
        eventLoop.scheduleTask(in: TimeAmount(shortest)) { table.value.sweep() }
    }

    private func sweep() {
        isSweepScheduled = false
        let now = NIODeadline.now()
        for (number, deadline) in deadlines where deadline <= now { streams[number]?.deadlinePassed() }
        flushEvents()
        scheduleSweep()
    }
}

/// A peer's stream that is not taken because of the limits.
struct StreamRefused: Error {}
