import SIPDialogs
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// What becomes of the forks of a leg's INVITE when the leg is gone (RFC 3261 §13.2.2.4): they can answer as long as the
/// transaction lives.
extension Leg {
    /// Tells the transaction of our INVITE which forks have been acknowledged and need no BYE any more.
    public func handOverForks(to userAgent: inout UserAgentCore) {
        guard role == .client, let invite = requests.invite, let dialog else { return }
        dialog.remoteTag.withUnsafeBufferPointer { _ = userAgent.transactions.noteFork($0, of: invite) }
        for fork in declinedForks {
            fork.tag.withUnsafeBufferPointer { _ = userAgent.transactions.noteFork($0, of: invite) }
        }
    }

    /// A 2xx has come to the INVITE of a leg that is gone: it is acknowledged, and its dialog ended with BYE unless that
    /// has been done.
    public static func declineLateFork(
        _ response: SIPMessage, of invite: ClientTransactionID, at now: Instant,
        through userAgent: inout UserAgentCore
    ) {
        guard response.status?.isSuccess == true, response.cSeq.method == .invite,
            userAgent.transactions.hasForks(invite), let tag = response.to.tag,
            let sent = userAgent.transactions.flow(of: invite), let target = response.contact,
            let uri = try? response.uri(target.uri), uri.scheme != .other, uri.headers == nil,
            (try? response.validate()) != nil, var fork = Dialog(asClient: response, requestURI: [])
        else { return }
        let flow = sent.toward(fork.nextHop)
        let written = userAgent.settings.written(flow)
        var acknowledgement = fork.acknowledgement(
            of: response.cSeq.number, branch: userAgent.branch(of: nil), over: written)
        userAgent.effects.append(.transmit(acknowledgement.finish(), flow))
        guard response.withBytes(tag, { userAgent.transactions.noteFork($0, of: invite) }) else { return }
        let id = userAgent.transactions.reserveClientTransaction()
        var bye = fork.nextRequest(.bye, branch: userAgent.branch(of: id), over: written)
        userAgent.transactions.send(
            id, method: .bye, request: bye.finish(), over: flow, user: .none, at: now, into: &userAgent.effects)
    }
}
