import CallControl
import MediaSessions
import Routing
import SIPDialogs
import SIPMessages
import SIPTransactions
import Timeline

/// How a shard lets somebody else take a party's place in a call.
extension SwitchCore {
    // MARK: REFER

    /// Looks for ways to whom a party wants to be put through to, as if the account of the call had dialled. Between two
    /// parties only those may ask whom the account answers for: its caller, and callees at its own numbers; a carrier's
    /// REFER would spend the account's money.
    mutating func routeSuccessor(
        _ request: TransferRequest, of side: MediaSide, _ handle: SlotHandle, _ now: Instant
    ) {
        if let replaces = request.target.replaces,
            let other = LegTag.handle(of: replaces.toTag, shard: userAgent.settings.shard),
            legs.contains(other)
        {
            return moveSuccessor(replaces, other, handle, now)
        }
        let candidates: [RouteCandidate]
        do throws(SuccessorRefusal) {
            candidates = try prepareSuccessor(request, of: side, handle)
        } catch {
            return withCall(handle) { $0.receive(.successorRefused(error.failure), at: now, into: &$1) }
        }
        withCall(handle) { $0.receive(.successorRouted(candidates), at: now, into: &$1) }
    }

    private mutating func prepareSuccessor(
        _ request: TransferRequest, of side: MediaSide, _ handle: SlotHandle
    ) throws(SuccessorRefusal) -> [RouteCandidate] {
        let known = calls.read(handle) { entry in
            let parties = entry.call.parties
            return (
                mayAsk: entry.call.channel != nil || side == .caller || entry.direction == .onNetIn,
                account: parties.account, shown: side == .caller ? parties.calledNumberIn : parties.callerNumberIn
            )
        }
        guard let known else { throw SuccessorRefusal(.serverInternalError) }
        if isDraining { throw SuccessorRefusal(.serviceUnavailable) }
        guard known.mayAsk, let position = configuration.tables.account(id: known.account) else {
            throw SuccessorRefusal(.forbidden)
        }
        guard let dialled = DialledNumber(request.target.uri) else { throw SuccessorRefusal(.addressIncomplete) }
        let account = configuration.tables.accounts[position]
        let asked = CallNumbers(caller: known.shown, called: dialled.number)
        let numbers = asked.translated(by: account.cliTranslation, account.cldTranslation)
        let plan = plan(forAccount: position, dialled: dialled.number, translated: numbers?.called)
        if let failure = plan.refusal { throw SuccessorRefusal(failure) }
        var passed: [PassedHeader] = []
        if let replaces = request.target.replaces {
            passed.append(PassedHeader(name: Array("Replaces".utf8), value: replaces.value))
        }
        let invitation = CallerInvitation(display: nil, maxForwards: 71, passedHeaders: passed)
        let tables = configuration.tables
        calls.update(handle) { entry in
            entry.successor = SuccessorParty(tables: tables, numbers: numbers ?? asked, invitation: invitation)
        }
        return plan.candidates
    }

    /// The party wants to be replaced by whom it talks to in another call through this switch: that one's leg is moved
    /// here, and the other call ends (RFC 5589 §7).
    private mutating func moveSuccessor(
        _ dialog: ReplacedDialog, _ other: SlotHandle, _ handle: SlotHandle, _ now: Instant
    ) {
        let account = calls.read(handle) { $0.call.parties.account }
        var moved: SlotHandle?
        if case .confirmed? = legs.read(other, { $0.replaceability(by: dialog) }) ?? nil,
            let call = legs.read(other, { $0.call }), call != handle,
            let (owner, side) = calls.read(call, { ($0.call.parties.account, $0.call.side(of: other)) }),
            owner == account, let side
        {
            withCall(call) { moved = $0.surrender(side.other, at: now, into: &$1) }
        }
        guard let moved else {
            let failure = Failure(.decline)
            return withCall(handle) { $0.receive(.successorRefused(failure), at: now, into: &$1) }
        }
        legs.update(moved) { $0.move(to: handle) }
        withCall(handle) { $0.receive(.successorMoved(moved), at: now, into: &$1) }
    }

