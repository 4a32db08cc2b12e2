import SIPMessages
import Timeline

extension TransactionTable {
    /// Sends a response of the user's: a provisional one any number of times, then a final one; to INVITE the same 2xx
    /// again and again as the user repeats it until the ACK (RFC 6026 §7.1).
    public mutating func respond(
        _ id: ServerTransactionID, status: StatusCode, response: [UInt8], at now: Instant,
        into effects: inout [Effect]
    ) {
        driveServer(id.handle, .response(status), response: response, at: now, into: &effects)
    }

    /// Names the user of a server transaction.
    public mutating func setUser(_ user: TransactionUser, of id: ServerTransactionID) {
        servers[id.handle]?.user = user
    }

    /// The user of a server transaction; nil once it is over.
    public func user(of id: ServerTransactionID) -> TransactionUser? { servers[id.handle]?.user }

    /// Where responses to the request go; nil once the transaction is over.
    public func flow(of id: ServerTransactionID) -> Flow? { servers[id.handle]?.flow }

    /// Whether the transaction lives and waits for its final response.
    public func isPending(_ id: ServerTransactionID) -> Bool { servers[id.handle].map { !$0.isAnswered } ?? false }

    /// Forgets a server transaction without an answer.
    public mutating func abandon(_ id: ServerTransactionID) { removeServer(id.handle) }

    mutating func receiveRequest(
        _ message: SIPMessage, from flow: Flow, at now: Instant, into effects: inout [Effect]
    ) {
        let key = matcher.key(of: message)
        switch message.method {
        case .ack:
            receiveAcknowledgement(message, key, from: flow, at: now, into: &effects)
            return
        case .cancel:
            receiveCancel(message, key, from: flow, at: now, into: &effects)
            return
        case .invite, .bye, .options, .register, .info, .update, .prack, .refer, .notify, .subscribe, .message,
            .publish, .unknown:
            break
        }
        if let handle = serverHandle(of: message, key, method: message.method) {
            driveServer(handle, .request, at: now, into: &effects)
            return
        }
        guard message.to.tag == nil else {
            let handle = insertServer(message, key, mergeKey: nil, from: flow)
            effects.append(.request(message, ServerTransactionID(handle: handle), flow))
            return
        }
        let mergeKey = matcher.mergeKey(of: message)
        if mergeIndex.find(mergeKey, where: { _ in true }) != nil {
            let handle = insertServer(message, key, mergeKey: nil, from: flow)
            answer(message, handle, .loopDetected, from: flow, at: now, into: &effects)
        } else {
            let handle = insertServer(message, key, mergeKey: mergeKey, from: flow)
            effects.append(.request(message, ServerTransactionID(handle: handle), flow))
        }
    }

    private mutating func receiveAcknowledgement(
        _ message: SIPMessage, _ key: Fingerprint, from flow: Flow, at now: Instant, into effects: inout [Effect]
    ) {
        if let handle = serverHandle(of: message, key, method: .invite) {
            driveServer(handle, .acknowledgement, request: (message, flow), at: now, into: &effects)
        } else {
            effects.append(.acknowledgement(message, flow, .none))
        }
    }

    /// RFC 3261 §9.2: 200 to the CANCEL of a known request, 481 else, without a transaction because it would only say
    /// the same again.
    private mutating func receiveCancel(
        _ message: SIPMessage, _ key: Fingerprint, from flow: Flow, at now: Instant, into effects: inout [Effect]
    ) {
        if let handle = serverHandle(of: message, key, method: .cancel) {
            driveServer(handle, .request, at: now, into: &effects)
            return
        }
        guard let target = cancelTarget(of: message, key) else {
            let response = ownResponse(to: message, .callDoesNotExist, from: flow)
            effects.append(.transmit(response, flow.forResponses(to: message)))
            return
        }
        let handle = insertServer(message, key, mergeKey: nil, from: flow)
        answer(message, handle, .ok, from: flow, at: now, into: &effects)
        guard let slot = servers[target], slot.isCancellable else { return }
        effects.append(.cancelled(ServerTransactionID(handle: target), slot.user, message))
    }

    /// The transaction a CANCEL is for: one that matches and is not a CANCEL itself.
    private func cancelTarget(of message: SIPMessage, _ key: Fingerprint) -> SlotHandle? {
        let tag = matcher.toTag(of: message)
        return serverIndex.find(key) { index in
            guard let slot = servers.handle(at: index).flatMap({ servers[$0] }) else { return false }
            return slot.method != .cancel && (!slot.isLegacy || slot.requestToTag == tag)
        }.flatMap { servers.handle(at: $0) }
    }

    /// The server transaction of a response of ours, or of a request whose method counts as `method`.
    func serverHandle(of message: SIPMessage, method: Method) -> SlotHandle? {
        serverHandle(of: message, matcher.key(of: message), method: method)
    }

