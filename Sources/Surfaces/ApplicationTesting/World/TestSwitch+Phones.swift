import Addresses
import Audio
import SIPMessages
import SIPTransactions
import TestPhone
import Timeline

/// The telephones of the parties: their signalling is that of the test phone.
extension TestSwitch {
    /// A party calls a number.
    func place(_ number: String, by party: Party) {
        begin()
        lastCall += 1
        let id = PhoneCallID(rawValue: lastCall)
        let key = CallKey(side: .callers, id: id)
        party.call = PartyCall(id: id, isIncoming: false)
        party.note("dials \(number)")
        calls[key] = party
        let request = CallRequest(
            "sip:\(number)@\(TestRoutes.server)", from: "sip:\(party.number)@\(TestRoutes.callers)",
            through: TestRoutes.server)
        let flow = Flow(transport: .udp, listener: 0, local: TestRoutes.callers, remote: TestRoutes.server)
        drive(.callers) { $0.receive(.place(id, request, flow), at: self.clock.now, into: &$1) }
    }

    /// A party does something with its call.
    func command(_ input: PhoneCore.Input, of party: Party) {
        guard let call = party.call else { return }
        let now = clock.now
        drive(call.isIncoming ? .carrier : .callers) { $0.receive(input, at: now, into: &$1) }
    }

    /// Gives a datagram to the phones; a call to somebody is treated in his manner.
    func deliver(_ bytes: [UInt8], to side: Side) {
        let now = clock.now
        arriving = nil
        if side == .carrier, let message = try? MessageParser.parse(bytes), message.method == .invite,
            message.isRequest, message.to.tag == nil
        {
            arriving = callee(of: message)
            let policy = AnswerPolicy(arriving?.decision ?? .reject(.notFound))
            drive(side) { $0.receive(.policy(policy), at: now, into: &$1) }
        }
        let flow = Flow(transport: .udp, listener: 0, local: side.endpoint, remote: TestRoutes.server)
        drive(side) { $0.receive(.datagram(bytes, flow), at: now, into: &$1) }
    }

    private func callee(of message: SIPMessage) -> Party? {
        guard let uri = try? message.uri(message.requestURI), let user = uri.user else { return nil }
        return parties[String(decoding: message.copy(user), as: UTF8.self)]
    }

    func drive(_ side: Side, _ action: (inout PhoneCore, inout [PhoneCore.Output]) -> Void) {
        guard var phone = phones[side] else { return }
        var outputs: [PhoneCore.Output] = []
        action(&phone, &outputs)
        phones[side] = phone
        for output in outputs { carryOut(output, side) }
    }

    private func carryOut(_ output: PhoneCore.Output, _ side: Side) {
        switch output {
        case .send(let bytes, _): travel(.toSwitch(bytes, side), betweenSwitchAnd: side.endpoint.address)
        case .openMedia(let id, _): openMedia(CallKey(side: side, id: id))
        case .media(let id, _, let agreement): agree(CallKey(side: side, id: id), agreement)
        case .arrived(let id): arrived(CallKey(side: side, id: id))
        case .event(let id, let event): happened(event, CallKey(side: side, id: id))
        case .ended(let id, let report): ended(CallKey(side: side, id: id), report)
        case .play, .registered: break
        }
    }

    private func openMedia(_ key: CallKey) {
        let port = ports.take()
        let endpoint = Endpoint(key.side.endpoint.address, port)
        ports.calls[endpoint] = key
        with(key) { $0.port = port }
        let now = clock.now
        drive(key.side) { $0.receive(.mediaOpened(key.id, endpoint), at: now, into: &$1) }
    }

    private func agree(_ key: CallKey, _ agreement: MediaAgreement) {
        guard let party = calls[key], party.call?.id == key.id else { return }
        if party.call?.voice == nil {
            party.call?.voice = PartyVoice(agreement, at: clock.now, dice: &dice)
        } else {
            party.call?.voice?.agreement = agreement
        }
    }

    private func arrived(_ key: CallKey) {
        guard let party = arriving else { return }
        party.call = PartyCall(id: key.id, isIncoming: true)
        calls[key] = party
        party.note("is called")
    }

    private func happened(_ event: PhoneEvent, _ key: CallKey) {
        guard let party = calls[key], party.call?.id == key.id else { return }
        switch event {
        case .progress(let status):
            guard status > .trying else { return }
            party.note("rings: \(status.rawValue)")
            party.call?.hasRung = true
        case .answered:
            party.note("the call is answered")
            party.call?.isAnswered = true
            let waiting = party.call?.waiting ?? []
            party.call?.waiting = []
            for action in waiting { with(key) { call in call.voice.modify(action) } }
        case .held: party.note("is put on hold")
        case .resumed: party.note("is taken back from hold")
        case .digit, .heard, .played, .ended: break
        }
    }

    private func ended(_ key: CallKey, _ report: CallReport) {
        guard let party = calls.removeValue(forKey: key), party.call?.id == key.id else { return }
        party.note("the call ends: \(report.status.rawValue) \(report.reason), by the \(report.endedBy.rawValue) side")
        party.call?.report = report
        if let port = party.call?.port { ports.calls[Endpoint(key.side.endpoint.address, port)] = nil }
    }

    private func with(_ key: CallKey, _ change: (inout PartyCall) -> Void) {
        guard let party = calls[key], party.call?.id == key.id else { return }
        party.call.modify(change)
    }
}

extension Party {
    /// What its phone does with the next call.
    fileprivate var decision: AnswerPolicy.Decision {
        switch manner {
        case .answers(let time): .answer(after: time)
        case .rings: .ring
        case .refuses(let status): .reject(StatusCode(rawValue: UInt16(clamping: status)))
        }
    }
}

extension Optional {
    /// Changes the value, where there is one.
    fileprivate mutating func modify(_ change: (inout Wrapped) -> Void) {
        guard var value = self else { return }
        change(&value)
        self = value
    }
}
