import Accounting
import Addresses
import MediaSessions
import PacketLoop
import SIPMessages
import SIPTransactions
import SIPTransports
import SwitchEngine

/// Carries out what a core wants: datagrams leave at once or at the end of the iteration, everything else goes to other
/// threads in one batch per iteration.
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
    private var notices: [ChannelNotice] = []
    private var order = SendOrder()
    /// Sends for which there is no listener.
    private var unsendable: [(bytes: [UInt8], flow: Flow)] = []

    init(ports: [DatagramPort?], outlets: Outlets) {
        self.ports = ports
        self.outlets = outlets
    }

    /// Carries out the outputs of one input in their order; `isUrgent` where datagrams are to leave at once.
    mutating func perform(_ outputs: [SwitchOutput], isUrgent: Bool) {
        for output in outputs {
            switch output {
            case .send(let bytes, let flow): send(bytes, flow)
            case .closeFlow(let flow): if flow.transport.isReliable { streamCommands.append(.close(flow)) }
            case .media(let command): mediaCommands.append(command)
            case .event(let event): events.append(event)
            case .channel(let notice): notices.append(notice)
            case .record(let record): records.append(record)
            case .notice(let notice): outlets.notices.log(notice)
            }
        }
        if isUrgent { sendCollected() }
        guard order.isHolding else { return }
        order.finish { Self.collect($0, ports) }
        if isUrgent { sendCollected() }
    }

    private mutating func send(_ bytes: [UInt8], _ flow: Flow) {
        if flow.transport.isReliable {
            streamCommands.append(.send(bytes, flow))
        } else if Int(flow.listener) < ports.count, ports[Int(flow.listener)] != nil {
            let ports = ports
            order.add((bytes, flow)) { Self.collect($0, ports) }
        } else {
            unsendable.append((bytes, flow))
        }
    }

    private static func collect(_ datagram: SendOrder.Datagram, _ ports: [DatagramPort?]) {
        let flow = datagram.flow
        guard let port = ports[Int(flow.listener)] else { return }
        let isWildcard = port.socket.local.address.isUnspecified && !flow.local.address.isUnspecified
        port.send(datagram.bytes, to: flow.remote, from: isWildcard ? flow.local.address : nil)
    }

    private func sendCollected() {
        for case let port? in ports { port.sendCollected() }
    }

    /// Hands over what was collected. Records go first: the last event of a call follows its record.
    mutating func handOver() {
        Self.handOver(&mediaCommands, outlets.media)
        Self.handOver(&streamCommands, outlets.streams)
        Self.handOver(&records, outlets.sinks.records)
        Self.handOver(&events, outlets.sinks.events)
        Self.handOver(&notices, outlets.sinks.channels)
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
