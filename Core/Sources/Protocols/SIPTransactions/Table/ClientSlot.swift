import SIPMessages
import Timeline

/// One client transaction with what its machine asks about: the bytes to repeat, where to, and for whom.
struct ClientSlot: Sendable {
    enum Machine: Sendable, BitwiseCopyable {
        /// The branch is given out, nothing was sent.
        case reserved
        case invite(InviteClientTransaction)
        case nonInvite(NonInviteClientTransaction)
    }

    enum Input {
        case response(StatusCode)
        case cancel
        case transportFailed
        case timeElapsed
    }

    var machine = Machine.reserved
    var method = Method.unknown
    /// Whether this is the CANCEL that the table made itself; its outcome interests nobody.
    var isOwnCancel = false
    var user = TransactionUser.none
    var flow: Flow?
    /// The request, then the ACK to a failure; empty once nothing is to be repeated or built from it.
    var message: [UInt8] = []
    /// The CANCEL of this INVITE.
    var cancel: SlotHandle?

    /// Lets the machine answer the input.
    mutating func receive(_ input: Input, at now: Instant, into actions: inout [ClientTransactionEffect]) {
        switch machine {
        case .reserved: break
        case .invite(var invite):
            switch input {
            case .response(let status): invite.receive(Self.inviteEvent(status), at: now, into: &actions)
            case .cancel: invite.receive(.cancel, at: now, into: &actions)
            case .transportFailed: invite.receive(.transportFailed, at: now, into: &actions)
            case .timeElapsed: invite.timeElapsed(at: now, into: &actions)
            }
            machine = .invite(invite)
        case .nonInvite(var nonInvite):
            switch input {
            case .response(let status):
                nonInvite.receive(status.isProvisional ? .provisional : .final, at: now, into: &actions)
            case .cancel: break
            case .transportFailed: nonInvite.receive(.transportFailed, at: now, into: &actions)
            case .timeElapsed: nonInvite.timeElapsed(at: now, into: &actions)
            }
            machine = .nonInvite(nonInvite)
        }
    }

    private static func inviteEvent(_ status: StatusCode) -> InviteClientTransaction.Event {
        status.isProvisional ? .provisional : status.isSuccess ? .success : .failure
    }

    var nextDeadline: Instant? {
        switch machine {
        case .reserved: nil
        case .invite(let invite): invite.nextDeadline
        case .nonInvite(let nonInvite): nonInvite.nextDeadline
        }
    }

    var isTerminated: Bool {
        switch machine {
        case .reserved: false
        case .invite(let invite): invite.state == .terminated
        case .nonInvite(let nonInvite): nonInvite.state == .terminated
        }
    }

    /// Whether the final response is still to come.
    var isPending: Bool {
        switch machine {
        case .reserved: false
        case .invite(let invite): invite.state == .calling || invite.state == .proceeding
        case .nonInvite(let nonInvite): nonInvite.state == .trying || nonInvite.state == .proceeding
        }
    }

    /// Whether the stored bytes can still be asked for.
    var needsMessage: Bool {
        switch machine {
        case .reserved: false
        case .invite(let invite): invite.state != .accepted && invite.state != .terminated
        case .nonInvite(let nonInvite): nonInvite.state == .trying || nonInvite.state == .proceeding
        }
    }
}
