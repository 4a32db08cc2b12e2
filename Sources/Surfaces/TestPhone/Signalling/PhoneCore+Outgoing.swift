import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// The calling side (RFC 3261 §13.2).
extension PhoneCore {
    mutating func place(
        _ id: PhoneCallID, _ request: CallRequest, over flow: Flow, at now: Instant, into outputs: inout [Output]
    ) {
        let from = request.from ?? "sip:phone@\(flow.local)"
        let callID = token(20) + [UInt8(ascii: "@")] + Array(flow.local.address.description.utf8)
        let dialog = PhoneDialog(
            callID: callID, localAddress: Array("<\(from)>".utf8), localTag: token(10),
            remoteAddress: Array("<\(request.target)>".utf8), remoteTarget: Array(request.target.utf8), flow: flow)
        legs[id] = PhoneLeg(
            id: id, dialog: dialog, outgoing: PhoneLeg.Outgoing(request: request), times: PhoneLeg.Times(began: now),
            plan: request.media, session: dice.next() >> 2,
            report: CallReport(
                direction: .outgoing, callID: String(decoding: callID, as: UTF8.self), from: from, to: request.target))
        outputs.append(.openMedia(id, flow.local.address))
    }

    mutating func sendInvite(_ id: PhoneCallID, at now: Instant, into outputs: inout [Output]) {
        legs[id]?.dialog.localSequence += 1
        guard let leg = legs[id], let outgoing = leg.outgoing, let local = leg.localMedia else { return }
        legs[id]?.state = .inviting
        let offer = PhoneDescription.offer(
            leg.plan.codecs, at: local, session: leg.session, version: leg.sessionVersion)
        let request = PhoneMessage.Request(
            method: .invite, sequence: leg.dialog.localSequence, authorization: outgoing.authorization, body: offer)
        let transaction = send(
            request, leg.dialog, over: leg.dialog.flow, user: Self.user(.invite, id.rawValue), at: now, into: &outputs)
        legs[id]?.outgoing?.invite = transaction
    }

