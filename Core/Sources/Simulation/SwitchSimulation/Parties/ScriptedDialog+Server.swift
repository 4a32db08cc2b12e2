import SIPMessages
import Timeline

/// The requests that a scripted party receives and what it answers.
extension ScriptedDialog {
    mutating func receiveRequest(_ request: SIPMessage, _ now: Instant) {
        guard let range = request.via.branch, !isSilent else { return }
        let branch = request.copy(range)
        if request.method == .ack { return receiveAcknowledgement(request) }
        if let known = received.firstIndex(where: { $0.branch == branch && $0.method == request.method }) {
            if let response = received[known].response { outbox.append(response) }
            return
        }
        if request.method == .cancel { return receiveCancel(request, branch, now) }
        received.append(ReceivedRequest(request, branch: branch, isReliable: identity.transport.isReliable))
        let position = received.count - 1
        if phase == .ended { return respond(position, .callDoesNotExist, nil, now) }
        if request.cSeq.number < identity.remoteNumber { return respond(position, .serverInternalError, nil, now) }
        identity.remoteNumber = request.cSeq.number
        switch request.method {
        case .invite where phase == .idle: invited(position, now)
        case .invite: proposed(position, now)
        case .bye: receiveBye(position, now)
        case .info, .options: respond(position, .ok, nil, now)
        default: respond(position, .methodNotAllowed, nil, now)
        }
    }

    /// Whether this callee never says a word.
    private var isSilent: Bool {
        if case .callee(let callee) = role { return callee.script.reply == .silence }
        return false
    }

    private mutating func receiveAcknowledgement(_ request: SIPMessage) {
        for position in received.indices
        where received[position].method == .invite && received[position].number == request.cSeq.number {
            received[position].acknowledged()
        }
    }

    private mutating func receiveCancel(_ request: SIPMessage, _ branch: [UInt8], _ now: Instant) {
        received.append(ReceivedRequest(request, branch: branch, isReliable: identity.transport.isReliable))
        let invitation = received.firstIndex { $0.method == .invite && $0.branch == branch }
        respond(received.count - 1, invitation == nil ? .callDoesNotExist : .ok, nil, now)
        guard let invitation, !received[invitation].isAnswered else { return }
        if case .callee(let callee) = role, callee.script.answersCancelled, phase == .ringing {
            return accept(invitation, now)
        }
        respond(invitation, .requestTerminated, nil, now)
        if phase == .ringing { finish() }
    }

    private mutating func receiveBye(_ position: Int, _ now: Instant) {
        respond(position, .ok, nil, now)
        for pending in received.indices where received[pending].isPendingInvitation {
            respond(pending, .requestTerminated, nil, now)
        }
        for answered in received.indices where received[answered].method == .invite {
            received[answered].acknowledged()
        }
        finish()
    }

    // MARK: The first INVITE

    private mutating func invited(_ position: Int, _ now: Instant) {
        guard case .callee(let callee) = role else { return respond(position, .callDoesNotExist, nil, now) }
        identity.remoteTag = received[position].message.from.tag.map { received[position].message.copy($0) }
        if callee.script.challenges {
            guard let nonce = callee.nonce else { return challenge(position, now) }
            let proof = AnsweredDigest(credentialsOf: received[position].message)
            guard let proof, proof.proves(callee.secret, nonce: nonce, method: .invite) else {
                respond(position, .forbidden, nil, now)
                return finish()
            }
        }
        phase = .ringing
        respond(position, .trying, nil, now)
        if let after = callee.script.ringsAfter { appoint(.ring, now + after) }
        switch callee.script.reply {
        case .accept, .refuse: appoint(.reply, now + callee.script.repliesAfter)
        case .ring, .silence: break
        }
        if let after = conduct.vanishesAfter { appoint(.vanish, now + after) }
    }

    private mutating func challenge(_ position: Int, _ now: Instant) {
        guard case .callee(var callee) = role else { return }
        var nonce: [UInt8] = []
        dice.appendToken(count: 16, to: &nonce)
        callee.nonce = nonce
        role = .callee(callee)
        respond(position, .proxyAuthenticationRequired, nil, now)
    }

