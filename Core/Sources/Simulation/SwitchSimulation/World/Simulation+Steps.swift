import Addresses
import CallControl
import MediaSessions
import SIPMessages
import SwitchEngine
import Timeline

/// What happens in one step of the world.
extension Simulation {
    var now: Instant { clock.now }

    mutating func carryOut(_ event: Event) {
        switch event {
        case .delivery(let packet):
            guard streams.arrived(packet) else { return }
            packet.isFromSwitch ? deliverToParty(packet) : deliverToSwitch(packet)
        case .unreachable(let bytes, let flow): give(.sendFailed(bytes, flow))
        case .callStart(let index): begin(index)
        case .wakePhone(let index):
            phones[index].dialog.timeElapsed(at: now)
            if phones[index].dialog.hasVanished { closeStream(of: phones[index].endpoint) }
            collect(phone: index)
        case .streamClosing(let index): closeWhenIdle(phone: index)
        case .wakeVendor(let index, let dialog): collect(vendor: index, vendors[index].timeElapsed(dialog, at: now))
        case .media(let event, let life):
            guard life == self.life else { return }
            note(event.name, event.session)
            checks.media.event(event)
            give(.media(event))
        case .recorded(let id, let life): if life == self.life { give(.recorded([id])) }
        case .intervention(let intervention): intervene(intervention)
        case .operatorTurn(let task, let life): if life == self.life { takeOperatorsTurn(task) }
        case .applicationStep(let run, let step, let life):
            if life == self.life { proceed(run: run, step: step) }
        case .applicationReturns(let run, let life): if life == self.life { endRun(run) }
        case .hostility: send(stranger.message(), from: SimulatedAddresses.stranger)
        case .closing:
            disconnectAll()
            guard plan.keepalive != nil else { return }
            var quiet = plan
            quiet.keepalive = nil
            adopt(quiet, isReversed: false)
            checks.keepalivesEnded()
        }
    }

    private mutating func begin(_ index: Int) {
        switch plan.calls[index].beginning {
        case .caller:
            phones[index].dialog.call(at: now)
            collect(phone: index)
        case .placed(let second):
            note("the switch is asked for a call to party", UInt64(index))
            let request = OriginationRequest(
                account: SimulatedSwitch.account(of: plan.calls[index].customer), origin: .callback,
                first: .init(number: CalledNumber.bytes(of: index)),
                second: .init(number: CalledNumber.bytes(of: second)))
            _ = core.originate(request, at: now, into: &outputs)
        case .application: beginRun(index, offered: nil)
        case .none: break
        }
    }

    mutating func give(_ input: SwitchInput) { core.receive(input, at: now, into: &outputs) }

    mutating func note(_ text: StaticString, _ number: UInt64) {
        log.add(text, number, step: checks.context.step, at: now)
    }

    private mutating func deliverToSwitch(_ packet: Packet) {
        if let message = packet.message { checks.delivered(message, from: packet.peer) }
        give(.message(packet.bytes, SimulatedAddresses.flow(to: packet.peer, stream: packet.stream)))
    }

    private mutating func deliverToParty(_ packet: Packet) {
        guard let message = packet.message else { return }
        if let index = phonePlaces[packet.peer] {
            if phones[index].dialog.hasVanished { return report(packet) }
            phones[index].receive(message, at: now)
            collect(phone: index)
        } else if let index = vendorPlaces[packet.peer] {
            let changed = vendors[index].receive(message, at: now)
            if changed.contains(where: { vendors[index].dialogs[$0].hasVanished }) { return report(packet) }
            collect(vendor: index, changed)
        }
    }

    /// Nobody listens there any more; some networks say so.
    private mutating func report(_ packet: Packet) {
        if plan.network.reportsUnreachable {
            let flow = SimulatedAddresses.flow(to: packet.peer)
            queue.push(.unreachable(packet.bytes, flow), at: now + plan.network.delay)
        }
    }

    // MARK: What parties send

    private mutating func collect(phone index: Int) {
        let endpoint = phones[index].endpoint
        var bytes: [[UInt8]] = []
        swap(&bytes, &phones[index].dialog.outbox)
        for message in bytes { send(message, from: endpoint) }
        if let deadline = phones[index].dialog.wakeToSchedule(now) { queue.push(.wakePhone(index), at: deadline) }
    }

    private mutating func collect(vendor index: Int, _ changed: [Int]) {
        let endpoint = vendors[index].endpoint
        var bytes: [[UInt8]] = []
        swap(&bytes, &vendors[index].outbox)
        for position in changed {
            bytes += vendors[index].dialogs[position].outbox
            vendors[index].dialogs[position].outbox = []
        }
        for message in bytes { send(message, from: endpoint) }
        for position in changed {
            guard let deadline = vendors[index].dialogs[position].wakeToSchedule(now) else { continue }
            queue.push(.wakeVendor(index, dialog: position), at: deadline)
        }
    }

