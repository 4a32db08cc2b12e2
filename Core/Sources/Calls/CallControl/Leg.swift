import Addresses
import SIPDialogs
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// One leg of a call: the user of one INVITE dialog (RFC 3261 §12–§15). It is the only place of a call that knows SIP;
/// towards its call it speaks `LegEvent` and understands `LegCommand`.
///
/// A *server* leg was opened by its peer's INVITE (the caller), a *client* leg by ours (a callee).
public struct Leg: Equatable, Sendable {
    /// Who sent the INVITE.
    public enum Role: UInt8, Hashable, Sendable {
        /// The peer.
        case server
        /// We.
        case client
    }

    /// Where the leg is between INVITE and its end.
    public enum State: UInt8, Hashable, Sendable, CaseIterable {
        /// The INVITE has no final answer. Exits: `answered`, `confirmed`, `cancelling`, `ended`.
        case inviting
        /// Client only: CANCEL was asked for, the final answer is awaited. Exits: `ending`, `ended`.
        case cancelling
        /// The 2xx has passed, its ACK has not. Exits: `confirmed`, `ending`, `ended`.
        case answered
        /// INVITE, 2xx and ACK have passed. Exits: `ending`, `ended`.
        case confirmed
        /// Our BYE is on its way, or waits for the ACK of our 2xx (RFC 3261 §15). Exit: `ended`.
        case ending
        /// Nothing will be sent or understood any more.
        case ended
    }

    /// What can happen to a leg.
    public enum Input: Sendable {
        case command(LegCommand)
        case request(SIPMessage, ServerTransactionID, Flow)
        case acknowledgement(SIPMessage)
        case cancelled(SIPMessage)
        case response(SIPMessage, ClientTransactionID)
        case requestFailed(ClientTransactionID, Failure)
    }

    public let role: Role
    public internal(set) var state: State = .inviting
    /// The call that the leg belongs to.
    public internal(set) var call: SlotHandle
    /// How transactions name this leg.
    public let user: TransactionUser
    /// Our tag; it names this leg.
    public let localTag: [UInt8]
    /// The way to the peer for requests and responses of this dialog.
    public internal(set) var flow: Flow
    /// The dialog, once a 2xx has confirmed it.
    public internal(set) var dialog: Dialog?
    /// Server: the INVITE that waits for our final answer.
    var invitation: PendingRequest?
    /// Client: what our INVITE says, until its final answer.
    var outgoing: OutgoingInvitation?
    /// Client: what answers the challenges of this peer.
    var credentials: Credentials?
    /// Client: the peer's tags of the early dialogs that provisional answers have opened, one for each fork.
    var earlyTags: [[UInt8]] = []
    /// Client: forks that answered after another one and were ended.
    var declinedForks: [DeclinedFork] = []
    /// Our own requests that wait for a final answer.
    var requests = OutstandingRequests()
    /// The 2xx that is repeated until its ACK comes (RFC 3261 §13.3.1.4).
    var unacknowledgedSuccess: UnacknowledgedSuccess?
    /// The ACK that answers repeated 2xx responses.
    var acknowledgement: SentAcknowledgement?
    /// The peer's re-INVITE that waits for our final answer.
    var renegotiation: PendingRequest?
    /// The peer's INFO that waits for our answer.
    var information: PendingRequest?
    /// What an application wants to be written into the next response, or into our BYE.
    var carried: [PassedHeader] = []
    /// Client: whether the header fields of the responses to our INVITE are wanted.
    var reportsHeaders = false
    /// When the session has to be refreshed; nil where the leg has no session timer.
    var session: SessionTimer?
    /// What REFER has to do with the leg; nil before the first one.
    var transfers: LegTransfers?
    /// The release that waits until our 2xx is acknowledged.
    var postponedRelease: Release?

    /// The Call-ID of the dialog; empty on a server leg before its 2xx.
    public var callID: [UInt8] { dialog?.callID ?? outgoing?.callID ?? [] }

    /// Whose INVITE is under way in a dialog (RFC 3261 §14): one at a time, from the request to the ACK.
    enum InviteTurn {
        /// Nobody's: either side may send a re-INVITE.
        case free
        /// Ours waits for its answer, or one side's 2xx for its ACK: the peer's INVITE is refused with 491.
        case ours
        /// The peer's waits for our answer: a second one is refused with 500.
        case peers
    }

    /// Whose INVITE is under way.
    var inviteTurn: InviteTurn {
        if case .some = renegotiation { return .peers }
        let isQuiet = requests.renegotiation == nil && !requests.owesAcknowledgement && unacknowledgedSuccess == nil
        return state == .confirmed && isQuiet ? .free : .ours
    }

    /// Whether a 2xx has confirmed the dialog; a comparison with nil would copy it.
    var hasDialog: Bool { if case .some = dialog { true } else { false } }

    /// Whether a request with our tag in To belongs to this dialog: Call-ID and the peer's tag agree (RFC 3261 §12).
    public func matches(_ request: SIPMessage, tag: ByteRange) -> Bool {
        guard request.equals(tag, localTag) else { return false }
        if let dialog { return dialog.matches(request) }
        if let invitation {
            let first = invitation.message
            return request.equals(request.callID, first.copy(first.callID))
                && request.from.tag.map { request.copy($0) } == first.from.tag.map { first.copy($0) }
        }
        guard let outgoing, let peer = request.from.tag else { return false }
        return request.equals(request.callID, outgoing.callID) && earlyTags.contains { request.equals(peer, $0) }
    }

    /// The earliest instant at which `timeElapsed` has something to do.
    public var nextDeadline: Instant? {
        Instant.earliest(
            session?.nextDeadline,
            Instant.earliest(unacknowledgedSuccess?.machine.nextDeadline, acknowledgement?.expires))
    }

    /// The one door: reports to the call go into `events`, requests and responses into the user agent's transactions.
    public mutating func receive(
        _ input: Input, at now: Instant, through userAgent: inout UserAgentCore, into events: inout [LegEvent]
    ) {
        let wasEnded = state == .ended
        switch input {
        case .command(let command): obey(command, now, &userAgent, &events)
        case .request(let message, let id, let flow): receive(message, id, flow, now, &userAgent, &events)
        case .acknowledgement(let message): receiveAcknowledgement(message, now, &userAgent, &events)
        case .cancelled(let message): receiveCancel(message, now, &userAgent, &events)
        case .response(let message, let id): receiveResponse(message, id, now, &userAgent, &events)
        case .requestFailed(let id, let failure): requestFailed(id, failure, now, &userAgent, &events)
        }
        if state == .ended && !wasEnded { events.append(.ended) }
    }

    /// Repeats the unacknowledged 2xx, gives it up after 64·T1, and forgets the ACK that nobody can ask for any more.
    public mutating func timeElapsed(
        at now: Instant, through userAgent: inout UserAgentCore, into events: inout [LegEvent]
    ) {
        let wasEnded = state == .ended
        if let sent = acknowledgement, sent.expires <= now { acknowledgement = nil }
        repeatSuccess(now, &userAgent, &events)
        sessionTimeElapsed(now, &userAgent, &events)
        if state == .ended && !wasEnded { events.append(.ended) }
    }
}
