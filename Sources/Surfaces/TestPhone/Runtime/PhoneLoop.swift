import Addresses
import PacketLoop
import SIPMessages
import SIPTransactions
import Timeline

/// What other threads tell a phone's loop.
enum PhoneCommand: Sendable {
    case place(PhoneCall, CallRequest)
    case hangUp(PhoneCallID)
    case policy(AnswerPolicy)
    case register(RegistrationRequest, @Sendable (StatusCode?) -> Void)
}

/// The thread side of a phone: its SIP socket, the sockets of its calls, and the clock for `PhoneCore`.
final class PhoneLoop: PacketLoopClient {
    /// One call's audio socket, and the stream on it once something was agreed on.
    private struct Audio {
        let socket: UDPSocket
        var media: PhoneMedia?
    }

    private let loop: PacketLoop
    private let port: DatagramPort
    private let inbox: Inbox<PhoneCommand>
    private let arrivals: AsyncStream<PhoneCall>.Continuation
    private let signal: LoopSignal
    private var core: PhoneCore
    private var dice: IdentifierSource
    private var calls: [PhoneCallID: PhoneCall] = [:]
    private var audio: [PhoneCallID: Audio] = [:]
    private var registrations: [UInt32: @Sendable (StatusCode?) -> Void] = [:]
    private var nextRegistration: UInt32 = 0
    private var commands: [PhoneCommand] = []
    private var effects: [PhoneMedia.Effect] = []
    private let incoming = DatagramBatch(slots: 16, bufferBytes: 2_048)

    init(
        _ loop: PacketLoop, _ socket: UDPSocket, inbox: Inbox<PhoneCommand>,
        arrivals: AsyncStream<PhoneCall>.Continuation, seed: UInt64
    ) {
        self.loop = loop
        self.inbox = inbox
        self.arrivals = arrivals
        signal = loop.signal
        port = DatagramPort(socket)
        core = PhoneCore(seed: seed)
        dice = IdentifierSource(seed: seed ^ 0x5EED)
        // Fails only where the process has no descriptor left; then no call comes and every call placed times out.
        try? loop.add(port)
    }

    deinit {
        for id in audio.keys { audio[id]?.socket.close() }
        for call in calls.values { call.finish(call.unfinishedReport) }
        for callback in registrations.values { callback(nil) }
        arrivals.finish()
    }

    var nextDeadline: Instant? {
        var next = core.nextDeadline
        for stream in audio.values {
            if let deadline = stream.media?.nextDeadline { next = min(next ?? deadline, deadline) }
        }
        return next
    }

    func timeElapsed(at now: Instant) {
        if let deadline = core.nextDeadline, deadline <= now {
            drive(at: now) { $0.timeElapsed(at: now, into: &$1) }
        }
        for id in audio.keys {
            guard let deadline = audio[id]?.media?.nextDeadline, deadline <= now else { continue }
            drive(id, at: now) { $0.timeElapsed(at: now, into: &$1) }
        }
    }

