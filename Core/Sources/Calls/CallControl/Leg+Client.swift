import SIPDialogs
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// What a leg does as the client: its own INVITE, re-INVITE, INFO, CANCEL and BYE.
extension Leg {
    /// A callee's leg that will send `outgoing` over `flow`; `start` sends it.
    public init(inviting outgoing: OutgoingInvitation, over flow: Flow, identity: LegIdentity) {
        self.init(
            role: .client, call: identity.call, user: identity.user, localTag: identity.tag, flow: flow,
            outgoing: outgoing, credentials: outgoing.credentials, reportsHeaders: outgoing.reportsHeaders,
            session: outgoing.sessionSeconds.map { SessionTimer(wanting: $0) })
    }

    /// Sends the INVITE.
    public mutating func start(at now: Instant, through userAgent: inout UserAgentCore) {
        requests.inviteNumber = 1
        sendInvite(authorization: nil, now, &userAgent)
    }

    private mutating func sendInvite(
        authorization: AnsweredChallenge?, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        guard let outgoing else { return }
        let id = userAgent.transactions.reserveClientTransaction()
        var writer = MessageWriter(reserving: 704 + (outgoing.description?.count ?? 0))
        writer.requestLine(.invite, uri: outgoing.requestURI)
        writer.via(over: userAgent.settings.written(flow), branch: userAgent.branch(of: id))
        writer.header(.maxForwards, Int(outgoing.maxForwards))
        writer.begin(.from)
        writer.append(outgoing.from)
        writer.append(";tag=")
        writer.append(localTag)
        writer.end()
        writer.header(.to, outgoing.to)
        writer.header(.callID, outgoing.callID)
        writer.begin(.cSeq)
        writer.append(requests.inviteNumber)
        writer.append(" INVITE")
        writer.end()
        if let authorization { authorization.credentials.write(as: authorization.name, into: &writer) }
        finishInvite(&writer, userAgent.settings, passing: outgoing.passedHeaders)
        let bytes = writer.finish(contentType: "application/sdp", body: outgoing.description ?? [])
        requests.invite = id
        userAgent.transactions.send(
            id, method: .invite, request: bytes, over: flow, user: user, at: now, into: &userAgent.effects)
    }

    private func finishInvite(
        _ writer: inout MessageWriter, _ settings: UserAgentSettings, passing: [PassedHeader]
    ) {
        settings.writeContact(tag: localTag, flow: flow, to: &writer)
        writer.header(.allow, SupportedMethods.allow)
        writer.header(.supported, session == nil ? SupportedMethods.extensions : SupportedMethods.extensionsWithTimer)
        writeSession(to: &writer)
        writer.header(.userAgent, settings.product)
        for header in passing { writer.header(named: header.name, value: header.value) }
    }

    // MARK: Commands

    mutating func obey(
        _ command: LegCommand, _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        switch command {
        case .ring(let status, let description): ring(status, description, now, &userAgent)
        case .answer(let description): answer(description, now, &userAgent)
        case .reject(let failure): reject(failure, now, &userAgent)
        case .acknowledge(let description): acknowledge(description, now, &userAgent)
        case .offer(let description): offer(description, now, &userAgent, &events)
        case .refresh:
            guard let described = session?.described, !described.isEmpty else {
                return events.append(.updateRefused(Failure(.requestPending)))
            }
            offer(described, now, &userAgent, &events)
        case .inform(let type, let body): inform(type, body, now, &userAgent, &events)
        case .answerInformation(let status):
            guard let pending = information else { return }
            information = nil
            respond(to: pending.message, pending.transaction, status, now, &userAgent)
        case .carry(let headers): carried = headers
        case .refer(let target): refer(to: target, now, &userAgent, &events)
        case .answerTransfer(let status): answerRefer(status, now, &userAgent)
        case .tellTransfer(let status): tellTransfer(status, now, &userAgent)
        case .release(let release): self.release(release, now, &userAgent)
        }
    }

    private mutating func offer(
        _ description: [UInt8]?, _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        guard inviteTurn == .free else {
            events.append(.updateRefused(Failure(.requestPending)))
            return
        }
        requests.triedCredentials = false
        requests.renegotiationOffer = description
        sendRenegotiation(authorization: nil, now, &userAgent)
    }

