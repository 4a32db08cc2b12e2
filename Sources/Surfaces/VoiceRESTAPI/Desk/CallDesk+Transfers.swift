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
        let actions = DrivenCall.Actions { second in
            if let whisper = order.whisper { try? await second.play(whisper) }
            await call.join(second)
        } ended: { second in
            await call.partnerEnded(second)
        }
        let second = try place(terms, account: account, actions)
        Task { await call.whenOver { await second.hangUpIfThere() } }
        return second
    }

    /// What a call is placed with to which another one is transferred.
    func terms(of order: TransferOrder, for call: DrivenCall) async -> CallTerms {
        let party = call.terms.direction == .incoming ? call.terms.from : call.terms.to
        let shown = order.isHidden ? nil : order.callerID
        var terms = CallTerms(user: call.terms.user, .outgoing, from: shown ?? party, to: order.target)
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
