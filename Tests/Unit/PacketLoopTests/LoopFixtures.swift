import Addresses
import EventCollector
import Foundation
import Glibc
import PacketLoop
import Timeline

let loopback = IPAddress(v4: 0x7F00_0001)

/// What the clients of these tests report.
enum LoopEvent: Equatable, Sendable {
    case datagram([UInt8], from: Endpoint, to: IPAddress?)
    case failed(SendFailure)
    case deadline(Instant)
    case message(sender: Int, number: Int)
}

/// Sends what a test tells it to, and reports what comes in.
final class ReportingClient: PacketLoopClient {
    /// What a test may ask of the client.
    enum Request: Sendable {
        case send([UInt8], Endpoint)
        case message(sender: Int, number: Int)
    }

    private let port: DatagramPort
    private let inbox: Inbox<Request>
    private let collector: EventCollector<LoopEvent>
    private let echoes: Bool

    init(port: DatagramPort, inbox: Inbox<Request>, collector: EventCollector<LoopEvent>, echoes: Bool) {
        self.port = port
        self.inbox = inbox
        self.collector = collector
        self.echoes = echoes
    }

    func inboxSignalled(at now: Instant) {
        var requests: [Request] = []
        inbox.take(into: &requests)
        for request in requests {
            switch request {
            case .send(let bytes, let remote): port.send(bytes, to: remote)
            case .message(let sender, let number): collector.report(.message(sender: sender, number: number))
            }
        }
    }

    func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant) {
        var events: [LoopEvent] = []
        for index in 0..<batch.count {
            let bytes = batch.copy(index)
            let local = batch.localAddress(index)
            if echoes { port.send(bytes, to: batch.source(index), from: local) }
            events.append(.datagram(bytes, from: batch.source(index), to: local))
        }
        collector.report(contentsOf: events)
    }

    func sendFailed(_ failure: SendFailure, on port: DatagramPort, at now: Instant) {
        collector.report(.failed(failure))
    }
}

/// A running loop with one port and a `ReportingClient`.
struct RunningLoop {
    let thread: PacketLoopThread
    let inbox: Inbox<ReportingClient.Request>
    let collector: EventCollector<LoopEvent>
    let local: Endpoint

    init(binding endpoint: Endpoint = Endpoint(loopback, 0), echoes: Bool = false) throws {
        var options = UDPSocket.Options(receiveBufferBytes: 4 << 20)
        options.reportsUnreachable = true
        options.reportsDrops = true
        options.reportsDestination = endpoint.address.isUnspecified
        let socket = try UDPSocket(binding: endpoint, options: options)
        let signal = try LoopSignal()
        let inbox = Inbox<ReportingClient.Request>(waking: signal)
        let collector = EventCollector<LoopEvent>()
        thread = try PacketLoopThread(name: "loop-test", signal: signal) { loop in
            let port = DatagramPort(socket)
            do {
                try loop.add(port)
            } catch {
                loop.signal.requestStop()
            }
            return ReportingClient(port: port, inbox: inbox, collector: collector, echoes: echoes)
        }
        self.inbox = inbox
        self.collector = collector
        local = socket.local
    }

    func send(_ bytes: [UInt8], to remote: Endpoint) { inbox.post(.send(bytes, remote)) }
}

extension LoopEvent {
    var datagram: [UInt8]? {
        if case .datagram(let bytes, _, _) = self { bytes } else { nil }
    }
    var failure: SendFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

/// Reports, when it is woken, the scheduling policy and the niceness of a thread that the loop's thread starts.
final class PrecedenceClient: PacketLoopClient {
    private let collector: EventCollector<LoopEvent>
    private var isAsked = false

    init(_ collector: EventCollector<LoopEvent>) { self.collector = collector }

    func inboxSignalled(at now: Instant) {
        guard !isAsked else { return }
        isAsked = true
        Thread.detachNewThread { [collector] in
            let niceness = Int(getpriority(Int32(PRIO_PROCESS.rawValue), 0))
            collector.report(.message(sender: Int(sched_getscheduler(0)), number: niceness))
        }
    }
}
