import SIPDialogs
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// The transfers of a leg: the last REFER of ours, and the last one of the peer's.
struct LegTransfers: Equatable, Sendable {
    /// Our REFER, while it has no final answer.
    var request: ClientTransactionID?
    /// What it says in Refer-To.
    var referTo: [UInt8] = []
    /// What is heard about it.
    var subscription: ReferSubscription?
    /// The peer's REFER, while it has no final answer.
    var asked: PendingRequest?
    /// How many REFER requests of the peer were accepted.
    var accepted = 0
    /// The CSeq of the last one.
    var acceptedNumber: UInt32 = 0
    /// What its sender is told; nil where he wants to hear nothing (RFC 4488).
    var notifier: ReferNotifier?
    /// Our NOTIFY, while it has no final answer.
    var notification: ClientTransactionID?
}

/// What the peer wants by its REFER.
public struct TransferRequest: Equatable, Sendable {
    public var target: ReferTarget
    /// Referred-By as it was written; empty where there is none (RFC 3892).
    public var referredBy: [UInt8]

    public init(target: ReferTarget, referredBy: [UInt8] = []) {
        self.target = target
        self.referredBy = referredBy
    }
}

/// What a leg does about transfers: REFER and the notifications of what comes of it, in both directions (RFC 3515).
extension Leg {
    // MARK: Our REFER

    /// Asks the peer to call somebody.
    mutating func refer(
        to target: [UInt8], _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        guard state == .confirmed || state == .answered, transfers?.request == nil else {
            events.append(.transferProgress(.refused(.requestPending)))
            return
        }
        var transfers = transfers ?? LegTransfers()
        transfers.referTo = target
        self.transfers = transfers
        requests.triedCredentials = false
        sendRefer(authorization: nil, now, &userAgent)
    }

    private mutating func sendRefer(
        authorization: AnsweredChallenge?, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        guard let referTo = transfers?.referTo, let party = dialog?.localParty else { return }
        let (settings, localTag, flow) = (userAgent.settings, localTag, flow)
        let sent = sendRequest(.refer, now, &userAgent) { writer in
            if let authorization { authorization.credentials.write(as: authorization.name, into: &writer) }
            settings.writeContact(tag: localTag, flow: flow, to: &writer)
            writer.header(.referTo, referTo)
            writer.header(.referredBy, party)
            writer.header(.allow, SupportedMethods.allow)
            writer.header(.supported, SupportedMethods.extensions)
            writer.header(.userAgent, settings.product)
            return writer.finish()
        }
        transfers?.request = sent
        transfers?.subscription = ReferSubscription(number: dialog?.localCSeq ?? 0)
    }

    /// The peer answered our REFER; an answer that says that it knows no such dialog ends the leg.
    mutating func referAnswered(
        _ response: SIPMessage, _ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        if let authorization = authorization(for: response, status, userAgent: &userAgent) {
            requests.triedCredentials = true
            return sendRefer(authorization: authorization, now, &userAgent)
        }
        transfers?.request = nil
        if status.isSuccess {
            refreshTarget(from: response)
            let isSubscribed = response.first(.referSub).map { !response.equals($0, lowercase: "false") } ?? true
            return progress(.accepted(isSubscribed: isSubscribed), &events)
        }
        progress(.refused(status), &events)
        if status == .callDoesNotExist && state != .ending { loseDialog(now, &userAgent, &events) }
    }

    /// Follows what becomes of our REFER.
    mutating func progress(_ event: ReferSubscription.Event, _ events: inout [LegEvent]) {
        var effects: [ReferProgress] = []
        transfers?.subscription?.receive(event, into: &effects)
        guard state == .confirmed || state == .answered else { return }
        for effect in effects { events.append(.transferProgress(effect)) }
    }

    /// A NOTIFY of the peer: about our REFER, or about nothing that we asked for (RFC 6665 §4.1.3).
    mutating func receiveNotification(
        _ request: SIPMessage, _ id: ServerTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        guard let event = request.first(.event), let package = request.valueWithoutParameters(of: .event),
            request.equals(package, lowercase: "refer")
        else { return respond(to: request, id, .badEvent, now, &userAgent) }
        let number = request.parameter("id", in: event).flatMap { request.number($0) }
        guard let subscription = transfers?.subscription, number ?? subscription.number == subscription.number else {
            return respond(to: request, id, .callDoesNotExist, now, &userAgent)
        }
        respond(to: request, id, .ok, now, &userAgent)
        refreshTarget(from: request)
        let isFragment = request.hasContentType("message/sipfrag")
        let status = isFragment ? StatusFragment.status(request.copy(request.body)) : nil
        progress(.notified(status, Self.subscriptionEnd(of: request)), &events)
    }

    private static func subscriptionEnd(of request: SIPMessage) -> ReferSubscription.SubscriptionEnd? {
        guard let state = request.first(.subscriptionState),
            let name = request.valueWithoutParameters(of: .subscriptionState),
            request.equals(name, lowercase: "terminated")
        else { return nil }
        let reason = request.parameter("reason", in: state)
        return reason.map { request.equals($0, lowercase: "timeout") } == true ? .timeout : .other
    }

    // MARK: The peer's REFER

