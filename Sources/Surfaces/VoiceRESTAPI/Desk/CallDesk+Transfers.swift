/// How two calls are made one: the transfer of a call to a new one.
extension CallDesk {
    /// Places a call to the target of a transfer and joins the two when it has answered. Gives the new call.
    func transfer(_ call: DrivenCall, _ order: TransferOrder, account: Int) async throws(RESTError) -> DrivenCall {
        let terms = await terms(of: order, for: call)
        try await call.beginTransfer()
        do throws(RESTError) {
            return try link(call, terms, order, account: account)
        } catch {
            await call.transferFailed()
            throw RESTError(.callTransferError, error.message)
        }
    }

    /// Throws where a transfer would show a caller that the user may not show: what may be is the transferred party's own
    /// number, the number of the user's that the call was placed from, and every other number of his.
    func checkCaller(_ order: TransferOrder, of call: DrivenCall) async throws(RESTError) {
        guard let caller = order.callerID, !order.isHidden else { return }
        let digits = PartyName.digits(of: caller)
        guard digits != PartyName.digits(of: call.terms.from), let tables = await management.tables(),
            let user = tables.user(id: call.terms.user).map({ tables.users[$0] })
        else { return }
        guard !Self.forms(of: digits).contains(where: { tables.isNumber($0, of: user) }) else { return }
        throw .invalid("transferCallerId", "'private', the caller's own number, or a number of the user \(user.id)")
    }

    /// A number as it may be provisioned.
    static func forms(of digits: String) -> [[UInt8]] {
        [Array(digits.utf8), [UInt8(ascii: "+")] + Array(digits.utf8)]
    }

    /// Calls `number` in place of an application that could not be told of a call that came in, and joins the two; false
    /// where it cannot.
    func fallBack(_ call: DrivenCall, to number: String, account: Int) async -> Bool {
        let order = TransferOrder(target: number)
        let terms = await terms(of: order, for: call)
        return (try? link(call, terms, order, account: account)) != nil
    }

    private func link(
        _ call: DrivenCall, _ terms: CallTerms, _ order: TransferOrder, account: Int
    ) throws(RESTError) -> DrivenCall {
        let second = try place(terms, account: account, .joining(call, whisper: order.whisper))
        Task { await call.whenOver { await second.release() } }
        return second
    }

    /// What a call is placed with to which another one is transferred.
    func terms(of order: TransferOrder, for call: DrivenCall) async -> CallTerms {
        let party = call.terms.direction == .incoming ? call.terms.from : call.terms.to
        let shown = order.isHidden ? nil : order.callerID
        var terms = CallTerms(
            user: call.terms.user, .outgoing, from: PartyName.canonical(shown ?? party),
            to: PartyName.canonical(order.target))
        terms.shownCaller = shown.flatMap { PartyName.spelling($0, of: terms.from) }
        terms.dialled = PartyName.spelling(order.target, of: terms.to)
        terms.callback = order.callback
        terms.recording = order.recording
        terms.tag = order.tag
        if order.isHidden {
            terms.shownCaller = "anonymous"
            terms.furtherHeaders.append(CallTerms.Header(name: "Privacy", value: "id"))
        }
        let details = await call.channel?.details
        if order.treatment == .stack, let address = details?.calledAddress, !address.isEmpty {
            terms.furtherHeaders.append(
                CallTerms.Header(name: "Diversion", value: "<sip:\(address)>;reason=\(order.reason.rawValue)"))
        }
        if order.treatment != .none {
            terms.furtherHeaders += (details?.diversions ?? []).map { CallTerms.Header(name: "Diversion", value: $0) }
        }
        return terms
    }
}

extension DrivenCall.Actions {
    /// What a call does that is placed for another one: it is joined with that when it is answered, and has heard what is
    /// whispered to it, and tells it its end.
    static func joining(_ call: DrivenCall, whisper: Prompt?) -> DrivenCall.Actions {
        DrivenCall.Actions { second in
            if let whisper { try? await second.play(whisper) }
            await call.join(second)
        } ended: { second in
            await call.partnerEnded(second)
        }
    }
}
