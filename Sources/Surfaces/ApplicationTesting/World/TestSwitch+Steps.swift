import Addresses
import Audio
import MediaSessions
import SIPMessages
import SIPTransactions
import SwitchEngine
import TestPhone
import Timeline
import VoiceApplications

/// How virtual time passes.
extension TestSwitch {
    enum Event: Sendable {
        /// A message on its way to the switch.
        case toSwitch([UInt8], Side)
        /// A message on its way to a party.
        case toParty([UInt8], Side)
        case audioToSwitch([UInt8], from: Endpoint, port: UInt16)
        case audioToParty([UInt8], to: Endpoint)
        case recorded(UInt64)
    }

    /// Lets time pass until `isMet`, at most until `limit`; whether it is.
    func passes(until limit: Instant, _ isMet: () -> Bool) -> Bool {
        begin()
        return TaskCapture.capture(runs) { advance(until: limit, isMet) }
    }

    private func advance(until limit: Instant, _ isMet: () -> Bool) -> Bool {
        settle()
        while !isMet() {
            guard let next = nextDeadline, next <= limit else {
                move(to: limit)
                settle()
                return isMet()
            }
            move(to: next)
            carryOutWhatIsDue()
            settle()
        }
        return true
    }

    private var nextDeadline: Instant? {
        var next = Instant.earliest(core?.nextDeadline, Instant.earliest(media.nextDeadline, queue.nextInstant))
        if let sleeper = time.nextDeadline { next = Instant.earliest(next, .zero + sleeper) }
        for phone in phones.values { next = Instant.earliest(next, phone.nextDeadline) }
        for key in ports.calls.values { next = Instant.earliest(next, calls[key]?.call?.voice?.nextDeadline) }
        return next
    }

    private func move(to instant: Instant) {
        clock.advance(to: instant)
        time.advance(to: clock.now - .zero)
    }

    private func carryOutWhatIsDue() {
        let now = clock.now
        while let instant = queue.nextInstant, instant <= now, let event = queue.pop() { carryOut(event) }
        if let deadline = core?.nextDeadline, deadline <= now { core?.timeElapsed(at: now, into: &outputs) }
        for side in [Side.callers, .carrier] {
            guard let deadline = phones[side]?.nextDeadline, deadline <= now else { continue }
            drive(side) { $0.timeElapsed(at: now, into: &$1) }
        }
        for (endpoint, key) in ports.calls.sorted(by: { $0.key.port < $1.key.port }) { speak(key, from: endpoint) }
        if let deadline = media.nextDeadline, deadline <= now {
            media.timeElapsed(at: now, into: &output)
            flush()
        }
    }

    private func carryOut(_ event: Event) {
        let now = clock.now
        switch event {
        case .toSwitch(let bytes, let side):
            core?.receive(.message(bytes, TestRoutes.flow(to: side.endpoint)), at: now, into: &outputs)
        case .toParty(let bytes, let side): deliver(bytes, to: side)
        case .audioToSwitch(let bytes, let source, let port): hear(bytes, from: source, port)
        case .audioToParty(let bytes, let endpoint): bytes.withUnsafeBytes { hear($0, at: endpoint) }
        case .recorded(let id): core?.receive(.recorded([id]), at: now, into: &outputs)
        }
    }

    /// Lets applications and switch talk until neither has anything left to say at this moment.
    private func settle() {
        while true {
            let hasRun = runs.drain()
            let asked = commands.take()
            for command in asked { core?.receive(.channel(command), at: clock.now, into: &outputs) }
            if !hasRun && asked.isEmpty && outputs.isEmpty { return }
            carryOutOutputs()
        }
    }

    // MARK: The switch

    private func carryOutOutputs() {
        while !outputs.isEmpty {
            var pending: [SwitchOutput] = []
            swap(&pending, &outputs)
            for output in pending { carryOut(output) }
        }
    }

    private func carryOut(_ output: SwitchOutput) {
        switch output {
        case .send(let bytes, let flow):
            let side: Side = flow.remote.address == Side.callers.endpoint.address ? .callers : .carrier
            travel(.toParty(bytes, side), betweenSwitchAnd: side.endpoint.address)
        case .media(let command): obey(command)
        case .channel(let notice): host?.receive([notice])
        case .record(let record): queue.push(.recorded(record.id), at: clock.now)
        default: break
        }
    }