    private func serverHandle(of message: SIPMessage, _ key: Fingerprint, method: Method) -> SlotHandle? {
        let isLegacy = !TransactionMatcher.matchesByBranch(message)
        let tag = isLegacy ? matcher.toTag(of: message) : 0
        let isAcknowledgement = message.method == .ack
        return serverIndex.find(key) { index in
            guard let slot = servers.handle(at: index).flatMap({ servers[$0] }) else { return false }
            guard slot.method == method else { return false }
            return !isLegacy || tag == (isAcknowledgement ? slot.responseToTag : slot.requestToTag)
        }.flatMap { servers.handle(at: $0) }
    }

    /// Answers a request in its transaction with a response of the table's own.
    private mutating func answer(
        _ message: SIPMessage, _ handle: SlotHandle, _ status: StatusCode, from flow: Flow, at now: Instant,
        into effects: inout [Effect]
    ) {
        let response = ownResponse(to: message, status, from: flow)
        driveServer(handle, .response(status), response: response, at: now, into: &effects)
    }

    private mutating func ownResponse(to message: SIPMessage, _ status: StatusCode, from flow: Flow) -> [UInt8] {
        var tag: [UInt8]?
        if message.to.tag == nil {
            var minted: [UInt8] = []
            IdentifierSource.append(shard: shard, to: &minted)
            identifiers.appendToken(count: 10, to: &minted)
            tag = minted
        }
        return MessageWriter.response(to: message, status: status, receivedFrom: flow.remote, toTag: tag) { _ in }
    }

    private mutating func insertServer(
        _ message: SIPMessage, _ key: Fingerprint, mergeKey: Fingerprint?, from flow: Flow
    ) -> SlotHandle {
        let isReliable = flow.transport.isReliable
        let isLegacy = !TransactionMatcher.matchesByBranch(message)
        let handle = servers.insert(
            ServerSlot(
                machine: message.method == .invite
                    ? .invite(InviteServerTransaction(isReliable: isReliable, timers: timers))
                    : .nonInvite(NonInviteServerTransaction(isReliable: isReliable, timers: timers)),
                method: message.method, isLegacy: isLegacy, isMergeable: mergeKey != nil,
                flow: flow.forResponses(to: message), key: key.low, mergeKey: mergeKey?.low ?? 0,
                requestToTag: isLegacy ? matcher.toTag(of: message) : 0))
        serverIndex.insert(key, slot: handle.index)
        if let mergeKey { mergeIndex.insert(mergeKey, slot: handle.index) }
        return handle
    }

    /// Lets a server transaction answer the input, does what it asks for, and forgets it if it is over.
    mutating func driveServer(
        _ handle: SlotHandle, _ input: ServerSlot.Input, response: [UInt8]? = nil,
        request: (message: SIPMessage, flow: Flow)? = nil, at now: Instant, into effects: inout [Effect]
    ) {
        guard let flow = servers[handle]?.flow, let user = servers[handle]?.user else { return }
        var actions: [ServerTransactionEffect] = []
        swap(&actions, &serverActions)
        servers[handle]?.receive(input, at: now, into: &actions)
        let id = ServerTransactionID(handle: handle)
        for action in actions {
            switch action {
            case .send:
                guard let response else { continue }
                store(response, in: handle)
                effects.append(.transmit(response, flow))
            case .resend:
                guard let response = servers[handle]?.response, !response.isEmpty else { continue }
                effects.append(.transmit(response, flow))
            case .deliverAcknowledgement:
                if let request { effects.append(.acknowledgement(request.message, request.flow, user)) }
            case .unacknowledged:
                effects.append(.unacknowledged(id, user))
            case .transportFailed:
                effects.append(.responseFailed(id, user))
            }
        }
        settleServer(handle)
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &serverActions)
    }

    /// Keeps a response for repetitions; under the rules of RFC 2543 its To tag is what the ACK will carry.
    private mutating func store(_ response: [UInt8], in handle: SlotHandle) {
        guard servers[handle]?.needsResponse == true, let isAnswered = servers[handle]?.isAnswered else { return }
        servers[handle]?.response = isAnswered ? Self.compacted(response) : response
        if isAnswered, servers[handle]?.isLegacy == true, let message = try? MessageParser.parse(response) {
            servers[handle]?.responseToTag = matcher.toTag(of: message)
        }
    }

    /// After every input: drops what is over or no longer needed, and sets the deadline.
    private mutating func settleServer(_ handle: SlotHandle) {
        guard let isTerminated = servers[handle]?.isTerminated, !isTerminated else { return removeServer(handle) }
        if servers[handle]?.needsResponse == false { servers[handle]?.response = [] }
        serverDeadlines.reschedule(ServerTransactionID(handle: handle), at: servers[handle]?.nextDeadline)
    }

    private mutating func removeServer(_ handle: SlotHandle) {
        guard let slot = servers.remove(handle) else { return }
        serverDeadlines.cancel(ServerTransactionID(handle: handle))
        serverIndex.remove(low: slot.key, slot: handle.index)
        if slot.isMergeable { mergeIndex.remove(low: slot.mergeKey, slot: handle.index) }
    }
}