    mutating func ring(_ now: Instant) {
        guard case .callee(let callee) = role, phase == .ringing, let position = pendingInvitation else { return }
        let message = received[position].message
        let early = callee.script.hasEarlyMedia && !message.body.isEmpty
        let description = early ? session.answer(to: message.copy(message.body)) : nil
        respond(position, early ? .sessionProgress : .ringing, description, now)
    }

    mutating func reply(_ now: Instant) {
        guard case .callee(let callee) = role, phase == .ringing, let position = pendingInvitation else { return }
        switch callee.script.reply {
        case .accept: accept(position, now)
        case .refuse(let status):
            respond(position, status, nil, now)
            finish()
        case .ring, .silence: break
        }
    }

    private mutating func accept(_ position: Int, _ now: Instant) {
        guard case .callee(var callee) = role else { return }
        agenda.removeAll { if case .vanish = $0.step { false } else { true } }
        answerOffer(position, now)
        begin(now)
        if callee.script.forks {
            callee.script.forks = false
            callee.wantsFork = true
            role = .callee(callee)
        }
    }

    private var pendingInvitation: Int? { received.firstIndex { $0.isPendingInvitation } }

    /// Becomes the second device of the callee, which answers the same INVITE with a tag of its own.
    mutating func answerAsFork(seed: UInt64, _ now: Instant) {
        guard case .callee(var callee) = role else { return }
        dice = IdentifierSource(seed: seed)
        wake = nil
        callee.wantsFork = false
        role = .callee(callee)
        conduct = CallConduct()
        agenda = []
        outbox = []
        sent = []
        received = received.filter { $0.method == .invite && $0.status?.isSuccess == true }
        guard !received.isEmpty else { return }
        received[0].status = nil
        answerOffer(0, now)
    }

    // MARK: Re-INVITE

    private mutating func proposed(_ position: Int, _ now: Instant) {
        let message = received[position].message
        guard phase == .answered else { return respond(position, .callDoesNotExist, nil, now) }
        if sent.contains(where: { $0.method == .invite && $0.isPending }) {
            return respond(position, .requestPending, nil, now)
        }
        if received.contains(where: { $0.isPendingInvitation && $0.branch != received[position].branch }) {
            return respond(position, .serverInternalError, nil, now)
        }
        if let contact = message.contact { identity.remoteTarget = message.copy(contact.uri) }
        respond(position, .trying, nil, now)
        if conduct.thinksFor == .zero { return decide(message.cSeq.number, now) }
        appoint(.decide(message.cSeq.number), now + conduct.thinksFor)
    }

    mutating func decide(_ number: UInt32, _ now: Instant) {
        guard let position = received.firstIndex(where: { $0.isPendingInvitation && $0.number == number }) else {
            return
        }
        if conduct.refusesChanges { return respond(position, .notAcceptableHere, nil, now) }
        answerOffer(position, now)
    }

    private mutating func answerOffer(_ position: Int, _ now: Instant) {
        let message = received[position].message
        if message.body.isEmpty {
            received[position].carriesOffer = true
            respond(position, .ok, session.offer(), now)
        } else {
            respond(position, .ok, session.answer(to: message.copy(message.body)), now)
        }
        if let contact = message.contact { identity.remoteTarget = message.copy(contact.uri) }
    }

    // MARK: Writing

    mutating func respond(_ position: Int, _ status: StatusCode, _ description: [UInt8]?, _ now: Instant) {
        let request = received[position].message
        var writer = MessageWriter(reserving: 700)
        writer.beginResponse(
            to: request, status: status, receivedFrom: nil, toTag: status == .trying ? nil : identity.localTag)
        if request.method == .invite && status.rawValue > 100 && status.rawValue < 300 { identity.contact(&writer) }
        if status == .movedTemporarily {
            writer.header(.contact, Array("<sip:9@\(SimulatedAddresses.elsewhere)>".utf8))
        }
        if status == .proxyAuthenticationRequired, case .callee(let callee) = role, let nonce = callee.nonce {
            DigestChallenge(realm: Array("vendor".utf8), nonce: nonce).write(as: .proxyAuthenticate, into: &writer)
        }
        let bytes = writer.finish(contentType: "application/sdp", body: description ?? [])
        received[position].answered(status, bytes, at: now)
        outbox.append(bytes)
    }
}
