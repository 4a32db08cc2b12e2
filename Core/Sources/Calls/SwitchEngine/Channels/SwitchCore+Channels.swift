import CallControl
import MediaSessions
import SDP
import Timeline

/// How a shard drives the channels of applications: their verbs become commands to calls, what happens to calls becomes
/// their events.
extension SwitchCore {
    /// The verbs that the shard itself performs on a channel; nobody waits for them.
    static let ownVerb = VerbID(rawValue: 0)

    mutating func obey(_ command: ChannelCommand, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        switch command {
        case .open(let id, let account):
            channels.insert(ChannelEntry(machine: Channel(id: id, isInbound: false), account: account))
        case .perform(let id, let verb, let name, let arguments):
            guard channels[id] != nil else {
                let refusal = VerbRefusal(.hangup, name.name, in: .idle, .clearing)
                return outputs.append(.channel(.completed(id, verb, .refused(refusal))))
            }
            if let reason = flaw(in: arguments) {
                let state = channels[id]?.machine.state ?? .idle
                return outputs.append(
                    .channel(.completed(id, verb, .refused(VerbRefusal(.error, name.name, in: state, reason)))))
            }
            channels[id]?.arguments.append((verb, arguments))
            feed(.verb(verb, completed(name)), to: id, now)
        case .media(let id, let command): ask(command, of: id, now, &outputs)
        case .enter(let id, let job, let visit): enter(id, job, visit, now, &outputs)
        case .conference(let order): obey(order, now, &outputs)
        case .abandon(let id, let verb): feed(.abandoned(verb), to: id, now)
        case .close(let id): close(id, now)
        }
    }

    /// What of the arguments cannot be sent; nil where everything can.
    private func flaw(in arguments: ChannelArguments) -> VerbRefusal.Reason? {
        if let bad = PassedHeader.firstUnsendable(of: arguments.passedHeaders) {
            return .badHeader(String(decoding: bad.name, as: UTF8.self))
        }
        let unknown = arguments.codecs.first { name in !configuration.codecs.contains { $0.isEncoding(named: name) } }
        return unknown.map { .badCodec(String(decoding: $0, as: UTF8.self)) }
    }

    /// The codecs that an application names, best first; all of ours where it names none.
    func codecs(of arguments: ChannelArguments) -> [RTPMap] {
        guard !arguments.codecs.isEmpty else { return configuration.codecs }
        return arguments.codecs.reduce(into: []) { codecs, name in
            codecs += configuration.codecs.filter { $0.isEncoding(named: name) && !codecs.contains($0) }
        }
    }

    /// The verb with what the other channel of it is at this moment.
    private func completed(_ verb: ChannelVerb) -> ChannelVerb {
        switch verb {
        case .connect(let peer): return .connect(known(peer))
        case .transfer(let peer, let timeout): return .transfer(known(peer), timeout: timeout)
        case .referReplacing(let peer, let timeout): return .referReplacing(known(peer), timeout: timeout)
        case .ring, .answer, .reject, .hangUp, .call, .startCall, .waitForAnswer, .waitForIdle, .disconnect, .hold,
            .ringOn, .resume, .refer, .answerTransfer, .retrieve, .waitForRetrieval:
            return verb
        }
    }

    /// A channel that nobody knows is in error, which suits no verb.
    private func known(_ peer: ChannelPeer) -> ChannelPeer {
        channels[peer.id]?.machine.peer ?? ChannelPeer(id: peer.id, state: .error, isAudioTaken: true)
    }

    private mutating func close(_ id: ChannelID, _ now: Instant) {
        guard let handle = channels.handle(of: id) else { return }
        let isUnused = channels.update(handle) { entry in
            entry.isClosed = true
            return entry.call == nil && entry.seat == nil
        }
        if isUnused == true { return channels.remove(id) }
        feed(.verb(Self.ownVerb, .hangUp), to: id, now)
    }

    /// Gives a channel an event and takes note of what it wants and when it wants to be woken.
    mutating func feed(_ event: ChannelEvent, to id: ChannelID, _ now: Instant) {
        withChannel(id) { $0.receive(event, at: now, into: &$1) }
    }

    mutating func channelTimeElapsed(_ handle: SlotHandle, _ now: Instant) {
        guard let id = channels.id(at: handle) else { return }
        withChannel(id) { $0.timeElapsed(at: now, into: &$1) }
    }

    private mutating func withChannel(_ id: ChannelID, _ body: (inout Channel, inout [ChannelEffect]) -> Void) {
        guard let handle = channels.handle(of: id) else { return }
        var effects: [ChannelEffect] = []
        let deadline = channels.update(handle) { entry in
            body(&entry.machine, &effects)
            return entry.machine.nextDeadline
        }
        channels.effects.append(contentsOf: effects.map { (id, $0) })
        channels.timers.reschedule(handle, at: deadline ?? nil)
    }

