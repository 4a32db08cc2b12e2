import SIPMessages
import Timeline

extension TransactionTable {
    /// Sends a response of the user's: a provisional one any number of times, then a final one; to INVITE the same 2xx
    /// again and again as the user repeats it until the ACK (RFC 6026 §7.1).
    public mutating func respond(
        _ id: ServerTransactionID, status: StatusCode, response: [UInt8], at now: Instant,
        into effects: inout [Effect]
    ) {
        driveServer(id.handle, .response(response, status), at: now, into: &effects)
    }

    /// Names the user of a server transaction.
    public mutating func setUser(_ user: TransactionUser, of id: ServerTransactionID) {
        servers.update(id.handle) { $0.user = user }
    }

    /// The user of a server transaction; nil once it is over.
    public func user(of id: ServerTransactionID) -> TransactionUser? { servers.read(id.handle) { $0.user } }

    /// Where responses to the request go; nil once the transaction is over.
    public func flow(of id: ServerTransactionID) -> Flow? { servers.read(id.handle) { $0.flow } }

    /// Whether the transaction lives and waits for its final response.
    public func isPending(_ id: ServerTransactionID) -> Bool { servers.read(id.handle) { !$0.isAnswered } ?? false }

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
            driveServer(handle, .acknowledgement, at: now, into: &effects) { slot, outcome, effects in
                if outcome.deliversAcknowledgement { effects.append(.acknowledgement(message, flow, slot.user)) }
            }
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
        guard let user = servers.read(target, { $0.isCancellable ? $0.user : nil }) ?? nil else { return }
        effects.append(.cancelled(ServerTransactionID(handle: target), user, message))
    }

    /// The transaction a CANCEL is for: one that matches and is not a CANCEL itself.
    private func cancelTarget(of message: SIPMessage, _ key: Fingerprint) -> SlotHandle? {
        let tag = TransactionMatcher.matchesByBranch(message) ? 0 : matcher.toTag(of: message)
        return serverIndex.find(key) { index in
            let identity = serverIdentities[Int(index)]
            return identity.method != .cancel && (!identity.isLegacy || identity.requestToTag == tag)
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
            let identity = serverIdentities[Int(index)]
            guard identity.method == method else { return false }
            return !isLegacy || tag == (isAcknowledgement ? identity.responseToTag : identity.requestToTag)
        }.flatMap { servers.handle(at: $0) }
    }

    /// Answers a request in its transaction with a response of the table's own.
    private mutating func answer(
        _ message: SIPMessage, _ handle: SlotHandle, _ status: StatusCode, from flow: Flow, at now: Instant,
        into effects: inout [Effect]
    ) {
        let response = ownResponse(to: message, status, from: flow)
        driveServer(handle, .response(response, status), at: now, into: &effects)
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
        let machine: ServerSlot.Machine =
            message.method == .invite
            ? .invite(InviteServerTransaction(isReliable: isReliable, timers: timers))
            : .nonInvite(NonInviteServerTransaction(isReliable: isReliable, timers: timers))
        let handle = servers.insert(ServerSlot(machine: machine, flow: flow.forResponses(to: message)))
        let identity = ServerIdentity(
            method: message.method, isLegacy: isLegacy, isMergeable: mergeKey != nil,
            requestToTag: isLegacy ? matcher.toTag(of: message) : 0, key: key.low, mergeKey: mergeKey?.low ?? 0)
        if Int(handle.index) < serverIdentities.count {
            serverIdentities[Int(handle.index)] = identity
        } else {
            serverIdentities.append(identity)
        }
        serverIndex.insert(key, slot: handle.index)
        if let mergeKey { mergeIndex.insert(mergeKey, slot: handle.index) }
        return handle
    }

    /// Lets a server transaction answer the input, then `finish` with what concerns the message that was put in, and
    /// forgets the transaction if it is over.
    mutating func driveServer(
        _ handle: SlotHandle, _ input: ServerSlot.Input, at now: Instant, into effects: inout [Effect],
        finish: (inout ServerSlot, ServerSlot.Outcome, inout [Effect]) -> Void = { _, _, _ in }
    ) {
        let id = ServerTransactionID(handle: handle)
        let outcome = servers.update(handle, lending: &serverActions) { slot, actions in
            actions.removeAll(keepingCapacity: true)
            let outcome = slot.process(input, as: id, at: now, using: &actions, into: &effects)
            finish(&slot, outcome, &effects)
            return outcome
        }
        guard let outcome else { return }
        if outcome.isTerminated { return removeServer(handle) }
        serverDeadlines.reschedule(id, at: outcome.deadline)
        if outcome.expectsAcknowledgement, serverIdentities[Int(handle.index)].isLegacy,
            case .response(let response, _) = input, let message = try? MessageParser.parse(response)
        {
            serverIdentities[Int(handle.index)].responseToTag = matcher.toTag(of: message)
        }
    }

    private mutating func removeServer(_ handle: SlotHandle) {
        guard servers.remove(handle) != nil else { return }
        let identity = serverIdentities[Int(handle.index)]
        serverDeadlines.cancel(ServerTransactionID(handle: handle))
        serverIndex.remove(low: identity.key, slot: handle.index)
        if identity.isMergeable { mergeIndex.remove(low: identity.mergeKey, slot: handle.index) }
    }
}
