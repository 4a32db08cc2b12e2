import SIPDialogs
import SIPMessages
import SIPTransactions
import Timeline

/// A request of the peer that waits for our final answer; kept apart from the leg, which mostly has none.
struct PendingRequest: Equatable, Sendable {
    private final class Content: Sendable {
        let message: SIPMessage
        let transaction: ServerTransactionID

        init(_ message: SIPMessage, _ transaction: ServerTransactionID) {
            self.message = message
            self.transaction = transaction
        }
    }

    private let content: Content
    var message: SIPMessage { content.message }
    var transaction: ServerTransactionID { content.transaction }

    init(_ message: SIPMessage, _ transaction: ServerTransactionID) { content = Content(message, transaction) }

    static func == (left: PendingRequest, right: PendingRequest) -> Bool {
        left.message == right.message && left.transaction == right.transaction
    }
}

/// Our own requests that wait for a final answer; at most one of each kind is out at a time.
struct OutstandingRequests: Equatable, Sendable {
    var invite: ClientTransactionID?
    var bye: ClientTransactionID?
    var information: ClientTransactionID?
    /// The re-INVITE, and what it said, so that it can be repeated with credentials.
    var renegotiation: ClientTransactionID?
    var renegotiationOffer: [UInt8]?
    /// The CSeq of the last INVITE or re-INVITE, which its ACK repeats.
    var inviteNumber: UInt32 = 0
    /// A 2xx with the peer's offer has come and its ACK waits for the answer (RFC 3264 in RFC 3261 §13.2.2.4).
    var owesAcknowledgement = false
    /// Whether credentials were tried; a second challenge is final.
    var triedCredentials = false

    /// Whether nothing inside the dialog is out.
    var isEmpty: Bool { bye == nil && information == nil && renegotiation == nil }
}

/// A 2xx to INVITE or re-INVITE and the machine that repeats it.
struct UnacknowledgedSuccess: Equatable, Sendable {
    var machine: SuccessRetransmission
    var response: [UInt8]
    var number: UInt32
    var transaction: ServerTransactionID
    /// Whether the 2xx carried our offer, so that the ACK carries the peer's answer.
    var carriesOffer: Bool
}

/// An ACK to a 2xx, kept as long as the 2xx can be repeated (RFC 3261 §13.2.2.4).
struct SentAcknowledgement: Equatable, Sendable {
    var bytes: [UInt8]
    var number: UInt32
    var expires: Instant
}

/// A fork that answered too late: its tag, and the ACK for its repeated 2xx.
struct DeclinedFork: Equatable, Sendable {
    var tag: [UInt8]
    var acknowledgement: [UInt8]

    /// Whether a response comes from this fork.
    func isTag(of response: SIPMessage) -> Bool { response.to.tag.map { response.equals($0, tag) } ?? false }
}

/// A header field that passes from one leg to the other by rule.
public struct PassedHeader: Equatable, Sendable {
    public var name: [UInt8]
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// User name and password for a peer that challenges; never printed.
public struct Credentials: Equatable, Sendable {
    public var username: [UInt8]
    public var password: [UInt8]

    public init(username: [UInt8], password: [UInt8]) {
        self.username = username
        self.password = password
    }
}

/// What the INVITE of a client leg says.
public struct OutgoingInvitation: Equatable, Sendable {
    public var requestURI: [UInt8]
    /// From without tag, as a name-addr.
    public var from: [UInt8]
    /// To without tag, as a name-addr.
    public var to: [UInt8]
    public var callID: [UInt8]
    public var maxForwards: UInt8
    /// The offer; nil asks the callee for one.
    public var description: [UInt8]?
    public var passedHeaders: [PassedHeader]
    /// Whether the header fields of the responses are wanted.
    public var reportsHeaders = false
    /// The session interval that is asked for, in seconds; nil for no session timer.
    public var sessionSeconds: UInt32?
    /// Credentials for this peer's challenges; nil answers none.
    public var credentials: Credentials?
}

extension OutgoingInvitation {
    public init(
        requestURI: [UInt8], from: [UInt8], to: [UInt8], callID: [UInt8], maxForwards: UInt8, description: [UInt8]?
    ) {
        self.init(
            requestURI: requestURI, from: from, to: to, callID: callID, maxForwards: maxForwards,
            description: description, passedHeaders: [])
    }
}
