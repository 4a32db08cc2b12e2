import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// The called side (RFC 3261 §13.3), and requests inside dialogs.
extension PhoneCore {
    mutating func request(
        _ message: SIPMessage, _ transaction: ServerTransactionID, from flow: Flow, at now: Instant,
        into outputs: inout [Output]
    ) {
        if message.to.tag != nil {
            if let id = legs.values.first(where: { $0.dialog.matches(message) })?.id {
                dialogRequest(id, message, transaction, from: flow, at: now, into: &outputs)
            } else {
                simply(.callDoesNotExist, message, transaction, flow, at: now, into: &outputs)
            }
            return
        }
        switch message.method {
        case .invite: invited(message, transaction, from: flow, at: now, into: &outputs)
        case .options: simply(.ok, message, transaction, flow, at: now, into: &outputs)
        case .bye, .update, .info, .prack:
            simply(.callDoesNotExist, message, transaction, flow, at: now, into: &outputs)
        case .ack, .cancel: break
        case .register, .refer, .notify, .subscribe, .message, .publish, .unknown:
            simply(.methodNotAllowed, message, transaction, flow, at: now, into: &outputs)
        }
    }

    /// A response without a dialog and without more than its status says.
    private mutating func simply(
        _ status: StatusCode, _ message: SIPMessage, _ transaction: ServerTransactionID, _ flow: Flow,
        at now: Instant, into outputs: inout [Output]
    ) {
        let tag = token(10)
        let response = MessageWriter.response(
            to: message, status: status, receivedFrom: flow.remote, toTag: tag
        ) { writer in
            if status.isSuccess || status == .methodNotAllowed { writer.header(.allow, PhoneMessage.allow) }
            if status.isSuccess { writer.header(.accept, "application/sdp") }
            if status == .badExtension { writer.copyRequired(message) }
        }
        respond(transaction, status, response, at: now, into: &outputs)
    }

    private mutating func invited(
        _ message: SIPMessage, _ transaction: ServerTransactionID, from flow: Flow, at now: Instant,
        into outputs: inout [Output]
    ) {
        guard message.count(of: .require) == 0 else {
            return simply(.badExtension, message, transaction, flow, at: now, into: &outputs)
        }
        let id = mintIncoming()
        var dialog = PhoneDialog(
            callID: message.copy(message.callID), localAddress: message.unfolded(message.to.value),
            localTag: token(10), remoteAddress: Self.withoutTag(message),
            remoteTag: message.from.tag.map(message.copy) ?? [], remoteTarget: message.copy(message.from.uri),
            routes: message.values(of: .recordRoute).map(message.unfolded), flow: flow)
        dialog.remoteSequence = message.cSeq.number
        dialog.refreshTarget(message)
        var incoming = PhoneLeg.Incoming(policy: policy, invitation: message, transaction: transaction)
        let hasOffer = !message.body.isEmpty && message.hasContentType("application/sdp")
        incoming.offer = hasOffer ? PhoneDescription(parsing: message.copy(message.body)) : nil
        let agreement = incoming.offer?.agreement(policy.media.codecs)
        legs[id] = PhoneLeg(
            id: id, dialog: dialog, incoming: incoming, times: PhoneLeg.Times(began: now), plan: policy.media,
            session: dice.next() >> 2,
            report: CallReport(
                direction: .incoming, callID: String(decoding: dialog.callID, as: UTF8.self),
                from: String(decoding: message.copy(message.from.uri), as: UTF8.self),
                to: String(decoding: message.copy(message.requestURI), as: UTF8.self)))
        outputs.append(.arrived(id))
        if case .reject(let status) = policy.decision {
            refuse(id, status, by: .local, at: now, into: &outputs)
        } else if legs.count > policy.maximumCalls {
            refuse(id, .busyHere, by: .local, at: now, into: &outputs)
        } else if hasOffer && agreement == nil {
            refuse(id, .notAcceptableHere, by: .local, at: now, into: &outputs)
        } else {
            outputs.append(.openMedia(id, flow.local.address))
        }
    }