    /// The peer asks to be put through to somebody else; malformed requests are refused here, all others are the call's
    /// to answer.
    mutating func receiveRefer(
        _ request: SIPMessage, _ id: ServerTransactionID, _ now: Instant, _ userAgent: inout UserAgentCore,
        _ events: inout [LegEvent]
    ) {
        guard state == .confirmed || state == .answered else {
            return respond(to: request, id, .callDoesNotExist, now, &userAgent)
        }
        let isBusy = transfers.map { $0.asked != nil || $0.notifier?.state == .active } ?? false
        if isBusy { return respond(to: request, id, .requestPending, now, &userAgent) }
        guard request.count(of: .referTo) == 1, let address = request.firstAddress(of: .referTo) else {
            return respond(to: request, id, .badRequest, now, &userAgent)
        }
        do throws(ReferTarget.Refusal) {
            let target = try ReferTarget(reading: request.unfolded(address.uri))
            refreshTarget(from: request)
            var transfers = transfers ?? LegTransfers()
            transfers.asked = PendingRequest(request, id)
            self.transfers = transfers
            let referredBy = request.first(.referredBy).map { request.unfolded($0) } ?? []
            events.append(.transferRequested(TransferRequest(target: target, referredBy: referredBy)))
        } catch {
            respond(to: request, id, error.status, now, &userAgent)
        }
    }

    /// Answers the peer's REFER. Whoever is accepted hears of it by NOTIFY at once, unless he wants to hear nothing
    /// (RFC 4488 §4).
    mutating func answerRefer(_ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore) {
        guard let pending = transfers?.asked else { return }
        transfers?.asked = nil
        let request = pending.message
        let isSilent = request.first(.referSub).map { request.equals($0, lowercase: "false") } ?? false
        let (settings, localTag, flow) = (userAgent.settings, localTag, flow)
        userAgent.respond(
            to: request, pending.transaction, OutgoingResponse(status, toTag: localTag, source: flow.remote), at: now
        ) { writer in
            guard status.isSuccess else { return }
            settings.writeContact(tag: localTag, flow: flow, to: &writer)
            if isSilent { writer.header(.referSub, "false") }
        }
        guard status.isSuccess else { return }
        transfers?.accepted += 1
        transfers?.acceptedNumber = request.cSeq.number
        transfers?.notifier = isSilent ? nil : ReferNotifier()
        tellTransfer(.trying, now, &userAgent)
    }

    /// Tells the sender of the REFER how the call to its target goes.
    mutating func tellTransfer(_ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore) {
        notify(.status(status), now, &userAgent)
    }

    /// Our NOTIFY was answered, or given up.
    mutating func notificationAnswered(
        _ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        transfers?.notification = nil
        notify(.answered(status), now, &userAgent)
    }

    private mutating func notify(
        _ event: ReferNotifier.Event, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        var effects: [ReferNotifier.Effect] = []
        transfers?.notifier?.receive(event, into: &effects)
        guard state == .confirmed || state == .answered else { return }
        for case .notify(let status) in effects { sendNotification(status, now, &userAgent) }
    }

    private mutating func sendNotification(
        _ status: StatusCode, _ now: Instant, _ userAgent: inout UserAgentCore
    ) {
        guard let transfers else { return }
        let (settings, localTag, flow) = (userAgent.settings, localTag, flow)
        let sent = sendRequest(.notify, now, &userAgent) { writer in
            settings.writeContact(tag: localTag, flow: flow, to: &writer)
            writer.begin(.event)
            writer.append("refer")
            if transfers.accepted > 1 {
                writer.append(";id=")
                writer.append(transfers.acceptedNumber)
            }
            writer.end()
            writer.header(
                .subscriptionState, status.isFinal ? "terminated;reason=noresource" : "active;expires=180")
            writer.header(.userAgent, settings.product)
            return writer.finish(contentType: StatusFragment.contentType, body: StatusFragment.body(status))
        }
        self.transfers?.notification = sent
    }
}

extension Leg {
    /// How somebody else can take over this leg's answered call: by an INVITE to the peer that replaces our dialog
    /// (RFC 3891 §3, with the tags as the peer sees them); nil before the answer and after the end.
    public var replaceable: ReferTarget? {
        guard state == .confirmed || state == .answered, let dialog else { return nil }
        return ReferTarget(
            uri: dialog.remoteTarget,
            replaces: ReplacedDialog(callID: dialog.callID, toTag: dialog.remoteTag, fromTag: dialog.localTag))
    }

    /// What is between a leg and a newcomer who wants to replace its dialog.
    public enum Replaceability: Sendable {
        /// It is answered and can be replaced.
        case confirmed
        /// It was opened by us and not answered yet.
        case early
        /// It is being ended.
        case terminated
    }

    /// Whether this leg's dialog is the one that somebody wants to replace; nil where it is another one, or one that only
    /// its peer could replace (RFC 3891 §3).
    public func replaceability(by dialog: ReplacedDialog) -> Replaceability? {
        guard localTag == dialog.toTag, callID == dialog.callID else { return nil }
        if let own = self.dialog {
            guard own.remoteTag == dialog.fromTag else { return nil }
            return state == .confirmed || state == .answered ? .confirmed : .terminated
        }
        return role == .client && earlyTags.contains(dialog.fromTag) ? .early : nil
    }
}

extension Leg {
    /// Makes this a leg of another call.
    public mutating func move(to call: SlotHandle) { self.call = call }
}
