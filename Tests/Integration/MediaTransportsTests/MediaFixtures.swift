import Addresses
import EventCollector
import Glibc
import MediaSessions
import MediaTransports
import PacketLoop
import RTP
import Timeline

/// An address that only this process uses, so that every port of a range is its own.
let loopback = IPAddress(v4: 0x7FC8_0000 | UInt32(getpid()) & 0xFFFF)
let callerHost = IPAddress(v4: 0x7F00_0002)
let attackerHost = IPAddress(v4: 0x7F00_0003)
let calleeHost = IPAddress(v4: 0x7F00_0004)

/// A media shard whose events a test can wait for.
struct RunningShard {
    let shard: MediaShard
    let collector = EventCollector<MediaEvent>()

    init(
        ports: ClosedRange<UInt16>, silenceTimeout: Duration = .zero, maximumSockets: Int = 4_096
    ) throws {
        var options = MediaShardOptions(ports: ports, silenceTimeout: silenceTimeout)
        options.maximumSockets = maximumSockets
        let collector = collector
        shard = try MediaShard(options: options) { collector.report(contentsOf: $0) }
    }

    /// Opens a session; the RTP ports facing each party, or nil when the shard could not.
    func open(
        _ number: UInt64, streams: Int = 1, caller: IPAddress = loopback, callee: IPAddress = loopback
    ) async -> (caller: [UInt16], callee: [UInt16])? {
        let id = MediaSessionID(rawValue: number)
        let before = collector.events.count
        shard.submit([.open(id, streams: streams, caller: caller, callee: callee)])
        let events = await collector.events { events in events.dropFirst(before).contains { $0.answersOpening(id) } }
        guard case .opened(_, let callerPorts, let calleePorts)? = events.last(where: { $0.answersOpening(id) }) else {
            return nil
        }
        return (callerPorts, calleePorts)
    }

    /// Tells the shard where a party is, with RTCP on the next port, and waits until it knows.
    func describe(_ number: UInt64, _ side: MediaSide, _ endpoint: Endpoint?, signalling: IPAddress? = nil) async {
        let target = MediaStreamTarget(
            rtp: endpoint, rtcp: endpoint.map { Endpoint($0.address, $0.port + 1) },
            signallingSource: signalling ?? endpoint?.address ?? loopback)
        await carryOut(.update(MediaSessionID(rawValue: number), side, [target]))
    }

    /// Waits until the shard has carried out a command that has no answer of its own.
    func carryOut(_ command: MediaCommand) async {
        let unknown = MediaSessionID(rawValue: .max)
        let before = collector.events.count
        shard.submit([command, .close(unknown)])
        await collector.events { $0.dropFirst(before).contains { $0.closedSession == unknown } }
    }

    /// Closes a session; what came from each party.
    func close(_ number: UInt64) async -> (caller: MediaStatistics, callee: MediaStatistics) {
        let id = MediaSessionID(rawValue: number)
        shard.submit([.close(id)])
        let events = await collector.events { $0.contains { $0.closedSession == id } }
        guard case .closed(_, let caller, let callee)? = events.last(where: { $0.closedSession == id }) else {
            return (MediaStatistics(), MediaStatistics())
        }
        return (caller, callee)
    }
}

extension MediaEvent {
    func answersOpening(_ wanted: MediaSessionID) -> Bool {
        switch self {
        case .opened(let id, _, _), .openFailed(let id): id == wanted
        case .silent, .closed, .party, .room: false
        }
    }

    var closedSession: MediaSessionID? {
        if case .closed(let id, _, _) = self { id } else { nil }
    }
}

/// A party with an RTP and an RTCP socket that blocks for what it expects.
final class Party {
    let rtp: UDPSocket
    let rtcp: UDPSocket
    private var number: UInt16 = 0

    /// Sockets on neighbouring ports of `host`.
    init(on host: IPAddress) throws {
        while true {
            let first = try UDPSocket(binding: Endpoint(host, 0))
            if first.local.port & 1 == 0, let second = try? UDPSocket(binding: Endpoint(host, first.local.port + 1)) {
                rtp = first
                rtcp = second
                return
            }
            first.close()
        }
    }

    deinit {
        rtp.close()
        rtcp.close()
    }

    /// Sends the next RTP packet, whose payload is `mark`.
    func speak(_ mark: UInt8, to port: UInt16, at host: IPAddress = loopback, source: UInt32 = 7) {
        var bytes: [UInt8] = []
        RTPPacket(
            payloadType: .pcmu, sequenceNumber: SequenceNumber(rawValue: number),
            timestamp: RTPTimestamp(rawValue: UInt32(number) * 160), source: SSRC(rawValue: source)
        ).writeHeader(into: &bytes)
        number &+= 1
        send(bytes + [mark], to: Endpoint(host, port), from: rtp)
    }

    /// Sends a receiver report.
    func report(to port: UInt16) {
        send([0x80, 201, 0, 1, 0, 0, 0, 5], to: Endpoint(loopback, port), from: rtcp)
    }

    func send(_ bytes: [UInt8], to endpoint: Endpoint, from socket: UDPSocket) {
        _ = bytes.withUnsafeBytes { socket.send($0, to: SocketAddress(endpoint)) }
    }

    /// Waits for `count` datagrams; the last byte of each, and who sent it.
    func hear(_ count: Int, on socket: UDPSocket? = nil) async -> [(mark: UInt8, from: Endpoint)] {
        var heard: [(mark: UInt8, from: Endpoint)] = []
        while heard.count < count && !Task.isCancelled {
            heard += takeAll(on: socket)
            await Task.yield()
        }
        return heard
    }

    /// What has arrived by now.
    func takeAll(on socket: UDPSocket? = nil) -> [(mark: UInt8, from: Endpoint)] {
        var heard: [(mark: UInt8, from: Endpoint)] = []
        var source = SocketAddress(Endpoint(loopback, 0))
        withUnsafeTemporaryAllocation(byteCount: 2_048, alignment: 8) { buffer in
            while true {
                let count = (socket ?? rtp).receive(into: buffer, from: &source)
                guard count > 0 else { return }
                heard.append((buffer[count - 1], source.endpoint))
            }
        }
        return heard
    }
}
