import Addresses
import PacketLoop
import SIPTransactions
import SwitchEngine
import Timeline

/// A shard on its thread: feeds its core with datagrams, with what other threads post and with time.
final class ShardLoop: PacketLoopClient {
    /// Datagrams up to this size are keep-alives, which no answer is owed to.
    private static let keepAliveBytes = 4
    /// Up to so many datagrams at a time, the switch is at leisure: what each of them causes leaves at once.
    private static let leisurelyBatch = 2
    /// How long calls are dated by one reading of the wall clock.
    private static let clockInterval: Duration = .seconds(1)

    private var core: SwitchCore
    private let ports: [DatagramPort?]
    private let inbox: Inbox<ShardMessage>
    private let signal: LoopSignal
    private var interpreter: OutputInterpreter
    private var outputs: [SwitchOutput] = []
    private var messages: [ShardMessage] = []
    private var failedCount: UInt64 = 0
    private var clockRead: Instant?

    init(
        core: SwitchCore, ports: [DatagramPort?], inbox: Inbox<ShardMessage>, signal: LoopSignal,
        outlets: OutputInterpreter.Outlets
    ) {
        self.core = core
        self.ports = ports
        self.inbox = inbox
        self.signal = signal
        interpreter = OutputInterpreter(ports: ports, outlets: outlets)
    }

    var nextDeadline: Instant? { Self.nextDeadline(of: &core) }

    /// Takes the core `inout` because asking a stored property of a class would copy it whole (2,400 instructions).
    private static func nextDeadline(of core: inout SwitchCore) -> Instant? { core.nextDeadline }

    func timeElapsed(at now: Instant) {
        core.timeElapsed(at: now, into: &outputs)
        perform(isUrgent: false)
    }

    func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant) {
        followWallClock(at: now)
        let local = port.socket.local
        let isUrgent = batch.count <= Self.leisurelyBatch
        for index in 0..<batch.count where batch.bytes(index).count > Self.keepAliveBytes {
            let flow = Flow(
                transport: .udp, listener: UInt16(truncatingIfNeeded: port.index),
                local: Endpoint(batch.localAddress(index) ?? local.address, local.port),
                remote: batch.source(index))
            feed(.message(batch.copy(index), flow), at: now, isUrgent: isUrgent)
        }
    }

    func sendFailed(_ failure: SendFailure, on port: DatagramPort, at now: Instant) {
        failedCount &+= 1
        let flow = Flow(
            transport: .udp, listener: UInt16(truncatingIfNeeded: port.index), local: port.socket.local,
            remote: failure.destination)
        feed(.sendFailed(failure.bytes, flow), at: now)
    }

    func inboxSignalled(at now: Instant) {
        followWallClock(at: now)
        inbox.take(into: &messages)
        for message in messages {
            switch message {
            case .input(let input): feed(input, at: now)
            case .query(let look): look(ShardView(core: core, traffic: traffic, now: now))
            case .change(let change):
                change.carryOut(&core, now, &outputs)
                perform(isUrgent: false)
            }
        }
        messages.removeAll(keepingCapacity: true)
    }

    func iterationEnding(at now: Instant) {
        let unsendable = interpreter.takeUnsendable()
        for (bytes, flow) in unsendable { feed(.sendFailed(bytes, flow), at: now) }
        interpreter.handOver()
        // What the core did about them must not wait for the next packet.
        if !unsendable.isEmpty { signal.wake() }
    }

    /// Dates calls by the wall clock as it is now, for it may have been set since the start.
    private func followWallClock(at now: Instant) {
        if let clockRead, now < clockRead + Self.clockInterval { return }
        clockRead = now
        feed(.wallClock(epochMilliseconds: WallClock.epochMilliseconds), at: now)
    }

    private func feed(_ input: SwitchInput, at now: Instant, isUrgent: Bool = false) {
        core.receive(input, at: now, into: &outputs)
        perform(isUrgent: isUrgent)
    }

    private func perform(isUrgent: Bool) {
        interpreter.perform(outputs, isUrgent: isUrgent)
        outputs.removeAll(keepingCapacity: true)
    }

    private var traffic: ShardTraffic {
        var traffic = ShardTraffic(failed: failedCount)
        for case let port? in ports {
            traffic.received &+= port.receivedCount
            traffic.sent &+= port.sentCount
            traffic.dropped &+= port.droppedCount
        }
        return traffic
    }
}