    func travel(_ event: Event, betweenSwitchAnd address: IPAddress) {
        let (first, second) = network.arrivals(betweenSwitchAnd: address, at: clock.now)
        if let first { queue.push(event, at: first) }
        if let second { queue.push(event, at: second) }
    }

    private func obey(_ command: MediaCommand) {
        let now = clock.now
        switch command {
        case .openParty(let id, _):
            let port = ports.take()
            ports.sessions[port] = id
            ports.ports[id] = port
            media.open(id, at: now, into: &output)
            report(.opened(id, callerPorts: [port], calleePorts: [port]))
        case .party(let id, let command): media.receive(command, for: id, at: now, into: &output)
        case .room(let id, let command): media.receive(command, for: id, at: now, into: &output)
        case .open(let id, _, _, _): report(.openFailed(id))
        case .close(let id):
            let statistics = media.statistics(of: id) ?? MediaStatistics()
            media.receive(.close, for: id, at: now, into: &output)
            flush()
            if let port = ports.ports.removeValue(forKey: id) { ports.sessions[port] = nil }
            report(.closed(id, caller: statistics, callee: statistics))
        default: break
        }
        flush()
    }

    private func report(_ event: MediaEvent) { core?.receive(.media(event), at: clock.now, into: &outputs) }

    // MARK: Audio

    /// Sends what the parties of the switch send, and tells it what they report.
    private func flush() {
        guard !output.datagrams.isEmpty || !output.events.isEmpty || !output.roomEvents.isEmpty else { return }
        swap(&output, &spare)
        spare.bytes.withUnsafeBytes { bytes in
            for datagram in spare.datagrams where datagram.component == .rtp {
                let packet = UnsafeRawBufferPointer(
                    rebasing: bytes[datagram.offset..<datagram.offset + datagram.count])
                if ports.sessions[datagram.destination.port] != nil {
                    // From one call of the switch to another one of it: no network in between.
                    let source = Endpoint(datagram.destination.address, ports.ports[datagram.party] ?? 0)
                    queue.push(
                        .audioToSwitch(Array(packet), from: source, port: datagram.destination.port), at: clock.now)
                } else if isPerfect {
                    hear(packet, at: datagram.destination)
                } else {
                    travel(
                        .audioToParty(Array(packet), to: datagram.destination),
                        betweenSwitchAnd: datagram.destination.address)
                }
            }
        }
        for (party, event) in spare.events {
            if case .closed = event { continue }
            report(.party(party, event))
        }
        for (room, event) in spare.roomEvents { report(.room(room, event)) }
        spare.removeAll()
    }

    /// A party hears a packet.
    private func hear(_ packet: UnsafeRawBufferPointer, at endpoint: Endpoint) {
        guard let key = ports.calls[endpoint], let party = calls[key], party.call?.id == key.id else { return }
        let eventType = party.call?.voice?.agreement.eventPayloadType
        party.call?.heard.receive(packet, eventPayloadType: eventType, at: clock.now)
    }

    /// A party of the switch hears a packet.
    private func hear(_ bytes: [UInt8], from source: Endpoint, _ port: UInt16) {
        guard let session = ports.sessions[port] else { return }
        bytes.withUnsafeBytes {
            media.receive($0, from: source, .rtp, for: session, at: clock.now, into: &output)
        }
        flush()
    }

    /// Sends the packets of a party that are due.
    private func speak(_ key: CallKey, from endpoint: Endpoint) {
        guard let party = calls[key], party.call?.id == key.id else { return }
        while let voice = party.call?.voice, voice.nextDeadline <= clock.now {
            guard let packet = party.call?.voice?.nextPacket(), let remote = voice.agreement.remote else { continue }
            if isPerfect {
                hear(packet, from: endpoint, remote.port)
            } else {
                travel(
                    .audioToSwitch(packet, from: endpoint, port: remote.port), betweenSwitchAnd: endpoint.address)
            }
        }
    }
}