    mutating func mediaOpened(
        _ id: PhoneCallID, _ local: Endpoint?, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], leg.state == .preparing else { return }
        guard let local else {
            legs[id]?.report.reason = "no audio socket"
            if leg.incoming != nil {
                refuse(id, .serverInternalError, by: .local, at: now, into: &outputs)
            } else {
                end(id, by: .local, at: now, into: &outputs)
            }
            return
        }
        legs[id]?.localMedia = local
        if let outgoing = leg.outgoing {
            legs[id]?.deadlines.giveUp = outgoing.request.patience.map { now + $0 }
            sendInvite(id, at: now, into: &outputs)
        } else {
            ring(id, at: now, into: &outputs)
        }
    }

    private mutating func ring(_ id: PhoneCallID, at now: Instant, into outputs: inout [Output]) {
        legs[id]?.state = .ringing
        legs[id]?.times.rang = now
        guard let leg = legs[id], let incoming = leg.incoming else { return }
        let isEarly = incoming.policy.sendsEarlyMedia && incoming.offer != nil
        let status: StatusCode = isEarly ? .sessionProgress : .ringing
        let body = isEarly ? answerBody(id, into: &outputs) : []
        let response = PhoneMessage.response(
            to: incoming.invitation, status, from: leg.dialog.flow, dialog: leg.dialog, body: body)
        respond(incoming.transaction, status, response, at: now, into: &outputs)
        outputs.append(.event(id, .progress(status)))
        if isEarly { outputs.append(.play(id)) }
        if case .answer(let delay) = incoming.policy.decision {
            legs[id]?.deadlines.answer = now + delay
            if delay <= .zero { answer(id, at: now, into: &outputs) }
        }
    }

    /// Our description for the next response: the answer to the offer, or an offer where there was none.
    private mutating func answerBody(_ id: PhoneCallID, into outputs: inout [Output]) -> [UInt8] {
        guard let leg = legs[id], let local = leg.localMedia else { return [] }
        guard let offer = leg.incoming?.offer, let agreement = offer.agreement(leg.plan.codecs) else {
            legs[id]?.awaitsAnswerInACK = true
            return PhoneDescription.offer(leg.plan.codecs, at: local, session: leg.session, version: leg.sessionVersion)
        }
        agree(id, agreement, into: &outputs)
        return offer.answer(agreement, at: local, session: leg.session, version: leg.sessionVersion)
    }

    mutating func answer(_ id: PhoneCallID, at now: Instant, into outputs: inout [Output]) {
        legs[id]?.deadlines.answer = nil
        guard let leg = legs[id], let incoming = leg.incoming, leg.state == .ringing else { return }
        legs[id]?.state = .answered
        legs[id]?.times.answered = now
        legs[id]?.report.status = .ok
        legs[id]?.report.reason = "OK"
        let body = answerBody(id, into: &outputs)
        let response = PhoneMessage.response(
            to: incoming.invitation, .ok, from: leg.dialog.flow, dialog: leg.dialog, body: body)
        sendAnswer(id, response, incoming.transaction, at: now, into: &outputs)
    }

    /// Sends a 200 to INVITE and repeats it until the ACK (RFC 3261 §13.3.1.4).
    private mutating func sendAnswer(
        _ id: PhoneCallID, _ response: [UInt8], _ transaction: ServerTransactionID, at now: Instant,
        into outputs: inout [Output]
    ) {
        legs[id]?.incoming?.answer = response
        legs[id]?.incoming?.transaction = transaction
        legs[id]?.deadlines.interval = timers.t1
        legs[id]?.deadlines.repetition = now + timers.t1
        legs[id]?.deadlines.acknowledgement = now + timers.giveUp
        respond(transaction, .ok, response, at: now, into: &outputs)
    }

    mutating func repeatAnswer(_ id: PhoneCallID, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs[id], let incoming = leg.incoming else { return }
        let interval = min(leg.deadlines.interval * 2, timers.t2)
        legs[id]?.deadlines.interval = interval
        legs[id]?.deadlines.repetition = now + interval
        respond(incoming.transaction, .ok, incoming.answer, at: now, into: &outputs)
    }

    mutating func acknowledged(_ message: SIPMessage, at now: Instant, into outputs: inout [Output]) {
        guard let leg = legs.values.first(where: { $0.dialog.matches(message) }) else { return }
        let id = leg.id
        legs[id]?.incoming?.answer = []
        legs[id]?.deadlines.repetition = nil
        legs[id]?.deadlines.acknowledgement = nil
        if leg.awaitsAnswerInACK {
            legs[id]?.awaitsAnswerInACK = false
            let answer = PhoneDescription(parsing: message.copy(message.body))
            if let agreement = answer?.agreement(leg.plan.codecs) { agree(id, agreement, into: &outputs) }
        }
        guard leg.state == .answered else { return }
        legs[id]?.state = .established
        outputs.append(.event(id, .answered))
        outputs.append(.play(id))
        if leg.deadlines.hangUp == .distantFuture || legs[id]?.agreement == nil {
            hangUp(id, at: now, into: &outputs)
        } else if let duration = leg.incoming?.policy.duration, leg.deadlines.hangUp == nil {
            legs[id]?.deadlines.hangUp = (leg.times.answered ?? now) + duration
        }
    }

    mutating func cancelled(
        _ transaction: ServerTransactionID, _ message: SIPMessage, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs.values.first(where: { $0.incoming?.transaction == transaction }) else { return }
        guard leg.state == .ringing || leg.state == .preparing else { return }
        legs[leg.id]?.report.clearingReason = Self.clearingReason(of: message)
        refuse(leg.id, .requestTerminated, by: .remote, at: now, into: &outputs)
    }

    private mutating func dialogRequest(
        _ id: PhoneCallID, _ message: SIPMessage, _ transaction: ServerTransactionID, from flow: Flow,
        at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id] else { return }
        if let last = leg.dialog.remoteSequence, message.cSeq.number <= last {
            return simply(.serverInternalError, message, transaction, flow, at: now, into: &outputs)
        }
        legs[id]?.dialog.remoteSequence = message.cSeq.number
        switch message.method {
        case .bye: byeReceived(id, message, transaction, from: flow, at: now, into: &outputs)
        case .invite, .update:
            offered(id, message, transaction, from: flow, at: now, into: &outputs)
        case .info, .options, .notify, .message:
            simply(.ok, message, transaction, flow, at: now, into: &outputs)
        case .ack, .cancel: break
        case .register, .prack, .refer, .subscribe, .publish, .unknown:
            simply(.methodNotAllowed, message, transaction, flow, at: now, into: &outputs)
        }
    }

    private mutating func byeReceived(
        _ id: PhoneCallID, _ message: SIPMessage, _ transaction: ServerTransactionID, from flow: Flow,
        at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id] else { return }
        simply(.ok, message, transaction, flow, at: now, into: &outputs)
        legs[id]?.report.clearingReason = Self.clearingReason(of: message)
        if leg.state == .ringing {
            refuse(id, .requestTerminated, by: .remote, at: now, into: &outputs)
        } else if leg.state != .ending {
            end(id, by: .remote, at: now, into: &outputs)
        }
    }

    /// A re-INVITE or UPDATE: the offer is answered in its own direction; one without an offer gets ours.
    private mutating func offered(
        _ id: PhoneCallID, _ message: SIPMessage, _ transaction: ServerTransactionID, from flow: Flow,
        at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], let local = leg.localMedia else { return }
        let isInvite = message.method == .invite
        guard leg.state == .established || leg.state == .ending || !isInvite else {
            return simply(.requestPending, message, transaction, flow, at: now, into: &outputs)
        }
        var body: [UInt8] = []
        if !message.body.isEmpty && message.hasContentType("application/sdp") {
            let offer = PhoneDescription(parsing: message.copy(message.body))
            guard let offer, let agreement = offer.agreement(leg.plan.codecs) else {
                return simply(.notAcceptableHere, message, transaction, flow, at: now, into: &outputs)
            }
            if agreement != leg.agreement { legs[id]?.sessionVersion += 1 }
            agree(id, agreement, into: &outputs)
            let version = legs[id]?.sessionVersion ?? 1
            body = offer.answer(agreement, at: local, session: leg.session, version: version)
        } else if isInvite {
            legs[id]?.awaitsAnswerInACK = true
            body = PhoneDescription.offer(
                leg.plan.codecs, at: local, session: leg.session, version: leg.sessionVersion)
        }
        legs[id]?.dialog.refreshTarget(message)
        legs[id]?.dialog.flow = flow
        let response = PhoneMessage.response(to: message, .ok, from: flow, dialog: leg.dialog, body: body)
        guard isInvite else { return respond(transaction, .ok, response, at: now, into: &outputs) }
        if leg.incoming == nil {
            legs[id]?.incoming = PhoneLeg.Incoming(
                policy: AnswerPolicy(), invitation: message, transaction: transaction)
        }
        sendAnswer(id, response, transaction, at: now, into: &outputs)
    }

    /// The From value without its tag, which requests of ours add again as the To tag.
    private static func withoutTag(_ message: SIPMessage) -> [UInt8] {
        let display = message.from.display.map { message.unfolded($0) + [UInt8(ascii: " ")] } ?? []
        return display + [UInt8(ascii: "<")] + message.unfolded(message.from.uri) + [UInt8(ascii: ">")]
    }
}

extension MessageWriter {
    /// Lists what a request requires as unsupported: a phone supports no extension (RFC 3261 §8.2.2.3).
    fileprivate mutating func copyRequired(_ message: SIPMessage) {
        for option in message.values(of: .require) { header(.unsupported, message.unfolded(option)) }
    }
}