    func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant) {
        // What was posted before the datagram was sent counts: a policy set before a call is placed applies to it.
        inboxSignalled(at: now)
        for index in 0..<batch.count {
            let bytes = batch.copy(index)
            let flow = self.flow(to: batch.source(index))
            drive(at: now) { $0.receive(.datagram(bytes, flow), at: now, into: &$1) }
        }
    }

    func sendFailed(_ failure: SendFailure, on port: DatagramPort, at now: Instant) {
        drive(at: now) { $0.receive(.sendFailed(failure.bytes), at: now, into: &$1) }
    }

    func socketReady(_ token: UInt32, at now: Instant) {
        let id = PhoneCallID(rawValue: token)
        guard let socket = audio[id]?.socket else { return }
        while socket.receive(into: incoming) > 0 {
            for index in 0..<incoming.count {
                let bytes = incoming.copy(index)
                drive(id, at: now) { $0.receive(bytes, at: now, into: &$1) }
            }
        }
    }

    func inboxSignalled(at now: Instant) {
        inbox.take(into: &commands)
        for command in commands {
            switch command {
            case .place(let call, let request): place(call, request, at: now)
            case .hangUp(let id): drive(at: now) { $0.receive(.hangUp(id), at: now, into: &$1) }
            case .policy(let policy): drive(at: now) { $0.receive(.policy(policy), at: now, into: &$1) }
            case .register(let request, let callback):
                nextRegistration += 1
                let number = nextRegistration
                registrations[number] = callback
                let flow = self.flow(to: request.registrar)
                drive(at: now) { $0.receive(.register(number, request, flow), at: now, into: &$1) }
            }
        }
        commands.removeAll(keepingCapacity: true)
    }

    private func place(_ call: PhoneCall, _ request: CallRequest, at now: Instant) {
        calls[call.id] = call
        let target = request.destination ?? PhoneDialog.endpoint(of: Array(request.target.utf8))
        guard let target else {
            var report = call.unfinishedReport
            report.status = .badRequest
            report.reason = "no address to send to"
            report.endedBy = .local
            calls[call.id] = nil
            return call.finish(report)
        }
        let flow = self.flow(to: target)
        drive(at: now) { $0.receive(.place(call.id, request, flow), at: now, into: &$1) }
    }

    /// The way to `remote`; a wildcard socket shows the address that the routing table chooses.
    private func flow(to remote: Endpoint) -> Flow {
        var local = port.socket.local
        if local.address.isUnspecified, let facing = try? SourceAddress.facing(remote) { local.address = facing }
        return Flow(transport: .udp, listener: 0, local: local, remote: remote)
    }

    private func drive(at now: Instant, _ action: (inout PhoneCore, inout [PhoneCore.Output]) -> Void) {
        var outputs: [PhoneCore.Output] = []
        action(&core, &outputs)
        for output in outputs { handle(output, at: now) }
    }

    private func handle(_ output: PhoneCore.Output, at now: Instant) {
        switch output {
        case .send(let bytes, let flow): port.send(bytes, to: flow.remote)
        case .openMedia(let id, let address): openMedia(id, address, at: now)
        case .media(let id, let plan, let agreement):
            if audio[id]?.media != nil {
                audio[id]?.media?.update(agreement)
            } else {
                audio[id]?.media = PhoneMedia(plan, agreement, at: now, dice: &dice)
            }
        case .play(let id): audio[id]?.media?.beginPlaying(at: now)
        case .arrived(let id):
            let call = PhoneCall(id, inbox: inbox)
            calls[id] = call
            arrivals.yield(call)
        case .event(let id, let event): calls[id]?.post(event)
        case .ended(let id, let report): finish(id, report)
        case .registered(let number, let status): registrations.removeValue(forKey: number)?(status)
        }
    }

    private func openMedia(_ id: PhoneCallID, _ address: IPAddress, at now: Instant) {
        let socket = Self.evenSocket(address)
        if let socket {
            if (try? loop.watch(socket, token: id.rawValue)) != nil {
                audio[id] = Audio(socket: socket)
            } else {
                socket.close()
            }
        }
        let local = audio[id]?.socket.local
        drive(at: now) { $0.receive(.mediaOpened(id, local), at: now, into: &$1) }
    }

    /// A socket on an even port, as RTP asks for (RFC 3550 §11); an odd one where 16 tries found none.
    private static func evenSocket(_ address: IPAddress) -> UDPSocket? {
        var options = UDPSocket.Options()
        options.typeOfService = 0xB8
        for attempt in 0..<16 {
            guard let socket = try? UDPSocket(binding: Endpoint(address, 0), options: options) else { return nil }
            if socket.local.port % 2 == 0 || attempt == 15 { return socket }
            socket.close()
        }
        return nil
    }

    private func drive(
        _ id: PhoneCallID, at now: Instant, _ action: (inout PhoneMedia, inout [PhoneMedia.Effect]) -> Void
    ) {
        guard let socket = audio[id]?.socket, audio[id]?.media != nil else { return }
        audio[id]?.media.modify { action(&$0, &effects) }
        let pending = effects
        effects.removeAll(keepingCapacity: true)
        for effect in pending {
            switch effect {
            case .send(let bytes, let remote):
                _ = bytes.withUnsafeBytes { socket.send($0, to: SocketAddress(remote)) }
            case .digit(let digit): calls[id]?.post(.digit(Character(Unicode.Scalar(digit))))
            case .heard(let frequency): calls[id]?.post(.heard(frequency))
            case .finished:
                calls[id]?.post(.played)
                drive(at: now) { $0.receive(.mediaFinished(id), at: now, into: &$1) }
            }
        }
    }

    private func finish(_ id: PhoneCallID, _ report: CallReport) {
        var report = report
        if let stream = audio.removeValue(forKey: id) {
            loop.unwatch(stream.socket)
            stream.socket.close()
            if let media = stream.media { report.media = media.report }
        }
        calls.removeValue(forKey: id)?.finish(report)
    }
}

extension Optional {
    /// Changes the value in place, where there is one.
    fileprivate mutating func modify(_ change: (inout Wrapped) -> Void) {
        guard var value = take() else { return }
        change(&value)
        self = value
    }
}