    // MARK: What channels want

    mutating func carryOut(
        _ effect: ChannelEffect, of id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        switch effect {
        case .ring(let withEarlyMedia): command(.ring(withEarlyMedia: withEarlyMedia), id, now)
        case .answer: command(.answer, id, now)
        case .reject(let status, let cause): command(.reject(status, q850: cause), id, now)
        case .release, .giveUp:
            if channels[id]?.seat?.isOwn == true { return leaveConference(id, .left, now, &outputs) }
            command(effect == .release ? .release : .giveUp, id, now)
        case .failInBand(let cause): command(.failInBand(cause), id, now)
        case .hold where channels[id]?.call == nil: feed(.holdRefused, to: id, now)
        case .hold: command(.hold(true), id, now)
        case .resume: command(.hold(false), id, now)
        case .place(let verb): place(arguments(of: verb, id), on: id, now, &outputs)
        case .placeTarget(let target, let verb): placeTarget(target, arguments(of: verb, id), for: id, now)
        case .releaseTarget(let target):
            channels[target]?.transferredFrom = nil
            feed(.verb(Self.ownVerb, .hangUp), to: target, now)
        case .join(let other): join(id, other, now, &outputs)
        case .part: part(id, now, &outputs)
        case .ringback(let isOn): playRingback(isOn, id, &outputs)
        case .refer(let verb, let other): refer(arguments(of: verb, id), replacing: other, for: id, now)
        case .answerTransfer(let isAccepted): command(.answerTransfer(isAccepted: isAccepted), id, now)
        case .changed(let state): changed(id, state, now, &outputs)
        case .completed(let verb, let outcome):
            guard verb != Self.ownVerb else { return }
            channels[id]?.arguments.removeAll { $0.verb == verb }
            outputs.append(.channel(.completed(id, verb, outcome)))
        }
    }

    private func arguments(of verb: VerbID, _ id: ChannelID) -> ChannelArguments {
        channels[id]?.arguments.first { $0.verb == verb }?.said ?? ChannelArguments()
    }

    mutating func command(_ command: ApplicationCommand, _ id: ChannelID, _ now: Instant) {
        guard let call = channels[id]?.call else { return }
        switch command {
        case .ring, .answer, .reject, .release, .giveUp:
            let said = channels[id]?.arguments.last?.said ?? ChannelArguments()
            let headers = said.passedHeaders
            if !headers.isEmpty { withCall(call) { $0.receive(.application(.carry(headers)), at: now, into: &$1) } }
            if !said.codecs.isEmpty {
                let codecs = codecs(of: said)
                withCall(call) { $0.receive(.application(.prefer(codecs)), at: now, into: &$1) }
            }
        case .failInBand, .hold, .inform, .refer, .carry, .prefer, .answerTransfer: break
        }
        withCall(call) { $0.receive(.application(command), at: now, into: &$1) }
    }

    private mutating func changed(
        _ id: ChannelID, _ state: ChannelState, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        guard let entry = channels[id] else { return }
        // The machine may be further already: a call that could not be placed has begun all the same.
        var report = entry.report
        report.state = state
        if state == .idle { report.ending = entry.call.flatMap { calls.read($0) { $0.call.ending } ?? nil } }
        if state != .idle { report.cause = .normal }
        outputs.append(.channel(.changed(id, report)))
        if let origin = entry.transferredFrom { tell(origin, of: entry, state, now) }
        guard state == .idle else {
            if state != .answered, entry.seat?.isOwn == false { leaveConference(id, .left, now, &outputs) }
            return
        }
        leaveConference(id, .callEnded, now, &outputs)
        channels[id]?.call = nil
        channels[id]?.transferredFrom = nil
        channels[id]?.transmissions = []
        feed(.transmitting(false), to: id, now)
        if entry.isClosed { channels.remove(id) }
    }

    /// Tells a channel what happens to the call that it transfers its own to.
    private mutating func tell(_ origin: ChannelID, of target: ChannelEntry, _ state: ChannelState, _ now: Instant) {
        switch state {
        case .ringOutgoing: feed(.target(.ringing), to: origin, now)
        case .answered: feed(.target(.answered), to: origin, now)
        case .idle: feed(.target(.cleared(target.machine.cause)), to: origin, now)
        case .waiting, .callIncoming, .ringIncoming, .answering, .callOutgoing, .holding, .onHold, .transferring,
            .transferred, .reconnecting, .error:
            break
        }
    }

    private mutating func placeTarget(
        _ target: ChannelID, _ arguments: ChannelArguments, for id: ChannelID, _ now: Instant
    ) {
        channels[target]?.transferredFrom = id
        channels[target]?.arguments.removeAll { $0.verb == Self.ownVerb }
        channels[target]?.arguments.append((Self.ownVerb, arguments))
        feed(.verb(Self.ownVerb, .startCall), to: target, now)
    }
}