    private mutating func send(_ bytes: [UInt8], from peer: Endpoint) {
        if plan.hostileMessages > 0 && peer != SimulatedAddresses.stranger { stranger.overhear(bytes) }
        let message = try? MessageParser.parse(bytes)
        var packet = Packet(bytes: bytes, message: message, peer: peer, isFromSwitch: false)
        if let index = phonePlaces[peer], plan.calls[index].usesStream { packet.stream = streams.number(to: peer) }
        travel(packet)
    }

    private mutating func travel(_ packet: Packet) {
        let (first, second) = arrivals(of: packet)
        if let first { queue.push(.delivery(packet), at: first) }
        if let second { queue.push(.delivery(packet), at: second) }
        let call = checks.context.call(of: packet.message, peer: packet.peer)
        log.add(
            packet.bytes, peer: packet.peer, isFromSwitch: packet.isFromSwitch,
            copies: (first == nil ? 0 : 1) + (second == nil ? 0 : 1), call: call, step: checks.context.step, at: now)
    }

    private mutating func arrivals(of packet: Packet) -> (Instant?, Instant?) {
        let peer = packet.peer.address
        guard packet.stream != 0 else { return network.arrivals(betweenSwitchAnd: peer, at: now) }
        return (streams.send(packet, arrivingAt: network.streamArrival(betweenSwitchAnd: peer, at: now)), nil)
    }

    // MARK: What the switch puts out

    /// Carries out what the switch has put out, and what it puts out because applications are told of it.
    mutating func carryOutputs() {
        while !outputs.isEmpty {
            var pending: [SwitchOutput] = []
            swap(&pending, &outputs)
            if let sabotage {
                let vendors = vendorPlaces
                sabotage.apply(
                    to: &pending,
                    isCallee: { if case .send(_, let flow) = $0 { vendors[flow.remote] != nil } else { false } },
                    memory: &sabotageMemory)
            }
            for output in pending { carryOut(output) }
        }
    }

    private mutating func carryOut(_ output: SwitchOutput) {
        switch output {
        case .send(let bytes, let flow):
            let message = try? MessageParser.parse(bytes)
            checks.sent(bytes, message, to: flow.remote, overStream: flow.transport.isReliable)
            var packet = Packet(bytes: bytes, message: message, peer: flow.remote, isFromSwitch: true)
            if flow.transport.isReliable {
                guard let index = phonePlaces[flow.remote], !phones[index].dialog.hasVanished else {
                    return queue.push(.unreachable(bytes, flow), at: now + plan.network.delay)
                }
                packet.stream = streams.number(to: flow.remote)
            }
            travel(packet)
        case .closeFlow, .notice: break
        case .channel(let notice): tell(notice)
        case .media(let command):
            note(command.name, command.session)
            checks.media.command(command, &checks.context)
            hear(media.obey(command, at: now))
        case .event(let event):
            note(event.state.note, event.call)
            checks.calls.event(event, &checks.context)
        case .record(let record):
            note("record of call", record.call)
            checks.calls.record(record, &checks.context)
            queue.push(.recorded(record.id, life: life), at: store.take(record, at: now))
        }
    }
}

extension MediaCommand {
    fileprivate var name: StaticString {
        switch self {
        case .open: "asked to open media of"
        case .update: "asked to direct media of"
        case .supervise: "asked to supervise media of"
        case .close: "asked to close media of"
        case .openParty: "asked to open the party of"
        case .party: "asked something of the party of"
        case .room: "asked something of room"
        }
    }

    fileprivate var session: UInt64 {
        switch self {
        case .open(let id, _, _, _), .update(let id, _, _), .supervise(let id, _, _), .close(let id),
            .openParty(let id, _), .party(let id, _):
            id.rawValue
        case .room(let id, _): id.rawValue
        }
    }
}

extension MediaEvent {
    fileprivate var name: StaticString {
        switch self {
        case .opened: "media opened of"
        case .openFailed: "no ports for"
        case .silent: "silence in"
        case .closed: "media closed of"
        case .party: "the party reported of"
        case .room: "something was reported of room"
        }
    }

    fileprivate var session: UInt64 {
        switch self {
        case .opened(let id, _, _), .openFailed(let id), .silent(let id, _), .closed(let id, _, _), .party(let id, _):
            id.rawValue
        case .room(let id, _): id.rawValue
        }
    }
}

extension CallState {
    fileprivate var note: StaticString {
        switch self {
        case .idle: "idle: call"
        case .waitAuth: "waits for authentication: call"
        case .waitRoute: "waits for a route: call"
        case .arComplete: "hunts: call"
        case .connected: "connected: call"
        case .disconnecting: "disconnecting: call"
        case .dead: "dead: call"
        }
    }
}
