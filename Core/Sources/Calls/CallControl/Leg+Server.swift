import SIPDialogs
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// What a leg does as the server of its peer's INVITE and of requests inside the dialog.
extension Leg {
    /// The caller's leg: `invitation` is its INVITE; answers 100 at once (RFC 3261 §8.2.6.1).
    public init(
        serving invitation: SIPMessage, _ transaction: ServerTransactionID, over flow: Flow,
        identity: LegIdentity
    ) {
        self.init(
            role: .server, call: identity.call, user: identity.user, localTag: identity.tag, flow: flow,
            invitation: PendingRequest(invitation, transaction))
    }

    /// Sends the 100 that stops the caller's retransmissions.
    public func sendTrying(at now: Instant, through userAgent: inout UserAgentCore) {
        guard let invitation else { return }
        userAgent.respond(
            to: invitation.message, invitation.transaction, OutgoingResponse(.trying, source: flow.remote), at: now)
    }

    // MARK: Requests

    mutating func receive(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, _ now: Instant,
        _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        guard admit(request, id, now, &userAgent) else { return }
        switch request.method {
        case .bye: receiveBye(request, id, now, &userAgent, &events)
        case .invite: receiveRenegotiation(request, id, now, &userAgent, &events)
        case .info: receiveInformation(request, id, now, &userAgent, &events)
        case .options: respond(to: request, id, .ok, now, &userAgent)
        case .refer: receiveRefer(request, id, now, &userAgent, &events)
        case .notify: receiveNotification(request, id, now, &userAgent, &events)
        case .ack, .cancel: break
        case .register, .update, .prack, .subscribe, .message, .publish, .unknown:
            respond(to: request, id, .methodNotAllowed, now, &userAgent)
        }
    }

    /// Whether the request is in order inside its dialog; if not, it has been answered (RFC 3261 §12.2.2).
    private mutating func admit(
        _ request: SIPMessage, _ id: ServerTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore
    ) -> Bool {
        if state == .ended || (dialog == nil && !(role == .server && request.method == .bye)) {
            respond(to: request, id, .callDoesNotExist, now, &userAgent)
            return false
        }
        guard dialog != nil else { return true }
        switch dialog?.admit(request) {
        case .inOrder, nil: return true
        case .outOfOrder, .repeated:
            respond(to: request, id, .serverInternalError, now, &userAgent)
            return false
        }
    }

    private mutating func receiveBye(
        _ request: SIPMessage, _ id: ServerTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        respond(to: request, id, .ok, now, &userAgent)
        answerPendingRequests(now, &userAgent)
        cancelRenegotiation(now, &userAgent)
        if state == .ending {
            if requests.bye == nil { state = .ended }
            return
        }
        let kind: Release.Kind = state == .inviting ? .cancel : .bye
        finish()
        events.append(.released(Self.release(kind, told: request)))
    }

    private mutating func receiveRenegotiation(
        _ request: SIPMessage, _ id: ServerTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        guard state != .ending else { return respond(to: request, id, .callDoesNotExist, now, &userAgent) }
        switch inviteTurn {
        case .peers:
            // RFC 3261 §14.2: a second INVITE before the answer to the first
            let wait = 1 + userAgent.identifiers.number(below: 10)
            userAgent.respond(
                to: request, id, OutgoingResponse(.serverInternalError, source: flow.remote), at: now
            ) { $0.header(.retryAfter, wait) }
        case .ours: respond(to: request, id, .requestPending, now, &userAgent)
        case .free:
            refreshTarget(from: request)
            renegotiation = PendingRequest(request, id)
            userAgent.respond(to: request, id, OutgoingResponse(.trying, source: flow.remote), at: now)
            events.append(.offered(description: Self.description(of: request)))
        }
    }

    private mutating func receiveInformation(
        _ request: SIPMessage, _ id: ServerTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        guard state == .confirmed || state == .answered, information == nil else {
            respond(to: request, id, state == .ending ? .callDoesNotExist : .serverInternalError, now, &userAgent)
            return
        }
        information = PendingRequest(request, id)
        let type = request.first(.contentType).map { request.unfolded($0) } ?? []
        events.append(.information(contentType: type, body: request.copy(request.body)))
    }

    mutating func receiveCancel(
        _ request: SIPMessage, _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        if let pending = renegotiation, pending.message.cSeq.number == request.cSeq.number {
            respond(to: pending.message, pending.transaction, .requestTerminated, now, &userAgent)
            renegotiation = nil
            return
        }
        guard role == .server, state == .inviting else { return }
        answerPendingRequests(now, &userAgent)
        finish()
        events.append(.released(Self.release(.cancel, told: request)))
    }

    mutating func receiveAcknowledgement(
        _ request: SIPMessage, _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        guard let success = unacknowledgedSuccess, success.number == request.cSeq.number else { return }
        unacknowledgedSuccess = nil
        if state == .answered { state = .confirmed }
        if let release = postponedRelease {
            postponedRelease = nil
            sendBye(release, now, &userAgent)
        } else if success.carriesOffer {
            events.append(.acknowledged(description: Self.description(of: request)))
        }
    }

    // MARK: Answers

    /// Sends a provisional answer to the caller.
    mutating func ring(
        _ status: StatusCode, _ description: [UInt8]?, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        guard role == .server, state == .inviting, let invitation else { return }
        remember(description)
        let bytes = responseBytes(to: invitation, status, description, takeCarried(), userAgent)
        userAgent.transactions.respond(
            invitation.transaction, status: status, response: bytes, at: now, into: &userAgent.effects)
    }

    /// The header fields that the next message carries; they are written once.
    mutating func takeCarried() -> [PassedHeader] {
        defer { carried = [] }
        return carried
    }

