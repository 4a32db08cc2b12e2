import SIPMessages
import Timeline

/// One server transaction with what its machine asks about: the last response, where to, and for whom.
struct ServerSlot: Sendable {
    enum Machine: Sendable, BitwiseCopyable {
        case invite(InviteServerTransaction)
        case nonInvite(NonInviteServerTransaction)
    }

    enum Input {
        case request
        case acknowledgement
        case response(StatusCode)
        case transportFailed
        case timeElapsed
    }

    var machine: Machine
    let method: Method
    /// Whether the transaction is matched by the rules of RFC 2543, so that the To tags count.
    let isLegacy: Bool
    /// Whether the request is entered among those whose copies are merged.
    let isMergeable: Bool
    var user = TransactionUser.none
    /// Where responses go.
    let flow: Flow
    /// The last response; empty while there is none and once it is not to be repeated.
    var response: [UInt8] = []
    /// The lower half of the fingerprint the transaction is found by.
    let key: UInt64
    /// The lower half of the fingerprint that copies of the request have in common.
    let mergeKey: UInt64
    /// The request's To tag, 0 if it has none; compared only if `isLegacy`.
    let requestToTag: UInt32
    /// The final response's To tag, which the ACK repeats; compared only if `isLegacy`.
    var responseToTag: UInt32 = 0

    /// Lets the machine answer the input.
    mutating func receive(_ input: Input, at now: Instant, into actions: inout [ServerTransactionEffect]) {
        switch machine {
        case .invite(var invite):
            switch input {
            case .request: invite.receive(.request, at: now, into: &actions)
            case .acknowledgement: invite.receive(.acknowledgement, at: now, into: &actions)
            case .response(let status): invite.receive(Self.inviteEvent(status), at: now, into: &actions)
            case .transportFailed: invite.receive(.transportFailed, at: now, into: &actions)
            case .timeElapsed: invite.timeElapsed(at: now, into: &actions)
            }
            machine = .invite(invite)
        case .nonInvite(var nonInvite):
            switch input {
            case .request: nonInvite.receive(.request, at: now, into: &actions)
            case .acknowledgement: break
            case .response(let status):
                nonInvite.receive(status.isProvisional ? .provisional : .final, at: now, into: &actions)
            case .transportFailed: nonInvite.receive(.transportFailed, at: now, into: &actions)
            case .timeElapsed: nonInvite.timeElapsed(at: now, into: &actions)
            }
            machine = .nonInvite(nonInvite)
        }
    }

    private static func inviteEvent(_ status: StatusCode) -> InviteServerTransaction.Event {
        status.isProvisional ? .provisional : status.isSuccess ? .success : .failure
    }

    var nextDeadline: Instant? {
        switch machine {
        case .invite(let invite): invite.nextDeadline
        case .nonInvite(let nonInvite): nonInvite.nextDeadline
        }
    }

    var isTerminated: Bool {
        switch machine {
        case .invite(let invite): invite.state == .terminated
        case .nonInvite(let nonInvite): nonInvite.state == .terminated
        }
    }

    /// Whether this is an INVITE without a final response.
    var isCancellable: Bool {
        switch machine {
        case .invite(let invite): invite.state == .proceeding
        case .nonInvite: false
        }
    }

    /// Whether a final response was given.
    var isAnswered: Bool {
        switch machine {
        case .invite(let invite): invite.state != .proceeding
        case .nonInvite(let nonInvite): nonInvite.state == .completed || nonInvite.state == .terminated
        }
    }

    /// Whether the stored response can still be asked for.
    var needsResponse: Bool {
        switch machine {
        case .invite(let invite): invite.state == .proceeding || invite.state == .completed
        case .nonInvite(let nonInvite): nonInvite.state != .terminated
        }
    }
}
