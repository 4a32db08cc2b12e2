import SIPMessages
import Timeline

/// The requests of a scripted party and their answers.
extension ScriptedDialog {
    /// Sends the first INVITE.
    mutating func call(at now: Instant) {
        guard case .caller(let caller) = role, phase == .idle else { return }
        phase = .inviting
        invite(authorization: nil, now)
        appoint(.cancel, now + caller.script.cancelsAfter)
        if let after = conduct.vanishesAfter { appoint(.vanish, now + after) }
    }

    private mutating func invite(authorization: AnsweredDigest?, _ now: Instant) {
        guard case .caller(let caller) = role else { return }
        let body = caller.script.offersLate ? [] : session.offer()
        send(.invite, body: body, authorization: authorization, now)
    }

    /// Sends a request of the dialog, or the INVITE that opens it.
    mutating func send(_ method: Method, body: [UInt8], authorization: AnsweredDigest? = nil, _ now: Instant) {
        identity.number += 1
        let branch = identity.branch(&dice)
        var writer = identity.begin(method, number: identity.number, branch: branch, toTag: identity.remoteTag)
        if method == .invite { identity.contact(&writer) }
        authorization?.write(to: &writer)
        let bytes = writer.finish(
            contentType: method == .info ? "application/dtmf-relay" : "application/sdp", body: body)
        var request = SentRequest(
            method, branch: branch, number: identity.number, bytes: bytes,
            isReliable: identity.transport.isReliable, at: now)
        request.hasOffer = !body.isEmpty
        sent.append(request)
        outbox.append(bytes)
    }

    /// CANCEL has to wait for a provisional answer (RFC 3261 §9.1).
    mutating func cancel(_ now: Instant) {
        guard case .caller(var caller) = role, phase == .inviting else { return }
        caller.wantsToCancel = true
        role = .caller(caller)
        guard let invite = sent.last(where: { $0.method == .invite && $0.isPending }), invite.hasProvisional,
            !sent.contains(where: { $0.method == .cancel && $0.branch == invite.branch })
        else { return }
        var writer = identity.begin(.cancel, number: invite.number, branch: invite.branch, toTag: nil)
        let bytes = writer.finish()
        sent.append(
            SentRequest(
                .cancel, branch: invite.branch, number: invite.number, bytes: bytes,
                isReliable: identity.transport.isReliable, at: now))
        outbox.append(bytes)
    }

    mutating func renegotiate(_ change: CallConduct.Change, _ now: Instant) {
        guard phase == .answered else { return }
        let isBusy =
            sent.contains { $0.method == .invite && $0.isPending }
            || received.contains { $0.method == .invite && (!$0.isAnswered || $0.giveUp != nil) }
        if isBusy { return appoint(.change(change), now + .milliseconds(400)) }
        session.apply(change)
        send(.invite, body: change == .askForOffer ? [] : session.offer(), now)
    }

    // MARK: Answers

    mutating func receiveResponse(_ response: SIPMessage, _ now: Instant) {
        guard let status = response.status, let branch = response.via.branch,
            let position = sent.lastIndex(where: { $0.method == response.method && response.equals(branch, $0.branch) })
        else { return }
        if status.isSuccess && sent[position].method == .invite, let fork = response.to.tag,
            let known = identity.remoteTag, !response.equals(fork, known)
        {
            return
        }
        let isFirst = sent[position].answered(status)
        guard isFirst else {
            if status.isFinal, let acknowledgement = sent[position].acknowledgement { outbox.append(acknowledgement) }
            if status.isProvisional, case .caller(let caller) = role, caller.wantsToCancel { cancel(now) }
            return
        }
        switch response.method {
        case .invite where phase == .inviting: invitationAnswered(position, response, status, now)
        case .invite: renegotiationAnswered(position, response, status, now)
        case .bye: finish()
        case .cancel:
            // The 487 of the INVITE follows; it is not waited for longer than this.
            sent[position].giveUp = now + .seconds(32)
        default: break
        }
    }

    private mutating func invitationAnswered(
        _ position: Int, _ response: SIPMessage, _ status: StatusCode, _ now: Instant
    ) {
        guard case .caller(var caller) = role else { return }
        guard status.isSuccess else {
            acknowledgeFailure(position, response)
            let canAnswer = !caller.hasTriedCredentials && caller.script.credentials != .none && !caller.wantsToCancel
            if status == .unauthorized && canAnswer,
                let authorization = AnsweredDigest(
                    challenge: response, uri: identity.remoteTarget, account: caller.account, dice: &dice)
            {
                caller.hasTriedCredentials = true
                role = .caller(caller)
                return invite(authorization: authorization, now)
            }
            finalStatus = status
            return finish()
        }
        finalStatus = status
        identity.remoteTag = response.to.tag.map { response.copy($0) }
        if let contact = response.contact { identity.remoteTarget = response.copy(contact.uri) }
        let wasCancelled = caller.wantsToCancel
        agenda.removeAll { if case .cancel = $0.step { true } else { false } }
        acknowledgeSuccess(position, response)
        begin(now)
        if wasCancelled { hangUp(now) }
    }

    private mutating func renegotiationAnswered(
        _ position: Int, _ response: SIPMessage, _ status: StatusCode, _ now: Instant
    ) {
        if status.isSuccess {
            if let contact = response.contact { identity.remoteTarget = response.copy(contact.uri) }
            return acknowledgeSuccess(position, response)
        }
        acknowledgeFailure(position, response)
        guard phase == .answered else { return }
        if status == .requestPending {
            appoint(.change(.move), now + dice.duration(in: .milliseconds(500)...(.seconds(4))))
        } else if status == .callDoesNotExist || status == .requestTimeout {
            hangUp(now)
        }
    }

    private mutating func acknowledgeSuccess(_ position: Int, _ response: SIPMessage) {
        guard conduct.acknowledges else { return }
        let branch = identity.branch(&dice)
        var writer = identity.begin(.ack, number: sent[position].number, branch: branch, toTag: identity.remoteTag)
        let answer =
            sent[position].hasOffer || response.body.isEmpty ? [] : session.answer(to: response.copy(response.body))
        let bytes = writer.finish(contentType: "application/sdp", body: answer)
        sent[position].acknowledgement = bytes
        outbox.append(bytes)
    }

    /// The ACK of a failure has the branch of its INVITE and the To of the failure (RFC 3261 §17.1.1.3).
    private mutating func acknowledgeFailure(_ position: Int, _ response: SIPMessage) {
        let tag = response.to.tag.map { response.copy($0) }
        let target = phase == .inviting ? identity.remoteTarget : nil
        var writer = identity.begin(
            .ack, number: sent[position].number, branch: sent[position].branch, toTag: tag, uri: target)
        let bytes = writer.finish()
        sent[position].acknowledgement = bytes
        outbox.append(bytes)
    }
}
