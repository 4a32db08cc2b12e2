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

    /// What the table has to do after an input.
    struct Outcome {
        var deadline: Instant?
        var isTerminated: Bool
        var isPending: Bool
        /// Whether the response that was put in wants an ACK of the transaction's own.
        var acknowledges = false
        /// Whether the response that was put in goes to the user.
        var delivers = false
        /// A CANCEL to be sent in a transaction of its own.
        var cancel: [UInt8]?
    }

    var machine = Machine.reserved
    var method = Method.unknown
    /// Whether this is the CANCEL that the table made itself; its outcome interests nobody.
    var isOwnCancel = false
    var user = TransactionUser.none
    var flow: Flow?
    /// The request, then the ACK to a failure; empty once nothing is to be repeated or built from it.
    var message: [UInt8] = []
    /// Value of the Reason field of the CANCEL; empty for none.
    var cancelReason: [UInt8] = []
    /// The forks that answered this INVITE with 2xx, by numbers that stand for their tags, once no leg cares for them.
    var forks: [UInt64] = []
    /// The CANCEL of this INVITE.
    var cancel: SlotHandle?

    /// Lets the machine answer the input and does what it asks for; `actions` is an empty buffer to work in.
    mutating func process(
        _ input: Input, as id: ClientTransactionID, at now: Instant, using actions: inout [ClientTransactionEffect],
        into effects: inout [TransactionTable.Effect]
    ) -> Outcome {
        receive(input, at: now, into: &actions)
        let deadline = isPending ? nextDeadline : nextDeadline?.nextClearance
        var outcome = Outcome(deadline: deadline, isTerminated: isTerminated, isPending: isPending)
        for action in actions {
            switch action {
            case .send, .resend, .acknowledgeAgain:
                if let flow, !message.isEmpty { effects.append(.transmit(message, flow)) }
            case .acknowledge: outcome.acknowledges = true
            case .sendCancel: outcome.cancel = DerivedRequest.cancel(of: message, reason: cancelReason)
            case .deliver: outcome.delivers = !isOwnCancel
            case .timedOut:
                if !isOwnCancel { effects.append(.timedOut(id, user)) }
            case .transportFailed:
                if !isOwnCancel { effects.append(.transportFailed(id, user)) }
            }
        }
        if !needsMessage && !outcome.acknowledges { message = [] }
        return outcome
    }

    /// Sends the ACK of a failure, which takes the place of the INVITE.
    mutating func acknowledge(_ response: SIPMessage, into effects: inout [TransactionTable.Effect]) {
        guard let flow, let acknowledgement = DerivedRequest.acknowledgement(of: message, for: response) else {
            message = []
            return
        }
        message = acknowledgement
        effects.append(.transmit(acknowledgement, flow))
    }

    private mutating func receive(_ input: Input, at now: Instant, into actions: inout [ClientTransactionEffect]) {
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