    private mutating func sendRenegotiation(
        authorization: AnsweredChallenge?, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        let description = requests.renegotiationOffer
        let settings = userAgent.settings
        let id = sendRequest(.invite, now, &userAgent) { [self] writer in
            if let authorization { authorization.credentials.write(as: authorization.name, into: &writer) }
            finishInvite(&writer, settings, passing: [])
            return writer.finish(contentType: "application/sdp", body: description ?? [])
        }
        requests.renegotiation = id
        requests.inviteNumber = dialog?.inviteCSeq ?? 0
    }

    private mutating func inform(
        _ type: [UInt8], _ body: [UInt8], _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        guard state == .confirmed || state == .answered, requests.information == nil else {
            events.append(.informationAnswered(.serverInternalError))
            return
        }
        requests.information = sendRequest(.info, now, &userAgent) { writer in
            return writer.finish(contentType: type, body: body)
        }
    }

    /// Ends the leg in the way its state asks for: final answer, CANCEL, or BYE (RFC 3261 §15).
    private mutating func release(_ release: Release, _ now: Instant, _ userAgent: inout UserAgentCore) {
        switch (state, role) {
        case (.inviting, .server):
            // A peer may have told any status, also one that does not refuse.
            let told = release.status.map { StatusCode(rawValue: $0) } ?? .temporarilyUnavailable
            let refusal = (400..<700).contains(told.rawValue) ? told : .temporarilyUnavailable
            reject(Failure(refusal, cause: release.cause), now, &userAgent)
        case (.inviting, .client):
            state = .cancelling
            outgoing?.description = nil
            if let id = requests.invite {
                userAgent.transactions.cancel(
                    id, reason: Self.reason(release) ?? [], at: now, into: &userAgent.effects)
            } else {
                finish()
            }
        case (.answered, .server):
            answerPendingRequests(now, &userAgent)
            postponedRelease = release
            state = .ending
        case (.answered, .client):
            answerPendingRequests(now, &userAgent)
            acknowledge(nil, now, &userAgent)
            sendBye(release, now, &userAgent)
        case (.confirmed, .server), (.confirmed, .client):
            answerPendingRequests(now, &userAgent)
            cancelRenegotiation(now, &userAgent)
            if requests.owesAcknowledgement { acknowledge(nil, now, &userAgent) }
            sendBye(release, now, &userAgent)
        case (.cancelling, .server), (.cancelling, .client), (.ending, .server), (.ending, .client), (.ended, .server),
            (.ended, .client):
            break
        }
    }

    /// Bounds the wait for the answer to our re-INVITE once the dialog ends: a peer that rang it and then fell silent
    /// would hold its transaction for ever.
    mutating func cancelRenegotiation(_ now: Instant, _ userAgent: inout UserAgentCore) {
        if let id = requests.renegotiation { userAgent.transactions.cancel(id, at: now, into: &userAgent.effects) }
    }

    /// Sends the ACK of the last 2xx, with the answer when the 2xx carried the peer's offer.
    mutating func acknowledge(_ description: [UInt8]?, _ now: Instant, _ userAgent: inout UserAgentCore) {
        guard requests.owesAcknowledgement, let dialog else { return }
        requests.owesAcknowledgement = false
        remember(description)
        if state == .answered { state = .confirmed }
        sendAcknowledgement(in: dialog, number: requests.inviteNumber, description, now, &userAgent)
    }

    private mutating func sendAcknowledgement(
        in dialog: Dialog, number: UInt32, _ description: [UInt8]?, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        // An ACK to a 2xx is a transaction of its own that is never answered: it only needs a fresh branch.
        var writer = dialog.acknowledgement(
            of: number, branch: userAgent.branch(of: nil), over: userAgent.settings.written(flow))
        let bytes = writer.finish(contentType: "application/sdp", body: description ?? [])
        userAgent.effects.append(.transmit(bytes, flow))
        acknowledgement = SentAcknowledgement(
            bytes: bytes, number: number, expires: now + userAgent.settings.timers.giveUp)
    }

    mutating func sendBye(_ release: Release, _ now: Instant, _ userAgent: inout UserAgentCore) {
        state = .ending
        guard hasDialog else { return finish() }
        let carried = takeCarried()
        requests.bye = sendRequest(.bye, now, &userAgent) { writer in
            Self.writeReason(release, to: &writer)
            for header in carried { writer.header(named: header.name, value: header.value) }
            return writer.finish()
        }
    }

