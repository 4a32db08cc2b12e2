import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// A whole phone without sockets, clock or audio: calls, dialogs and transactions in, messages out.
///
/// It knows nothing of the switch and shares only the message and transaction modules with it.
package struct PhoneCore: Sendable {
    package enum Input: Sendable {
        /// A datagram came.
        case datagram([UInt8], Flow)
        /// The datagram that begins with these bytes could not be sent, or was reported undeliverable.
        case sendFailed([UInt8])
        /// Place this call; its audio socket is opened first.
        case place(PhoneCallID, CallRequest, Flow)
        /// The audio socket asked for is open, or could not be opened.
        case mediaOpened(PhoneCallID, Endpoint?)
        /// Everything there was to play and to dial in the call was sent.
        case mediaFinished(PhoneCallID)
        /// Hang up, give up or refuse, whatever the call's state asks for.
        case hangUp(PhoneCallID)
        /// Answer a call that rings, now.
        case answer(PhoneCallID)
        /// Refuse a call that rings with this status.
        case refuse(PhoneCallID, StatusCode)
        /// How calls that come in from now on are answered.
        case policy(AnswerPolicy)
        /// Make a registration and report its end under this number.
        case register(UInt32, RegistrationRequest, Flow)
    }

    package enum Output: Sendable {
        case send([UInt8], Flow)
        /// Open a socket for the call's audio at this address.
        case openMedia(PhoneCallID, IPAddress)
        /// Send and receive audio as agreed; comes again when the agreement changes.
        case media(PhoneCallID, MediaPlan, MediaAgreement)
        /// Begin with what the plan says is played and dialled.
        case play(PhoneCallID)
        /// A call came in; its events follow.
        case arrived(PhoneCallID)
        case event(PhoneCallID, PhoneEvent)
        /// The call is over; the report lacks its media part.
        case ended(PhoneCallID, CallReport)
        /// A registration ended with this status; nil where no answer came.
        case registered(UInt32, StatusCode?)
    }

    /// Why a client transaction was started.
    enum Purpose: UInt8 { case invite = 1, bye, register }

    /// How long after the last packet of its programme a phone hangs up: the packets on their way arrive first.
    static let lingering: Duration = .milliseconds(200)

    var transactions: TransactionTable
    let timers: TransactionTimers
    var dice: IdentifierSource
    var legs: [PhoneCallID: PhoneLeg] = [:]
    var registrations: [UInt32: PhoneRegistration] = [:]
    var policy = AnswerPolicy()
    private var nextIncoming = PhoneCallID.firstIncoming
    private var effects: [TransactionTable.Effect] = []

    package init(seed: UInt64, timers: TransactionTimers = TransactionTimers()) {
        self.timers = timers
        dice = IdentifierSource(seed: seed)
        transactions = TransactionTable(shard: 0, timers: timers, seed: dice.next())
    }

    /// When `timeElapsed` must be called next.
    package var nextDeadline: Instant? {
        var next = transactions.nextDeadline
        for leg in legs.values {
            if let deadline = leg.deadlines.next { next = min(next ?? deadline, deadline) }
        }
        return next
    }

    package mutating func receive(_ input: Input, at now: Instant, into outputs: inout [Output]) {
        switch input {
        case .datagram(let bytes, let flow):
            if let message = try? MessageParser.parse(bytes) {
                drive(at: now, into: &outputs) { $0.receive(message, from: flow, at: now, into: &$1) }
            }
        case .sendFailed(let bytes):
            drive(at: now, into: &outputs) { $0.sendFailed(bytes, at: now, into: &$1) }
        case .place(let id, let request, let flow): place(id, request, over: flow, at: now, into: &outputs)
        case .mediaOpened(let id, let local): mediaOpened(id, local, at: now, into: &outputs)
        case .mediaFinished(let id): mediaFinished(id, at: now)
        case .answer(let id): answer(id, at: now, into: &outputs)
        case .refuse(let id, let status):
            if legs[id]?.state == .ringing { refuse(id, status, by: .local, at: now, into: &outputs) }
        case .hangUp(let id): hangUp(id, at: now, into: &outputs)
        case .policy(let policy): self.policy = policy
        case .register(let number, let request, let flow):
            register(number, request, over: flow, at: now, into: &outputs)
        }
    }

    package mutating func timeElapsed(at now: Instant, into outputs: inout [Output]) {
        drive(at: now, into: &outputs) { $0.timeElapsed(at: now, into: &$1) }
        for id in legs.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            legTimeElapsed(id, at: now, into: &outputs)
        }
    }

    /// Runs `action` on the transactions and handles what comes of it.
    mutating func drive(
        at now: Instant, into outputs: inout [Output],
        _ action: (inout TransactionTable, inout [TransactionTable.Effect]) -> Void
    ) {
        var current: [TransactionTable.Effect] = []
        swap(&current, &effects)
        action(&transactions, &current)
        for effect in current { handle(effect, at: now, into: &outputs) }
        current.removeAll(keepingCapacity: true)
        swap(&current, &effects)
    }

    private mutating func handle(_ effect: TransactionTable.Effect, at now: Instant, into outputs: inout [Output]) {
        switch effect {
        case .transmit(let bytes, let flow): outputs.append(.send(bytes, flow))
        case .request(let message, let transaction, let flow):
            request(message, transaction, from: flow, at: now, into: &outputs)
        case .acknowledgement(let message, _, _): acknowledged(message, at: now, into: &outputs)
        case .cancelled(let transaction, _, let message):
            cancelled(transaction, message, at: now, into: &outputs)
        case .response(let message, let transaction, let user):
            response(message, transaction, user, at: now, into: &outputs)
        case .timedOut(_, let user): failed(user, .requestTimeout, at: now, into: &outputs)
        case .transportFailed(_, let user): failed(user, .serviceUnavailable, at: now, into: &outputs)
        case .unacknowledged, .responseFailed: break
        }
    }

    private mutating func response(
        _ message: SIPMessage, _ transaction: ClientTransactionID, _ user: TransactionUser, at now: Instant,
        into outputs: inout [Output]
    ) {
        guard let (purpose, id) = Self.purpose(of: user), let status = message.status else { return }
        switch purpose {
        case .invite: inviteAnswered(id, message, status, at: now, into: &outputs)
        case .bye:
            if status.isFinal { byeAnswered(id, message, status, at: now, into: &outputs) }
        case .register:
            if status.isFinal { registerAnswered(id.rawValue, message, status, at: now, into: &outputs) }
        }
    }

    private mutating func failed(
        _ user: TransactionUser, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard let (purpose, id) = Self.purpose(of: user) else { return }
        switch purpose {
        case .invite:
            guard let state = legs[id]?.state, state == .inviting || state == .cancelling else { return }
            legs[id]?.report.status = status
            legs[id]?.report.reason = "\(status.reasonPhrase)"
            end(id, by: .network, at: now, into: &outputs)
        case .bye: end(id, by: nil, at: now, into: &outputs)
        case .register:
            registrations[id.rawValue] = nil
            outputs.append(.registered(id.rawValue, nil))
        }
    }

    static func user(_ purpose: Purpose, _ number: UInt32) -> TransactionUser {
        TransactionUser(rawValue: UInt64(number) << 8 | UInt64(purpose.rawValue))
    }

    private static func purpose(of user: TransactionUser) -> (Purpose, PhoneCallID)? {
        guard let purpose = Purpose(rawValue: UInt8(truncatingIfNeeded: user.rawValue)) else { return nil }
        return (purpose, PhoneCallID(rawValue: UInt32(truncatingIfNeeded: user.rawValue >> 8)))
    }

    /// A number for a call that came in; outgoing calls are numbered from below.
    mutating func mintIncoming() -> PhoneCallID {
        nextIncoming &+= 1
        return PhoneCallID(rawValue: nextIncoming)
    }

    /// A fresh tag, Call-ID part or client nonce.
    mutating func token(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        dice.appendToken(count: count, to: &bytes)
        return bytes
    }

    /// Sends a request in a transaction of its own and returns that.
    mutating func send(
        _ request: PhoneMessage.Request, _ dialog: PhoneDialog, over flow: Flow, user: TransactionUser, at now: Instant,
        into outputs: inout [Output]
    ) -> ClientTransactionID {
        let transaction = transactions.reserveClientTransaction()
        var request = request
        transactions.appendBranch(of: transaction, to: &request.branch)
        let bytes = PhoneMessage.request(request, dialog, over: flow)
        let method = request.method
        drive(at: now, into: &outputs) {
            $0.send(transaction, method: method, request: bytes, over: flow, user: user, at: now, into: &$1)
        }
        return transaction
    }

    /// Sends a response in its transaction.
    mutating func respond(
        _ transaction: ServerTransactionID, _ status: StatusCode, _ response: [UInt8], at now: Instant,
        into outputs: inout [Output]
    ) {
        drive(at: now, into: &outputs) {
            $0.respond(transaction, status: status, response: response, at: now, into: &$1)
        }
    }

    /// Takes the call out and reports it. `party` is nil where the report already says who ended the call.
    mutating func end(_ id: PhoneCallID, by party: CallReport.Party?, at now: Instant, into outputs: inout [Output]) {
        guard var leg = legs.removeValue(forKey: id) else { return }
        if let party { leg.report.endedBy = party }
        if let answered = leg.times.answered {
            leg.report.setupTime = answered - leg.times.began
            // A call that ends by our BYE is over when we hang up, not when the BYE is answered.
            if leg.state != .ending { leg.report.duration = now - answered }
        }
        leg.report.ringingDelay = leg.times.rang.map { $0 - leg.times.began }
        outputs.append(.ended(id, leg.report))
    }
}
