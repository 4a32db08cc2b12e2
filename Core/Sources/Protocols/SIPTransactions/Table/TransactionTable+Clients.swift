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
        let isReserved = clients.update(id.handle) { slot -> Bool in
            guard case .reserved = slot.machine else { return false }
            slot.user = user
            return true
        }
        guard isReserved == true else { return }
        start(id.handle, method: method, request: request, over: flow, at: now)
        effects.append(.transmit(request, flow))
    }

    /// Cancels an INVITE: the CANCEL goes out once a provisional response has come, with `reason` as the value of its
    /// Reason field (RFC 3326) unless that is empty. Without a final response in 64·T1 after it the transaction times
    /// out. Other methods and answered INVITEs are left alone.
    public mutating func cancel(
        _ id: ClientTransactionID, reason: [UInt8] = [], at now: Instant, into effects: inout [Effect]
    ) {
        if !reason.isEmpty { clients.update(id.handle) { $0.cancelReason = reason } }
        driveClient(id.handle, .cancel, at: now, into: &effects)
    }

    /// The most forks of one INVITE that are remembered.
    static var maximumForks: Int { 12 }

    /// Remembers that a fork with this To tag has answered the INVITE and is cared for. Says whether it is a new one;
    /// forks beyond the limit, and those of a transaction that is over, are not.
    @discardableResult
    public mutating func noteFork(_ tag: UnsafeBufferPointer<UInt8>, of id: ClientTransactionID) -> Bool {
        var number: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in tag { number = (number ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let isNew = clients.update(id.handle) { slot in
            guard slot.forks.count < Self.maximumForks, !slot.forks.contains(number) else { return false }
            slot.forks.append(number)
            return true
        }
        return isNew ?? false
    }

    /// Whether a fork of the INVITE has been noted: so it is in transactions whose user has gone, and never in those of
    /// re-INVITEs, which have no forks.
    public func hasForks(_ id: ClientTransactionID) -> Bool { clients.read(id.handle) { !$0.forks.isEmpty } ?? false }

    /// Where the request of the transaction went; nil once the transaction is over.
    public func flow(of id: ClientTransactionID) -> Flow? { clients.read(id.handle) { $0.flow } ?? nil }

    /// Forgets a client transaction, sent or only reserved, without a word to anybody.
    public mutating func abandon(_ id: ClientTransactionID) { removeClient(id.handle) }

    /// The request as it was sent, while its final response is to come.
    public func request(of id: ClientTransactionID) -> [UInt8]? {
        clients.read(id.handle) { $0.isPending ? $0.message : nil } ?? nil
    }

    /// Whether the transaction still waits for its final response.
    public func isPending(_ id: ClientTransactionID) -> Bool { clients.read(id.handle) { $0.isPending } ?? false }

    mutating func receiveResponse(_ message: SIPMessage, at now: Instant, into effects: inout [Effect]) {
        guard let status = message.status, message.count(of: .via) == 1,
            let handle = clientHandle(of: message, method: message.method)
        else { return }
        driveClient(handle, .response(status), at: now, into: &effects) { slot, outcome, effects in
            if outcome.acknowledges { slot.acknowledge(message, into: &effects) }
            if outcome.delivers { effects.append(.response(message, ClientTransactionID(handle: handle), slot.user)) }
        }
    }

    /// The client transaction whose branch the top Via has, if it is of that method; the table's own CANCEL has the
    /// branch of its INVITE.
    mutating func clientHandle(of message: SIPMessage, method: Method) -> SlotHandle? {
        guard let branch = message.branch, let claim = TransactionBranch.parse(branch, in: message.bytes),
            claim.shard == shard, claim.nonce == matcher.nonce(of: claim.handle)
        else { return nil }
        let found = clients.update(claim.handle) { slot -> SlotHandle? in
            if method == .cancel { return slot.cancel }
            return slot.method == method && !slot.isOwnCancel ? claim.handle : nil
        }
        return found ?? nil
    }

    /// Lets a client transaction answer the input, then `finish` with what concerns the message that was put in, and
    /// forgets the transaction if it is over.
    mutating func driveClient(
        _ handle: SlotHandle, _ input: ClientSlot.Input, at now: Instant, into effects: inout [Effect],
        finish: (inout ClientSlot, ClientSlot.Outcome, inout [Effect]) -> Void = { _, _, _ in }
    ) {
        let id = ClientTransactionID(handle: handle)
        let outcome = clients.update(handle, lending: &clientActions) { slot, actions in
            actions.removeAll(keepingCapacity: true)
            let outcome = slot.process(input, as: id, at: now, using: &actions, into: &effects)
            finish(&slot, outcome, &effects)
            return outcome
        }
        guard let outcome else { return }
        if outcome.isTerminated { return removeClient(handle) }
        if !outcome.isPending { streams.remove(handle.index) }
        clientDeadlines.reschedule(id, at: outcome.deadline)
        if let request = outcome.cancel { sendCancel(request, of: handle, at: now, into: &effects) }
    }

    private mutating func sendCancel(
        _ request: [UInt8], of handle: SlotHandle, at now: Instant, into effects: inout [Effect]
    ) {
        guard let flow = clients.read(handle, { $0.flow }) ?? nil else { return }
        let cancel = clients.insert(ClientSlot())
        clients.update(handle) { $0.cancel = cancel }
        start(cancel, method: .cancel, request: request, over: flow, at: now)
        clients.update(cancel) { $0.isOwnCancel = true }
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
        let deadline = clients.update(handle) { slot in
            slot.machine = machine
            slot.method = method
            slot.flow = flow
            slot.message = request
            return slot.nextDeadline
        }
        clientDeadlines.reschedule(ClientTransactionID(handle: handle), at: deadline ?? nil)
        streams.insert(handle.index, on: flow)
    }

    private mutating func removeClient(_ handle: SlotHandle) {
        guard let slot = clients.remove(handle) else { return }
        clientDeadlines.cancel(ClientTransactionID(handle: handle))
        streams.remove(handle.index)
        if let cancel = slot.cancel { removeClient(cancel) }
    }
}