    /// Starts a request inside the dialog; `conclude` writes what follows the dialog's own header fields and finishes.
    mutating func sendRequest(
        _ method: Method, _ now: Instant, _ userAgent: inout UserAgentCore, _ conclude: (inout MessageWriter) -> [UInt8]
    ) -> ClientTransactionID? {
        guard hasDialog else { return nil }
        let id = userAgent.transactions.reserveClientTransaction()
        let begun = dialog?.nextRequest(
            method, branch: userAgent.branch(of: id), over: userAgent.settings.written(flow))
        guard var writer = begun else { return nil }
        let bytes = conclude(&writer)
        userAgent.transactions.send(
            id, method: method, request: bytes, over: flow, user: user, at: now, into: &userAgent.effects)
        return id
    }

    // MARK: Answers to our requests

    mutating func receiveResponse(
        _ response: SIPMessage, _ id: ClientTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        guard let status = response.status else { return }
        if id == requests.invite {
            if reportsHeaders, state == .inviting, status.rawValue > 100 {
                events.append(.headers(PassedHeader.all(of: response)))
            }
            if status.isProvisional {
                receiveProvisional(response, status, &events)
            } else if status.isSuccess {
                receiveSuccess(response, now, &userAgent, &events)
            } else {
                receiveFailure(response, status, now, &userAgent, &events)
            }
        } else if status.isProvisional {
            return
        } else if id == requests.renegotiation {
            receiveRenegotiationAnswer(response, status, now, &userAgent, &events)
        } else if id == requests.bye {
            requests.bye = nil
            endIfQuiet()
        } else if id == requests.information {
            requests.information = nil
            if state != .ending { events.append(.informationAnswered(status)) }
            endIfQuiet()
        } else if let transfers, id == transfers.request {
            referAnswered(response, status, now, &userAgent, &events)
        } else if let transfers, id == transfers.notification {
            notificationAnswered(status, now, &userAgent)
        } else if status.isSuccess, response.cSeq.method == .invite, let sent = acknowledgement,
            sent.number == response.cSeq.number
        {
            userAgent.effects.append(.transmit(sent.bytes, flow))
        }
    }

    private mutating func receiveProvisional(
        _ response: SIPMessage, _ status: StatusCode, _ events: inout [LegEvent]
    ) {
        guard state == .inviting else { return }
        events.append(.trying)
        guard status.rawValue > 100 else { return }
        rememberFork(response)
        if status.rawValue >= 180 && status.rawValue < 199 {
            events.append(.ringing(status, description: Self.description(of: response)))
        }
    }

    /// The most forks that are remembered.
    static let maximumForks = 12

    private mutating func rememberFork(_ response: SIPMessage) {
        guard let tag = response.to.tag, earlyTags.count < Self.maximumForks,
            !earlyTags.contains(where: { response.equals(tag, $0) })
        else { return }
        earlyTags.append(response.copy(tag))
    }

    private mutating func receiveSuccess(
        _ response: SIPMessage, _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        if let dialog {
            guard dialog.matches(response) else {
                return declineFork(response, now, &userAgent)
            }
            if let sent = acknowledgement, sent.number == response.cSeq.number {
                userAgent.effects.append(.transmit(sent.bytes, flow))
            }
            return
        }
        guard let confirmed = Dialog(asClient: response, requestURI: outgoing?.requestURI ?? []) else { return }
        dialog = confirmed
        flow = flow.toward(confirmed.nextHop)
        earlyTags = []
        requests.owesAcknowledgement = true
        takeSession(of: response, at: now)
        let hasOffered = outgoing?.description != nil
        remember(outgoing?.description)
        let wasCancelling = state == .cancelling
        outgoing = nil
        state = .answered
        if wasCancelling {
            acknowledge(nil, now, &userAgent)
            sendBye(Release(.commanded), now, &userAgent)
            return
        }
        if hasOffered { acknowledge(nil, now, &userAgent) }
        events.append(.connected(description: Self.description(of: response)))
    }

    /// A second fork answered: it is acknowledged and ended at once, and only acknowledged when it answers again
    /// (RFC 3261 §13.2.2.4).
    private mutating func declineFork(_ response: SIPMessage, _ now: Instant, _ userAgent: inout UserAgentCore) {
        if let known = declinedForks.first(where: { $0.isTag(of: response) }) {
            userAgent.effects.append(.transmit(known.acknowledgement, flow))
            return
        }
        guard declinedForks.count < Self.maximumForks, let tag = response.to.tag,
            let fork = Dialog(asClient: response, requestURI: dialog?.remoteTarget ?? []), fork.localTag == localTag,
            fork.callID == dialog?.callID
        else { return }
        let kept = (dialog, acknowledgement, state, requests.bye)
        sendAcknowledgement(in: fork, number: response.cSeq.number, nil, now, &userAgent)
        if let sent = acknowledgement {
            declinedForks.append(DeclinedFork(tag: response.copy(tag), acknowledgement: sent.bytes))
        }
        dialog = fork
        sendBye(Release(.commanded), now, &userAgent)
        (dialog, acknowledgement, state, requests.bye) = kept
    }

