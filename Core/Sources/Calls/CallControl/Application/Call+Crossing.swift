import Accounting
import MediaSessions
import SIPMessages
import Timeline

/// A call of one application's channel to another application: two calls without legs, each of which hears what the other
/// one's side tells its party. Their media meet on our own ports.
extension Call {
    /// A call that another application's channel makes, whose description is `offer`.
    public init(id: UInt64, entering entered: EnteredCall, media: CallMedia, policy: CallPolicy) {
        self.init(
            id: id, parties: entered.parties, times: entered.times, media: media, callerCallID: [], liveLegs: 0,
            negotiation: CallNegotiation(callerOffer: entered.offer), deadlines: CallDeadlines(policy: policy))
    }

    /// What one side tells goes to that call from now on.
    public mutating func cross(with peer: SlotHandle) { application?.peer = peer }

    /// Tells the application at the other end.
    func tellPeer(_ side: MediaSide, _ command: LegCommand, _ effects: inout [Effect]) {
        guard let application, let peer = application.peer, side == application.party else { return }
        effects.append(.cross(peer, command))
    }

    /// The application at the other end does something to its party, which is this call.
    mutating func crossed(_ command: LegCommand, _ now: Instant, _ effects: inout [Effect]) {
        guard ending == nil, let side = application?.party else { return }
        let isEarly = state == .arComplete
        switch command {
        case .ring(let status, let description):
            receive(.ringing(status, description: description), from: side, now, &effects)
        case .answer(let description):
            if !isEarly { return receive(.updated(description: description), from: side, now, &effects) }
            applicationsPartyAnswered(description, now, &effects)
        case .reject(let failure):
            if !isEarly { return receive(.updateRefused(failure), from: side, now, &effects) }
            refuse(failure, by: .callee, now, &effects)
        case .acknowledge(let description): receive(.acknowledged(description: description), from: side, now, &effects)
        case .offer(let description): receive(.offered(description: description), from: side, now, &effects)
        case .inform(let type, let body):
            receive(.information(contentType: type, body: body), from: side, now, &effects)
        case .answerInformation(let status): receive(.informationAnswered(status), from: side, now, &effects)
        case .release(let release):
            let kind: Release.Kind = isEarly ? .cancel : .bye
            receive(
                .released(Release(kind, cause: release.cause, status: release.status)), from: side, now, &effects)
        case .carry, .refer, .answerTransfer, .tellTransfer, .refresh: break
        }
    }
}

/// A call that comes to an application from another one.
public struct EnteredCall: Sendable {
    public var parties: CallParties
    public var times: CallTimes
    /// The description of the application that calls.
    public var offer: [UInt8]?

    public init(parties: CallParties, times: CallTimes, offer: [UInt8]?) {
        self.parties = parties
        self.times = times
        self.offer = offer
    }
}
