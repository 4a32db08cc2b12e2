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
        case response([UInt8], StatusCode)
        case transportFailed
        case timeElapsed
    }

    /// What the table has to do after an input.
    struct Outcome {
        var deadline: Instant?
        var isTerminated: Bool
        /// Whether the ACK that was put in goes to the user.
        var deliversAcknowledgement = false
        /// Whether a failure to INVITE was sent, whose To tag the ACK will repeat.
        var expectsAcknowledgement = false
    }

    var machine: Machine
    var user = TransactionUser.none
    /// Where responses go.
    let flow: Flow
    /// The last response; empty while there is none and once it is not to be repeated.
    var response: [UInt8] = []

    init(machine: Machine, flow: Flow) {
        self.machine = machine
        self.flow = flow
    }

    /// Lets the machine answer the input and does what it asks for; `actions` is an empty buffer to work in.
    mutating func process(
        _ input: Input, as id: ServerTransactionID, at now: Instant, using actions: inout [ServerTransactionEffect],
        into effects: inout [TransactionTable.Effect]
    ) -> Outcome {
        receive(input, at: now, into: &actions)
        let deadline = isLingering ? nextDeadline?.nextClearance : nextDeadline
        var outcome = Outcome(deadline: deadline, isTerminated: isTerminated)
        for action in actions {
            switch action {
            case .send:
                guard case .response(let bytes, _) = input else { continue }
                if needsResponse { response = bytes }
                outcome.expectsAcknowledgement = expectsAcknowledgement
                effects.append(.transmit(bytes, flow))
            case .resend:
                if !response.isEmpty { effects.append(.transmit(response, flow)) }
            case .deliverAcknowledgement: outcome.deliversAcknowledgement = true
            case .unacknowledged:
                effects.append(.unacknowledged(id, user))
            case .transportFailed:
                effects.append(.responseFailed(id, user))
            }
        }
        if !needsResponse { response = [] }
        return outcome
    }

    private mutating func receive(_ input: Input, at now: Instant, into actions: inout [ServerTransactionEffect]) {
        switch machine {
        case .invite(var invite):
            switch input {
            case .request: invite.receive(.request, at: now, into: &actions)
            case .acknowledgement: invite.receive(.acknowledgement, at: now, into: &actions)
            case .response(_, let status): invite.receive(Self.inviteEvent(status), at: now, into: &actions)
            case .transportFailed: invite.receive(.transportFailed, at: now, into: &actions)
            case .timeElapsed: invite.timeElapsed(at: now, into: &actions)
            }
            machine = .invite(invite)
        case .nonInvite(var nonInvite):
            switch input {
            case .request: nonInvite.receive(.request, at: now, into: &actions)
            case .acknowledgement: break
            case .response(_, let status):
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

    /// Whether nothing is sent or told when the deadline comes: the transaction is only forgotten.
    var isLingering: Bool {
        switch machine {
        case .invite(let invite): invite.state == .accepted || invite.state == .confirmed
        case .nonInvite(let nonInvite): nonInvite.state == .completed
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

    private var expectsAcknowledgement: Bool {
        switch machine {
        case .invite(let invite): invite.state == .completed
        case .nonInvite: false
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