    private mutating func receiveFailure(
        _ response: SIPMessage, _ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        requests.invite = nil
        guard dialog == nil else { return }
        if state == .inviting, let authorization = authorization(for: response, status, userAgent: &userAgent) {
            requests.triedCredentials = true
            requests.inviteNumber &+= 1
            earlyTags = []
            return sendInvite(authorization: authorization, now, &userAgent)
        }
        if state == .inviting, status == .sessionIntervalTooSmall,
            session?.raise(to: response.number(of: .minSE)) == true
        {
            requests.inviteNumber &+= 1
            earlyTags = []
            return sendInvite(authorization: nil, now, &userAgent)
        }
        let wasInviting = state == .inviting
        finish()
        if wasInviting { events.append(.failed(Self.failure(of: response, status))) }
    }

    private mutating func receiveRenegotiationAnswer(
        _ response: SIPMessage, _ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        if status.isSuccess {
            requests.renegotiation = nil
            takeSession(of: response, at: now)
            refreshTarget(from: response)
            requests.owesAcknowledgement = true
            remember(requests.renegotiationOffer)
            if requests.renegotiationOffer != nil || state != .confirmed { acknowledge(nil, now, &userAgent) }
            requests.renegotiationOffer = nil
            if state == .confirmed { events.append(.updated(description: Self.description(of: response))) }
            endIfQuiet()
            return
        }
        if state == .confirmed, let authorization = authorization(for: response, status, userAgent: &userAgent) {
            requests.triedCredentials = true
            return sendRenegotiation(authorization: authorization, now, &userAgent)
        }
        requests.renegotiation = nil
        requests.renegotiationOffer = nil
        declineRefresh(status, now)
        guard state == .confirmed else { return endIfQuiet() }
        events.append(.updateRefused(Self.failure(of: response, status)))
        if status == .callDoesNotExist || status == .requestTimeout {
            loseDialog(now, &userAgent, &events)
        }
    }

    mutating func requestFailed(
        _ id: ClientTransactionID, _ failure: Failure, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        if id == requests.invite {
            requests.invite = nil
            guard dialog == nil else { return }
            let wasInviting = state == .inviting
            finish()
            if wasInviting { events.append(.failed(failure)) }
        } else if id == requests.renegotiation {
            requests.renegotiation = nil
            guard state == .confirmed else { return endIfQuiet() }
            events.append(.updateRefused(failure))
            loseDialog(now, &userAgent, &events)
        } else if id == requests.bye {
            requests.bye = nil
            endIfQuiet()
        } else if id == requests.information {
            requests.information = nil
            if state != .ending { events.append(.informationAnswered(failure.status)) }
            endIfQuiet()
        } else if let transfers, id == transfers.request {
            self.transfers?.request = nil
            progress(.refused(failure.status), &events)
        } else if let transfers, id == transfers.notification {
            notificationAnswered(failure.status, now, &userAgent)
        }
    }

    /// The peer no longer knows or answers the dialog (RFC 3261 §12.2.1.2): it is ended from our side.
    mutating func loseDialog(_ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]) {
        answerPendingRequests(now, &userAgent)
        sendBye(Release(.commanded), now, &userAgent)
        events.append(.released(Release(.lost)))
    }

    /// Answers a challenge once, and only on a leg that we opened to a peer whose credentials we have.
    func authorization(
        for response: SIPMessage, _ status: StatusCode, userAgent: inout UserAgentCore
    ) -> AnsweredChallenge? {
        guard status == .unauthorized || status == .proxyAuthenticationRequired, !requests.triedCredentials,
            let credentials, role == .client
        else { return nil }
        let client = DigestClient(
            username: credentials.username, password: credentials.password, functions: userAgent.hashes)
        let uri = dialog?.requestURI ?? outgoing?.requestURI ?? []
        return userAgent.credentials(answering: response, as: client, uri: uri)
    }
}
