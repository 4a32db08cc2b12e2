import SIPDialogs
import SIPMessages

/// What a leg tells its call. Only the leg knows SIP: nothing but what stands here can reach the other leg.
public enum LegEvent: Equatable, Sendable {
    /// Any provisional answer, 100 included: the peer is there.
    case trying
    /// A provisional answer 180–199 to our INVITE, with early media when `description` is given.
    case ringing(StatusCode, description: [UInt8]?)
    /// The callee answered; `description` is its answer, or its offer when our INVITE carried none. When it is an offer
    /// the leg withholds its ACK until `LegCommand.acknowledge`.
    case connected(description: [UInt8]?)
    /// The peer's ACK arrived for an answer that carried our offer; `description` is the peer's answer.
    case acknowledged(description: [UInt8]?)
    /// The peer renegotiates by re-INVITE; nil asks us for an offer. Answer with `.answer` or `.reject`.
    case offered(description: [UInt8]?)
    /// The peer accepted our re-INVITE.
    case updated(description: [UInt8]?)
    /// The peer refused our re-INVITE; the session goes on unchanged.
    case updateRefused(Failure)
    /// The peer sent an INFO request; answer with `.answerInformation`.
    case information(contentType: [UInt8], body: [UInt8])
    /// The peer answered our INFO request.
    case informationAnswered(StatusCode)
    /// The session has to be refreshed by a re-INVITE.
    case refreshDue
    /// The header fields of a response to our INVITE, before what it means; only where they are wanted.
    case headers([PassedHeader])
    /// What is heard about our REFER.
    case transferProgress(ReferProgress)
    /// The peer asks by REFER to be put through to somebody else; answer with `.answerTransfer`.
    case transferRequested(TransferRequest)
    /// The INVITE that we sent was refused, timed out or could not be sent.
    case failed(Failure)
    /// The peer ended its leg, or the leg could not live on.
    case released(Release)
    /// The leg is gone: no message of it will be sent or understood any more. Always the last event.
    case ended
}

/// What the call asks of a leg.
public enum LegCommand: Equatable, Sendable {
    /// Send a provisional answer to the peer's INVITE.
    case ring(StatusCode, description: [UInt8]?)
    /// Accept the peer's INVITE or re-INVITE.
    case answer(description: [UInt8]?)
    /// Refuse the peer's INVITE or re-INVITE.
    case reject(Failure)
    /// Send the ACK that was withheld for the answer to the peer's offer.
    case acknowledge(description: [UInt8]?)
    /// Send a re-INVITE; nil asks the peer for an offer.
    case offer(description: [UInt8]?)
    /// Refresh the session: repeat by re-INVITE what we described last (RFC 4028 §7.4).
    case refresh
    /// Send an INFO request.
    case inform(contentType: [UInt8], body: [UInt8])
    /// Answer the peer's INFO request.
    case answerInformation(StatusCode)
    /// Write these header fields into the next response to the peer's INVITE, or into our BYE.
    case carry([PassedHeader])
    /// Send REFER; `to` is the value of its Refer-To.
    case refer(to: [UInt8])
    /// Answer the peer's REFER: 202, or a refusal.
    case answerTransfer(StatusCode)
    /// Tell the sender of the REFER the status of the call to its target.
    case tellTransfer(StatusCode)
    /// End the leg whatever its state: CANCEL, BYE or a final answer.
    case release(Release)
}

/// Why an INVITE was not accepted.
public struct Failure: Equatable, Sendable {
    /// Where the failure comes from, which decides whether the hunt goes on.
    public enum Origin: UInt8, Hashable, Sendable {
        /// The peer answered with the status.
        case answered
        /// No provisional answer in time.
        case noResponse
        /// Rang, but was not answered in time.
        case noAnswer
        /// The request could not be sent, or the transport broke.
        case unreachable
        /// We decided so ourselves.
        case local
    }

    public var status: StatusCode
    public var origin: Origin
    /// The peer's reason phrase; nil for the standard phrase.
    public var phrase: [UInt8]?
    /// Seconds of the Retry-After header.
    public var retryAfter: UInt32?
    /// The Q.850 cause of the Reason header (RFC 3326, RFC 6432).
    public var cause: UInt8?
    /// The Contact values of a redirection (RFC 3261 §8.1.3.4), as they were written.
    public var contacts: [[UInt8]] = []

    public init(
        _ status: StatusCode, _ origin: Origin = .local, phrase: [UInt8]? = nil, retryAfter: UInt32? = nil,
        cause: UInt8? = nil
    ) {
        self.status = status
        self.origin = origin
        self.phrase = phrase
        self.retryAfter = retryAfter
        self.cause = cause
    }
}

/// Why a leg ends.
public struct Release: Equatable, Sendable {
    /// The kinds of ending.
    public enum Kind: UInt8, Hashable, Sendable {
        /// The peer hung up an answered call.
        case bye
        /// The caller gave up before the answer.
        case cancel
        /// The peer never acknowledged our 2xx (RFC 3261 §13.3.1.4).
        case noAcknowledgement
        /// The transport of the leg broke or the peer no longer knows the dialog.
        case lost
        /// The call ends the leg for a reason of its own or of the other leg.
        case commanded
    }

    public var kind: Kind
    /// The Q.850 cause told or to be told in the Reason header.
    public var cause: UInt8?
    /// The SIP status told or to be told in the Reason header, such as 200 for a call completed elsewhere.
    public var status: UInt16?

    public init(_ kind: Kind, cause: UInt8? = nil, status: UInt16? = nil) {
        self.kind = kind
        self.cause = cause
        self.status = status
    }
}