    /// Accepts the INVITE or the re-INVITE.
    mutating func answer(_ description: [UInt8]?, _ now: Instant, _ userAgent: inout UserAgentCore) {
        let isFirst = role == .server && state == .inviting
        guard let pending = isFirst ? invitation.take() : renegotiation.take() else { return }
        if isFirst {
            dialog = Dialog(asServer: pending.message, over: flow, localTag: localTag)
            dialog?.confirm()
            if let dialog { flow = flow.toward(dialog.nextHop) }
            state = .answered
        }
        let agreed = agreeSession(with: pending.message, at: now)
        remember(description)
        let bytes = responseBytes(to: pending, .ok, description, takeCarried(), userAgent) { writer in
            guard let agreed else { return }
            if agreed.isRequired { writer.header(.require, "timer") }
            writer.begin(.sessionExpires)
            writer.append(agreed.seconds)
            writer.append(agreed.isOurs ? ";refresher=uas" : ";refresher=uac")
            writer.end()
        }
        userAgent.transactions.respond(
            pending.transaction, status: .ok, response: bytes, at: now, into: &userAgent.effects)
        unacknowledgedSuccess = UnacknowledgedSuccess(
            machine: SuccessRetransmission(
                hasUnreliableHop: SuccessRetransmission.hasUnreliableHop(pending.message, over: flow),
                timers: userAgent.settings.timers, at: now),
            response: bytes,
            number: pending.message.cSeq.number, transaction: pending.transaction,
            carriesOffer: description != nil && !Self.hasDescription(pending.message))
    }

    /// Refuses the INVITE, which ends the leg, or the re-INVITE, which does not.
    mutating func reject(_ failure: Failure, _ now: Instant, _ userAgent: inout UserAgentCore) {
        let isFirst = role == .server && state == .inviting
        guard let pending = isFirst ? invitation : renegotiation else { return }
        let response = OutgoingResponse(failure.status, toTag: localTag, source: flow.remote, phrase: failure.phrase)
        let carried = takeCarried()
        userAgent.respond(to: pending.message, pending.transaction, response, at: now) { writer in
            for header in carried { writer.header(named: header.name, value: header.value) }
            if let seconds = failure.retryAfter { writer.header(.retryAfter, Int(seconds)) }
            if let cause = failure.cause { Self.writeReason(Release(.commanded, cause: cause), to: &writer) }
            if failure.status == .methodNotAllowed { writer.header(.allow, SupportedMethods.allow) }
            for contact in failure.contacts { writer.header(.contact, contact) }
        }
        if isFirst { finish() } else { renegotiation = nil }
    }

    /// Repeats the 2xx; gives up after 64·T1 (RFC 3261 §13.3.1.4).
    mutating func repeatSuccess(_ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]) {
        guard let deadline = unacknowledgedSuccess?.machine.nextDeadline, deadline <= now else { return }
        var effects: [SuccessRetransmission.Effect] = []
        unacknowledgedSuccess?.machine.timeElapsed(at: now, into: &effects)
        for effect in effects {
            switch effect {
            case .transmit:
                guard let success = unacknowledgedSuccess else { return }
                userAgent.transactions.respond(
                    success.transaction, status: .ok, response: success.response, at: now, into: &userAgent.effects)
            case .unacknowledged: giveUpWaiting(now, &userAgent, &events)
            }
        }
    }

    /// No ACK came in 64·T1: the session is ended with BYE, and the call is told unless it has released the leg already.
    private mutating func giveUpWaiting(
        _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        unacknowledgedSuccess = nil
        let release = postponedRelease
        postponedRelease = nil
        answerPendingRequests(now, &userAgent)
        sendBye(release ?? Release(.commanded), now, &userAgent)
        if release == nil { events.append(.released(Release(.noAcknowledgement))) }
    }

    // MARK: Writing responses

    /// Answers a request of this dialog without a body.
    func respond(
        to request: SIPMessage, _ id: ServerTransactionID, _ status: StatusCode, _ now: Instant,
        _ userAgent: inout UserAgentCore
    ) {
        userAgent.respond(
            to: request, id, OutgoingResponse(status, toTag: localTag, source: flow.remote), at: now
        ) { writer in
            if status == .methodNotAllowed || (status == .ok && request.method == .options) {
                writer.header(.allow, SupportedMethods.allow)
            }
        }
    }

    private func responseBytes(
        to pending: PendingRequest, _ status: StatusCode, _ description: [UInt8]?, _ carried: [PassedHeader],
        _ userAgent: UserAgentCore, extra: (inout MessageWriter) -> Void = { _ in }
    ) -> [UInt8] {
        let response = OutgoingResponse(status, toTag: localTag, source: flow.remote, body: description)
        return userAgent.bytes(of: response, to: pending.message) { writer in
            writer.copy(.recordRoute, of: pending.message)
            userAgent.settings.writeContact(tag: localTag, flow: flow, to: &writer)
            for header in carried { writer.header(named: header.name, value: header.value) }
            guard status == .ok else { return }
            writer.header(.allow, SupportedMethods.allow)
            writer.header(
                .supported, session == nil ? SupportedMethods.extensions : SupportedMethods.extensionsWithTimer)
            extra(&writer)
        }
    }

    /// Answers what the peer still waits for with 487, because the dialog ends (RFC 3261 §15.1.2).
    mutating func answerPendingRequests(_ now: Instant, _ userAgent: inout UserAgentCore) {
        while let pending = invitation.take() ?? renegotiation.take() ?? information.take() ?? transfers?.asked.take() {
            respond(to: pending.message, pending.transaction, .requestTerminated, now, &userAgent)
        }
    }
}
