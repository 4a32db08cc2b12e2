import Accounting
import Addresses
import CallControl
import MediaSessions
import Routing
import SIPTransactions
import Timeline

/// How a shard places calls itself (RFC 3725).
extension SwitchCore {
    /// Begins a call to two parties, one after the other.
    public mutating func originate(
        _ request: OriginationRequest, at now: Instant, into outputs: inout [SwitchOutput]
    ) -> OriginationOutcome {
        let outcome = admitAndPlace(request, now, &outputs)
        settle(now, &outputs)
        return outcome
    }

    private mutating func admitAndPlace(
        _ request: OriginationRequest, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) -> OriginationOutcome {
        if isDraining { return .refused(.draining) }
        guard let account = configuration.tables.account(id: request.account) else { return .refused(.unknownAccount) }
        switch admission.admit(account: request.account, source: nil, at: now) {
        case .admitted(let ticket): return place(request, account, ticket, now)
        case .refused(let limit):
            outputs.append(.notice(.limitReached(limit)))
            return limit.isOfSwitch ? .refused(.limitReached(limit)) : place(request, account, nil, now)
        }
    }

    /// Makes the call. Where the second party cannot be routed, the first is not disturbed.
    private mutating func place(
        _ request: OriginationRequest, _ position: Int, _ ticket: AdmissionTicket?, _ now: Instant
    ) -> OriginationOutcome {
        let account = configuration.tables.accounts[position]
        let first = side(of: request.first, showing: request.second.number, position)
        let second = side(of: request.second, showing: request.first.number, position)
        let handle = calls.nextHandle
        let number = numbering.next()
        let parties = parties(of: account, calling: request.second.number, as: request.first.number)
        let placed = PlacedCall(
            origin: request.origin, parties: parties,
            times: timesNow(now),
            secondCandidates: second.plan.candidates, codecs: configuration.codecs)
        let creditTime = [account.maxCreditTime, request.creditTime].compactMap { $0 }.min()
        let call = Call(
            id: number, placing: placed, media: media(for: account, first.plan, second.plan, handle),
            policy: configuration.policy(maxCreditTime: creditTime))
        var entry = CallEntry(call: call, tables: configuration.tables, numbers: second.numbers, ticket: ticket)
        entry.invitation = CallerInvitation(display: nil, maxForwards: 71, passedHeaders: [])
        entry.first = FirstParty(numbers: first.numbers, secondDirection: second.plan.direction)
        entry.direction = first.plan.direction
        calls.insert(entry)
        callsByNumber[number] = handle
        withCall(handle) { call, effects in
            call.enterRouting(into: &effects)
            if ticket == nil && !account.isBlocked {
                call.receive(.refused(.limitReached), at: now, into: &effects)
            } else if let failure = first.plan.refusal ?? second.plan.refusal {
                call.receive(.refused(failure), at: now, into: &effects)
            } else {
                call.receive(.routed(first.plan.candidates), at: now, into: &effects)
            }
        }
        return .started(call: number, record: numbering.record(of: number))
    }

    /// The numbers and routes of one party, by the rules of the account at this position.
    private mutating func side(
        of party: OriginationRequest.Party, showing other: [UInt8], _ position: Int
    ) -> (numbers: CallNumbers, plan: Plan) {
        let account = configuration.tables.accounts[position]
        let asked = CallNumbers(caller: party.shown ?? other, called: party.number)
        let numbers = asked.translated(by: account.cliTranslation, account.cldTranslation)
        let plan = plan(forAccount: position, dialled: party.number, translated: numbers?.called)
        return (numbers ?? asked, plan)
    }

    /// How media travels: the account's word before the connections' before the default; of two connections that differ
    /// the one that wants a relay is heard.
    private mutating func media(
        for account: AccountEntry, _ first: Plan, _ second: Plan, _ call: SlotHandle
    ) -> CallMedia {
        let modes = [first, second].compactMap { plan in
            plan.first.flatMap { configuration.tables.connections[$0.connection].media }
        }
        let isRelayed = modes.contains(.relay)
        return CallMedia(
            mode: account.media ?? (isRelayed ? .relay : modes.first ?? configuration.mediaMode),
            session: MediaSessionID(rawValue: call.rawValue), caller: mediaAddress(facing: first),
            callee: mediaAddress(facing: second), originID: userAgent.identifiers.next() >> 2)
    }

    /// The addresses of a relay towards the first connection of a plan that there is a way to.
    func mediaAddress(facing plan: Plan) -> MediaAddress {
        for candidate in plan.candidates {
            if let flow = configuration.flows[candidate.connectionID] { return mediaAddress(facing: flow) }
        }
        let nowhere = IPAddress(v4: 0)
        return MediaAddress(bound: nowhere, advertised: nowhere, signalling: nowhere)
    }
}

/// How the first party of a call that the switch places is called.
struct FirstParty: Sendable {
    /// The numbers as the account's translations left them.
    let numbers: CallNumbers
    /// Kind of the routes to the second party.
    let secondDirection: CallSnapshot.Direction
}

extension CallEntry {
    /// An attempt at this party begins: the numbers that it dials with; nil where there is no such party.
    mutating func turn(to side: MediaSide) -> CallNumbers? {
        if side == .caller { return first?.numbers }
        if let first { direction = first.secondDirection }
        return numbers
    }

    /// Keeps what counts against the limits of the connection that the party is reached through.
    mutating func keep(_ ticket: AdmissionTicket, for side: MediaSide) {
        if case .some = successor {
            successor?.ticket = ticket
        } else if side == .caller {
            callerTicket = ticket
        } else {
            connectionTicket = ticket
        }
    }

    /// Gives that away; nil where nothing counts.
    mutating func takeConnectionTicket(of side: MediaSide) -> AdmissionTicket? {
        side == .caller ? callerTicket.take() : connectionTicket.take()
    }
}