    mutating func inviteAnswered(
        _ id: PhoneCallID, _ response: SIPMessage, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], leg.outgoing != nil else { return }
        if status.isProvisional {
            progress(id, response, status, at: now, into: &outputs)
        } else if status.isSuccess {
            succeeded(id, response, status, at: now, into: &outputs)
        } else if leg.state == .inviting || leg.state == .cancelling {
            refused(id, response, status, at: now, into: &outputs)
        }
    }

    private mutating func progress(
        _ id: PhoneCallID, _ response: SIPMessage, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard legs[id]?.state == .inviting else { return }
        if status > .trying && legs[id]?.times.rang == nil { legs[id]?.times.rang = now }
        outputs.append(.event(id, .progress(status)))
        takeAnswer(id, response, into: &outputs)
    }

    private mutating func succeeded(
        _ id: PhoneCallID, _ response: SIPMessage, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], let outgoing = leg.outgoing else { return }
        if let acknowledgement = outgoing.acknowledgement {
            if response.to.tag.map({ response.equals($0, leg.dialog.remoteTag) }) ?? true {
                outputs.append(.send(acknowledgement.bytes, acknowledgement.flow))
            } else {
                refuseFork(leg, response, at: now, into: &outputs)
            }
            return
        }
        legs[id]?.dialog.establish(response)
        legs[id]?.report.status = status
        legs[id]?.report.reason = Self.reasonPhrase(of: response)
        legs[id]?.times.answered = now
        acknowledge(id, into: &outputs)
        takeAnswer(id, response, into: &outputs)
        guard leg.state == .inviting, legs[id]?.agreement != nil else {
            // The CANCEL crossed the 200, or the answer is none: the call is up and must be ended (RFC 3261 §15).
            legs[id]?.state = .established
            hangUp(id, at: now, into: &outputs)
            return
        }
        legs[id]?.state = .established
        legs[id]?.deadlines = PhoneLeg.Deadlines(hangUp: outgoing.request.duration.map { now + $0 })
        outputs.append(.event(id, .answered))
        outputs.append(.play(id))
    }

    private mutating func acknowledge(_ id: PhoneCallID, into outputs: inout [Output]) {
        guard let leg = legs[id] else { return }
        let acknowledgement = self.acknowledgement(leg.dialog, leg.outgoing?.authorization)
        legs[id]?.outgoing?.acknowledgement = acknowledgement
        outputs.append(.send(acknowledgement.bytes, acknowledgement.flow))
    }

    /// The ACK of a 2xx: a request of its own with the INVITE's number and credentials (RFC 3261 §13.2.2.4).
    private mutating func acknowledgement(
        _ dialog: PhoneDialog, _ authorization: (name: HeaderName, credentials: DigestCredentials)?
    ) -> (bytes: [UInt8], flow: Flow) {
        let request = PhoneMessage.Request(
            method: .ack, sequence: dialog.localSequence, branch: Array("z9hG4bK".utf8) + token(16),
            authorization: authorization)
        let flow = dialog.nextFlow
        return (PhoneMessage.request(request, dialog, over: flow), flow)
    }

    /// A second branch of a forked INVITE was answered too: it is acknowledged and ended.
    private mutating func refuseFork(
        _ leg: PhoneLeg, _ response: SIPMessage, at now: Instant, into outputs: inout [Output]
    ) {
        var dialog = leg.dialog
        dialog.establish(response)
        let (bytes, flow) = acknowledgement(dialog, leg.outgoing?.authorization)
        outputs.append(.send(bytes, flow))
        let bye = PhoneMessage.Request(method: .bye, sequence: dialog.localSequence + 1)
        _ = send(bye, dialog, over: flow, user: .none, at: now, into: &outputs)
    }

    private mutating func refused(
        _ id: PhoneCallID, _ response: SIPMessage, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard let leg = legs[id], let outgoing = leg.outgoing else { return }
        let retry = authorization(
            for: response, outgoing.request.credentials, attempts: outgoing.attempts, method: .invite,
            uri: leg.dialog.remoteTarget)
        if let retry, leg.state == .inviting {
            legs[id]?.outgoing?.attempts += 1
            legs[id]?.outgoing?.authorization = retry
            sendInvite(id, at: now, into: &outputs)
            return
        }
        legs[id]?.report.status = status
        legs[id]?.report.reason = Self.reasonPhrase(of: response)
        legs[id]?.report.clearingReason = Self.clearingReason(of: response)
        end(id, by: leg.state == .cancelling ? .local : .remote, at: now, into: &outputs)
    }

    /// Takes the answer to our offer from a response, where it carries one.
    private mutating func takeAnswer(_ id: PhoneCallID, _ response: SIPMessage, into outputs: inout [Output]) {
        guard response.hasContentType("application/sdp"), !response.body.isEmpty, let leg = legs[id],
            let agreement = PhoneDescription(parsing: response.copy(response.body))?.agreement(leg.plan.codecs)
        else { return }
        agree(id, agreement, into: &outputs)
    }

    /// Adopts what was agreed on and tells the audio stream, where it changed.
    mutating func agree(_ id: PhoneCallID, _ agreement: MediaAgreement, into outputs: inout [Output]) {
        guard let leg = legs[id], leg.agreement != agreement else { return }
        legs[id]?.agreement = agreement
        outputs.append(.media(id, leg.plan, agreement))
        guard let former = leg.agreement, leg.state != .inviting else { return }
        outputs.append(.event(id, agreement.isHeld && !former.isHeld ? .held : .resumed))
    }

    static func reasonPhrase(of response: SIPMessage) -> String {
        guard case .response(_, let reason) = response.startLine else { return "" }
        return String(decoding: response.copy(reason), as: UTF8.self)
    }

    static func clearingReason(of message: SIPMessage) -> String {
        message.first(.reason).map { String(decoding: message.unfolded($0), as: UTF8.self) } ?? ""
    }
}
