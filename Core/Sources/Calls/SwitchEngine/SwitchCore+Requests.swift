import CallControl
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// What a shard does with requests: those inside a dialog go to their leg, the others pass the gate first.
extension SwitchCore {
    mutating func receiveRequest(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if request.to.tag != nil {
            if let handle = leg(for: request) {
                userAgent.transactions.setUser(TransactionUser(rawValue: handle.rawValue), of: id)
                feed(.request(request, id, flow), to: handle, now)
            } else {
                refuse(request, id, flow, .callDoesNotExist)
            }
            return
        }
        if let refusal = InboundGate.refusal(of: request) {
            refuse(request, id, flow, refusal.status) { refusal.write(to: &$0) }
            return
        }
        switch request.method {
        case .invite: receiveInvitation(request, id, flow, now, &outputs)
        case .register: receiveRegistration(request, id, flow, now, &outputs)
        case .options:
            refuse(request, id, flow, .ok) { writer in
                writer.header(.allow, SupportedMethods.allow)
                writer.header(.accept, SupportedMethods.accept)
                writer.header(.supported, SupportedMethods.extensions)
            }
        case .ack, .cancel, .bye, .info, .update, .prack, .refer, .notify, .subscribe, .message, .publish, .unknown:
            refuse(request, id, flow, .methodNotAllowed) { $0.header(.allow, SupportedMethods.allow) }
        }
    }

    /// The leg whose dialog a request belongs to: found by our tag, believed when Call-ID and the peer's tag agree
    /// (RFC 3261 §12.2.2).
    mutating func leg(for request: SIPMessage) -> SlotHandle? {
        guard let tag = request.to.tag,
            let handle = LegTag.handle(at: tag, of: request, shard: userAgent.settings.shard),
            legs.update(handle, { $0.matches(request, tag: tag) }) == true
        else { return nil }
        return handle
    }

    /// Answers without keeping anything.
    mutating func refuse(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, _ status: StatusCode,
        extra: (inout MessageWriter) -> Void = { _ in }
    ) {
        let tag = request.to.tag == nil ? statelessTag : nil
        userAgent.respondStatelessly(
            to: request, id, OutgoingResponse(status, toTag: tag, source: flow.remote), over: flow, extra: extra)
    }

    /// Asks for credentials, or asks again (RFC 3261 §22.1). Unknown users and wrong passwords get the same answer.
    mutating func challenge(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, isStale: Bool, _ now: Instant
    ) {
        let challenges = authenticator.challenges(isStale: isStale, at: now)
        refuse(request, id, flow, .unauthorized) { writer in
            for challenge in challenges { challenge.write(as: .wwwAuthenticate, into: &writer) }
        }
    }

    /// Only an account's digest may register; bindings themselves are not kept yet.
    private mutating func receiveRegistration(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        switch verifyCredentials(of: request, flow, now) {
        case .accepted: refuse(request, id, flow, .methodNotAllowed) { $0.header(.allow, SupportedMethods.allow) }
        case .challenge(let isStale): challenge(request, id, flow, isStale: isStale, now)
        case .silence: userAgent.transactions.abandon(id)
        }
    }
}
