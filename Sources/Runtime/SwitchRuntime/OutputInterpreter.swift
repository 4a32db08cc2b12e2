import Accounting
import Addresses
import MediaSessions
import PacketLoop
import SIPMessages
import SIPTransactions
import SIPTransports
import SwitchEngine

/// Carries out what a core wants: datagrams leave at the end of the iteration, everything else goes to other threads
/// in one batch per iteration.
struct OutputInterpreter {
    /// Where things go.
    struct Outlets {
        var sinks: SwitchSinks
        var media: @Sendable ([MediaCommand]) -> Void
        var streams: @Sendable ([StreamCommand]) -> Void
        var notices: NoticeLog
    }

    /// Datagram listeners by their position in the list of all listeners.
    private let ports: [DatagramPort?]
    private var outlets: Outlets
    private var mediaCommands: [MediaCommand] = []
    private var streamCommands: [StreamCommand] = []
    private var records: [CallDetailRecord] = []
    private var events: [CallEvent] = []
    /// Sends for which there is no listener.
    private var unsendable: [(bytes: [UInt8], flow: Flow)] = []

    init(ports: [DatagramPort?], outlets: Outlets) {
        self.ports = ports
        self.outlets = outlets
    }

    /// Carries out `outputs` in their order.
    mutating func perform(_ outputs: [SwitchOutput]) {
        for output in outputs {
            switch output {
            case .send(let bytes, let flow): send(bytes, flow)
            case .closeFlow(let flow): if flow.transport.isReliable { streamCommands.append(.close(flow)) }
            case .media(let command): mediaCommands.append(command)
            case .event(let event): events.append(event)
            case .record(let record): records.append(record)
            case .notice(let notice): outlets.notices.log(notice)
            }
        }
    }

    private mutating func send(_ bytes: [UInt8], _ flow: Flow) {
        if flow.transport.isReliable {
            streamCommands.append(.send(bytes, flow))
        } else if Int(flow.listener) < ports.count, let port = ports[Int(flow.listener)] {
            let isWildcard = port.socket.local.address.isUnspecified && !flow.local.address.isUnspecified
            port.send(bytes, to: flow.remote, from: isWildcard ? flow.local.address : nil)
        } else {
            unsendable.append((bytes, flow))
        }
    }

    /// Hands over what was collected. Records go first: the last event of a call follows its record.
    mutating func handOver() {
        Self.handOver(&mediaCommands, outlets.media)
        Self.handOver(&streamCommands, outlets.streams)
        Self.handOver(&records, outlets.sinks.records)
        Self.handOver(&events, outlets.sinks.events)
    }

    /// Takes the sends that no listener could carry.
    mutating func takeUnsendable() -> [(bytes: [UInt8], flow: Flow)] {
        guard !unsendable.isEmpty else { return [] }
        defer { unsendable = [] }
        return unsendable
    }

    private static func handOver<Element>(_ batch: inout [Element], _ sink: ([Element]) -> Void) {
        guard !batch.isEmpty else { return }
        sink(batch)
        batch.removeAll(keepingCapacity: true)
    }
}