    // MARK: Replaces

    /// An INVITE that wants to replace a dialog of a call, by a caller of this account (RFC 3891 §3).
    mutating func receiveReplacement(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, account: Int, _ now: Instant
    ) {
        guard request.count(of: .replaces) == 1, let value = request.first(.replaces),
            let dialog = ReplacedDialog(request.unfolded(value))
        else { return refuse(request, id, flow, .badRequest) }
        guard let handle = LegTag.handle(of: dialog.toTag, shard: userAgent.settings.shard) else {
            return refuse(request, id, flow, .callDoesNotExist)
        }
        let found = legs.read(handle) { ($0.call, $0.replaceability(by: dialog)) }
        guard let (call, replaceability) = found, let replaceability else {
            return refuse(request, id, flow, legs.hasRemoved(handle) ? .decline : .callDoesNotExist)
        }
        guard let (owner, side) = calls.read(call, { ($0.call.parties.account, $0.call.side(of: handle)) }),
            owner == account
        else { return refuse(request, id, flow, .forbidden) }
        switch replaceability {
        case .terminated: refuse(request, id, flow, .decline)
        case .early:
            guard let side else { return refuse(request, id, flow, .callDoesNotExist) }
            replace(side, of: call, by: request, id, flow, now)
        case .confirmed:
            if dialog.isEarlyOnly { return refuse(request, id, flow, .busyHere) }
            guard let side else { return refuse(request, id, flow, .decline) }
            replace(side, of: call, by: request, id, flow, now)
        }
    }

    private mutating func replace(
        _ side: MediaSide, of call: SlotHandle, by request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow,
        _ now: Instant
    ) {
        let leg = legs.nextHandle
        let identity = LegIdentity(leg, of: call, shard: userAgent.settings.shard, using: &userAgent.identifiers)
        userAgent.transactions.setUser(identity.user, of: id)
        legs.insert(Leg(serving: request, id, over: flow, identity: identity))
        if let seconds = configuration.sessionSeconds { legs.update(leg) { $0.keepSession(seconds) } }
        legs.update(leg, lending: &userAgent) { leg, userAgent in leg.sendTrying(at: now, through: &userAgent) }
        let newcomer = Replacement(side: side, leg: leg, offer: Leg.description(of: request))
        withCall(call) { $0.receive(.replaced(newcomer), at: now, into: &$1) }
    }
}

/// Why a party is not put through.
private struct SuccessorRefusal: Error {
    var failure: Failure

    init(_ failure: Failure) { self.failure = failure }

    init(_ status: StatusCode) { failure = Failure(status) }
}

/// Whoever is called to take a party's place.
struct SuccessorParty: Sendable {
    /// The tables in which his candidates are positions.
    let tables: RoutingTables
    let numbers: CallNumbers
    let invitation: CallerInvitation
    /// Counts against the limits of the connection that he is called through.
    var ticket: AdmissionTicket?
}

extension CallEntry {
    /// An attempt at a party, or at whoever is to take its place, begins: what is sent, the tables of its candidates, and
    /// the numbers that it dials with.
    mutating func beginAttempt(at side: MediaSide) -> (CallerInvitation?, RoutingTables, CallNumbers?) {
        if let successor { return (successor.invitation, successor.tables, successor.numbers) }
        return (invitation, tables, turn(to: side))
    }

    /// Whoever took the place of this party counts as it did; gives what counted for his predecessor.
    mutating func adoptSuccessor(on side: MediaSide) -> AdmissionTicket? {
        let predecessor = takeConnectionTicket(of: side)
        let ticket = successor?.ticket.take()
        successor = nil
        if let ticket { keep(ticket, for: side) }
        return predecessor
    }
}
