import Addresses
import EventCollector
import NIOCore
import NIOPosix
import SIPMessages
import SIPTransactions
import SIPTransports

let loopback = IPAddress(v4: 0x7F00_0001)

/// A well-formed OPTIONS with `number` in its CSeq and a body of `bodySize` bytes.
func options(_ number: Int, bodySize: Int = 0) -> [UInt8] {
    let head = [
        "OPTIONS sip:service@127.0.0.1 SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK\(number)",
        "From: <sip:a@127.0.0.1>;tag=1", "To: <sip:b@127.0.0.1>", "Call-ID: \(number)@127.0.0.1",
        "CSeq: \(number) OPTIONS", "Max-Forwards: 70", "Content-Length: \(bodySize)", "", "",
    ]
    return Array(head.joined(separator: "\r\n").utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: bodySize)
}

/// A transport on loopback whose events a test can wait for.
struct RunningTransport {
    let transport: StreamTransport
    let events: EventCollector<StreamEvent>
    let local: Endpoint

    init(limits: StreamLimits = StreamLimits(), binding endpoint: Endpoint = Endpoint(loopback, 0)) async throws {
        let events = EventCollector<StreamEvent>()
        self.events = events
        transport = try await StreamTransport(limits: limits) { events.report(contentsOf: $0) }
        local = try await transport.listen(on: endpoint, listener: 3)
    }

    /// A flow from here to `remote` whose stream is still to be opened.
    func flow(to remote: Endpoint) -> Flow {
        Flow(transport: .tcp, listener: 3, local: local, remote: remote)
    }
}

extension StreamEvent {
    var message: [UInt8]? {
        if case .message(let bytes, _) = self { bytes } else { nil }
    }
    var failedBytes: [UInt8]? {
        if case .sendFailed(let bytes, _) = self { bytes } else { nil }
    }
    var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
    var isMalformed: Bool {
        if case .malformed = self { true } else { false }
    }
}

/// What a bare TCP peer sees.
enum PeerEvent: Equatable, Sendable {
    case bytes([UInt8])
    case closed
}

/// A TCP peer that knows nothing of SIP.
struct BarePeer {
    let channel: any Channel
    let events: EventCollector<PeerEvent>
    /// Its own end, known after it was closed, too.
    let local: Endpoint

    init(connectingTo remote: Endpoint, reads: Bool = true) async throws {
        let events = EventCollector<PeerEvent>()
        self.events = events
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PeerHandler(events))
                }
            }
            .connect(to: try SocketAddress(ipAddress: remote.address.description, port: Int(remote.port))).get()
        local = Endpoint(loopback, UInt16(channel.localAddress?.port ?? 0))
    }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    func close() async throws { try await channel.close() }

    /// Waits until so many bytes came in, and returns all of them.
    func received(atLeast count: Int) async -> [UInt8] {
        await events.events { Self.bytes($0).count >= count }
        return Self.bytes(events.events)
    }

    /// Waits for the end of the stream.
    func closed() async { await events.events { $0.contains(.closed) } }

    private static func bytes(_ events: [PeerEvent]) -> [UInt8] {
        events.flatMap { event in
            if case .bytes(let bytes) = event { bytes } else { [UInt8]() }
        }
    }
}

private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let events: EventCollector<PeerEvent>

    init(_ events: EventCollector<PeerEvent>) { self.events = events }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.report(.bytes(Array(unwrapInboundIn(data).readableBytesView)))
    }

    func channelInactive(context: ChannelHandlerContext) { events.report(.closed) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
