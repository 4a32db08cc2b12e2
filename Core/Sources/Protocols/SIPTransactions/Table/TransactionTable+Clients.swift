import SIPMessages
import Timeline

extension TransactionTable {
    /// Makes room for a client transaction, so that its branch can be written before the request is sent.
    public mutating func reserveClientTransaction() -> ClientTransactionID {
        ClientTransactionID(handle: clients.insert(ClientSlot()))
    }

    /// Appends the transaction's branch, `TransactionBranch.length` bytes.
    public func appendBranch(of id: ClientTransactionID, to bytes: inout [UInt8]) {
        TransactionBranch.append(shard: shard, handle: id.handle, nonce: matcher.nonce(of: id.handle), to: &bytes)
    }

    /// Appends a new branch that belongs to no transaction, for an ACK to a 2xx (RFC 3261 §13.2.2.4).
    public mutating func appendUnboundBranch(to bytes: inout [UInt8]) {
        TransactionBranch.appendCookie(to: &bytes)
        IdentifierSource.append(shard: shard, to: &bytes)
        identifiers.appendToken(count: TransactionBranch.length - 9, to: &bytes)
    }

    /// Sends a request, neither ACK nor CANCEL, whose top Via has the branch of `id`; only once for each identifier.
    public mutating func send(
        _ id: ClientTransactionID, method: Method, request: [UInt8], over flow: Flow, user: TransactionUser,
        at now: Instant, into effects: inout [Effect]
    ) {
        guard let slot = clients[id.handle], case .reserved = slot.machine else { return }
        start(id.handle, method: method, request: request, over: flow, at: now)
        clients[id.handle]?.user = user
        effects.append(.transmit(request, flow))
    }

    /// Cancels an INVITE: the CANCEL goes out once a provisional response has come. Without a final response in 64·T1
    /// after it the transaction times out. Other methods and answered INVITEs are left alone.
    public mutating func cancel(_ id: ClientTransactionID, at now: Instant, into effects: inout [Effect]) {
        driveClient(id.handle, .cancel, at: now, into: &effects)
    }

    /// Forgets a client transaction, sent or only reserved, without a word to anybody.
    public mutating func abandon(_ id: ClientTransactionID) { removeClient(id.handle) }

    /// The request as it was sent, while its final response is to come.
    public func request(of id: ClientTransactionID) -> [UInt8]? {
        guard let slot = clients[id.handle], slot.isPending else { return nil }
        return slot.message
    }

    /// Whether the transaction still waits for its final response.
    public func isPending(_ id: ClientTransactionID) -> Bool { clients[id.handle]?.isPending ?? false }

    mutating func receiveResponse(_ message: SIPMessage, at now: Instant, into effects: inout [Effect]) {
        guard let status = message.status, message.count(of: .via) == 1,
            let handle = clientHandle(of: message, method: message.method)
        else { return }
        driveClient(handle, .response(status), response: message, at: now, into: &effects)
    }

    /// The client transaction whose branch the top Via has, if it is of that method; the table's own CANCEL has the
    /// branch of its INVITE.
    func clientHandle(of message: SIPMessage, method: Method) -> SlotHandle? {
        guard let branch = message.via.branch, let claim = TransactionBranch.parse(branch, in: message.bytes),
            claim.shard == shard, let slot = clients[claim.handle], claim.nonce == matcher.nonce(of: claim.handle)
        else { return nil }
        if method == .cancel { return slot.cancel }
        return slot.method == method && !slot.isOwnCancel ? claim.handle : nil
    }

    /// Lets a client transaction answer the input, does what it asks for, and forgets it if it is over.
    mutating func driveClient(
        _ handle: SlotHandle, _ input: ClientSlot.Input, response: SIPMessage? = nil, at now: Instant,
        into effects: inout [Effect]
    ) {
        guard clients.contains(handle) else { return }
        var actions: [ClientTransactionEffect] = []
        swap(&actions, &clientActions)
        clients[handle]?.receive(input, at: now, into: &actions)
        for action in actions { perform(action, handle, response, at: now, into: &effects) }
        settleClient(handle)
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &clientActions)
    }

    private mutating func perform(
        _ action: ClientTransactionEffect, _ handle: SlotHandle, _ response: SIPMessage?, at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let flow = clients[handle]?.flow, let isOwnCancel = clients[handle]?.isOwnCancel,
            let user = clients[handle]?.user
        else { return }
        let id = ClientTransactionID(handle: handle)
        switch action {
        case .send, .resend, .acknowledgeAgain:
            guard let message = clients[handle]?.message, !message.isEmpty else { return }
            effects.append(.transmit(message, flow))
        case .acknowledge:
            guard let response, let invite = clients[handle]?.message,
                let acknowledgement = DerivedRequest.acknowledgement(of: invite, for: response)
            else { return }
            clients[handle]?.message = Self.compacted(acknowledgement)
            effects.append(.transmit(acknowledgement, flow))
        case .sendCancel:
            sendCancel(of: handle, over: flow, at: now, into: &effects)
        case .deliver:
            guard let response, !isOwnCancel else { return }
            effects.append(.response(response, id, user))
        case .timedOut:
            if !isOwnCancel { effects.append(.timedOut(id, user)) }
        case .transportFailed:
            if !isOwnCancel { effects.append(.transportFailed(id, user)) }
        }
    }

    private mutating func sendCancel(
        of handle: SlotHandle, over flow: Flow, at now: Instant, into effects: inout [Effect]
    ) {
        guard let invite = clients[handle]?.message, let request = DerivedRequest.cancel(of: invite) else { return }
        let cancel = clients.insert(ClientSlot())
        clients[cancel]?.isOwnCancel = true
        clients[handle]?.cancel = cancel
        start(cancel, method: .cancel, request: request, over: flow, at: now)
        effects.append(.transmit(request, flow))
    }

    /// Starts the machine of a reserved slot. Its first effect is to send the request, which the caller does.
    private mutating func start(
        _ handle: SlotHandle, method: Method, request: [UInt8], over flow: Flow, at now: Instant
    ) {
        var actions: [ClientTransactionEffect] = []
        swap(&actions, &clientActions)
        let isReliable = flow.transport.isReliable
        let machine: ClientSlot.Machine =
            method == .invite
            ? .invite(InviteClientTransaction(isReliable: isReliable, timers: timers, at: now, into: &actions))
            : .nonInvite(NonInviteClientTransaction(isReliable: isReliable, timers: timers, at: now, into: &actions))
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &clientActions)
        clients[handle]?.machine = machine
        clients[handle]?.method = method
        clients[handle]?.flow = flow
        clients[handle]?.message = request
        clientDeadlines.reschedule(ClientTransactionID(handle: handle), at: clients[handle]?.nextDeadline)
        streams.insert(handle.index, on: flow)
    }

    /// After every input: drops what is over or no longer needed, and sets the deadline.
    private mutating func settleClient(_ handle: SlotHandle) {
        guard let isTerminated = clients[handle]?.isTerminated, !isTerminated else { return removeClient(handle) }
        if clients[handle]?.needsMessage == false { clients[handle]?.message = [] }
        if clients[handle]?.isPending == false { streams.remove(handle.index) }
        clientDeadlines.reschedule(ClientTransactionID(handle: handle), at: clients[handle]?.nextDeadline)
    }

    private mutating func removeClient(_ handle: SlotHandle) {
        guard let slot = clients.remove(handle) else { return }
        clientDeadlines.cancel(ClientTransactionID(handle: handle))
        streams.remove(handle.index)
        if let cancel = slot.cancel { removeClient(cancel) }
    }
}
