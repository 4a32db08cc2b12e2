import Accounting
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// How a shard carries out what its calls want.
extension SwitchCore {
    mutating func carryOut(
        _ effect: consuming Call.Effect, of handle: SlotHandle, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        switch consume effect {
        case .tell(let leg, let command): feed(.command(command), to: leg, now)
        case .attempt(let candidate, let side, let description):
            attempt(candidate, side, description, of: handle, now)
        case .releaseConnection(let side):
            if let ticket = calls.update(handle, { $0.takeConnectionTicket(of: side) }) ?? nil {
                admission.release(ticket)
            }
        case .releaseAdmission:
            let tickets = calls.update(handle) { [$0.ticket.take(), $0.callerTicket.take()] }
            for case let ticket? in tickets ?? [] { admission.release(ticket) }
            calls.update(handle) { $0.invitation = nil }
        case .media(let command): outputs.append(.media(command))
        case .channel(let id, let event): feed(event, to: id, now)
        case .channelCodecs(let id, let codecs): note(codecs, of: id)
        case .channelInformation(let id, let type, let body):
            outputs.append(.channel(.information(id, contentType: type, body: body)))
        case .cross(let peer, let command):
            withCall(peer) { $0.receive(.crossed(command), at: now, into: &$1) }
        case .enter(let service, let description): enter(service, description, from: handle, now, &outputs)
        case .channelHeaders(let id, let headers): channels[id]?.details.responseHeaders = headers
        case .channelTransferRequested(let id, let request):
            let isConnected = channels[id]?.machine.connectedTo != nil
            outputs.append(.channel(.transferRequested(id, request, isConnected: isConnected)))
        case .routeSuccessor(let side, let request): routeSuccessor(request, of: side, handle, now)
        case .adoptSuccessor(let side):
            if let ticket = calls.update(handle, { $0.adoptSuccessor(on: side) }) ?? nil { admission.release(ticket) }
        case .releaseSuccessor:
            if let ticket = calls.update(handle, { $0.successor?.ticket.take() }) ?? nil { admission.release(ticket) }
        case .changed(let state):
            let number = calls.update(handle) { entry in
                if state == .connected { entry.invitation = nil }
                return entry.call.id
            }
            note(state, of: handle)
            if let number { outputs.append(.event(CallEvent(call: number, state: state))) }
        case .record:
            if let record = record(of: handle) { outputs.append(.record(record)) }
        case .forget:
            if let number = calls.read(handle, { $0.call.id }) { callsByNumber[number] = nil }
            note(.idle, of: handle)
            callTimers.cancel(handle)
            calls.remove(handle)
        }
    }

    /// Sends one attempt's INVITE, if the connection has room and can be reached.
    private mutating func attempt(
        _ candidate: RouteCandidate, _ side: MediaSide, _ description: [UInt8]?, of handle: SlotHandle, _ now: Instant
    ) {
        let begun = calls.update(handle) { $0.beginAttempt(at: side) }
        guard let (begunInvitation, tables, dialled) = begun, let invitation = begunInvitation else { return }
        let connection = tables.connections[candidate.connection]
        let prefix = dialled.map { Array($0.called.prefix(Int(candidate.prefixLength))) } ?? []
        guard let numbers = dialled?.translated(by: connection.cliTranslation, connection.cldTranslation) else {
            return refuseAttempt(at: connection, Failure(.addressIncomplete), of: handle, now)
        }
        // A connection may have fallen silent since the routes of this call were chosen.
        guard let flow = configuration.flows[connection.id], keepalives.holdsAlive(connection.id) else {
            return refuseAttempt(at: connection, Failure(.serviceUnavailable, .unreachable), of: handle, now)
        }
        switch admission.admit(connection: candidate.connectionID, at: now) {
        case .refused:
            return refuseAttempt(at: connection, Failure(.serviceUnavailable), of: handle, now)
        case .admitted(let ticket): calls.update(handle) { $0.keep(ticket, for: side) }
        }
        var outgoing = OutgoingInvitation(
            requestURI: CalleeAddress.requestURI(numbers.called, connection.destination),
            from: CalleeAddress.from(
                numbers.caller, display: invitation.display, host: userAgent.settings.local(of: flow)),
            to: CalleeAddress.to(numbers.called, connection.destination), callID: userAgent.mintCallID(),
            maxForwards: invitation.maxForwards &- 1, description: description)
        outgoing.passedHeaders = invitation.passedHeaders
        outgoing.reportsHeaders = calls.read(handle) { $0.call.channel != nil } ?? false
        outgoing.sessionSeconds = configuration.sessionSeconds
        outgoing.credentials = connection.credentials.map { Credentials(username: $0.username, password: $0.password) }
        let legHandle = legs.nextHandle
        let identity = LegIdentity(
            legHandle, of: handle, shard: userAgent.settings.shard, using: &userAgent.identifiers)
        legs.insert(Leg(inviting: outgoing, over: flow, identity: identity))
        withCall(handle) { call, effects in
            var attempt = StartedAttempt(
                leg: legHandle, callID: outgoing.callID, connection: connection, callerNumber: numbers.caller,
                calledNumber: numbers.called)
            attempt.prefix = prefix
            call.receive(.attempting(attempt), at: now, into: &effects)
        }
        legs.update(legHandle, lending: &userAgent) { leg, userAgent in leg.start(at: now, through: &userAgent) }
    }

    private mutating func refuseAttempt(
        at connection: ConnectionEntry, _ failure: Failure, of handle: SlotHandle, _ now: Instant
    ) {
        withCall(handle) { $0.receive(.attemptRefused(failure, vendor: connection.vendor), at: now, into: &$1) }
    }

    // MARK: Inputs beside messages

    mutating func receive(_ event: MediaEvent, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        let session: MediaSessionID
        switch event {
        case .opened(let id, _, _), .openFailed(let id), .silent(let id, _), .closed(let id, _, _): session = id
        case .party(let id, let event): return hear(event, of: id, now, &outputs)
        case .room(let id, let event): return hear(event, of: id, &outputs)
        }
        withCall(SlotHandle(rawValue: session.rawValue)) { $0.receive(.media(event), at: now, into: &$1) }
    }

    mutating func obey(_ command: CallCommand, _ now: Instant) {
        switch command {
        case .disconnect(let number, let endedBy):
            guard let handle = callsByNumber[number] else { return }
            withCall(handle) { $0.receive(.disconnect(endedBy, detail: ""), at: now, into: &$1) }
        }
    }

    mutating func recorded(_ records: [UInt64], _ now: Instant) {
        for record in records {
            guard let handle = callsByNumber[numbering.call(of: record)] else { continue }
            withCall(handle) { $0.receive(.recorded, at: now, into: &$1) }
        }
    }

    mutating func adopt(_ snapshot: ConfigurationSnapshot) {
        configuration = snapshot
        challenged.linger = snapshot.linger
        userAgent.settings.product = snapshot.product
        userAgent.settings.advertised = snapshot.advertised
        adoptKeepalives()
        admission.reload(tables: snapshot.tables, limits: snapshot.limits)
    }

    /// The record of an ended call.
    private mutating func record(of handle: SlotHandle) -> CallDetailRecord? {
        let numbering = numbering
        let configuration = configuration
        return calls.update(handle) { entry in
            entry.call.record(
                id: numbering.record(of: entry.call.id), node: configuration.node,
                environment: configuration.environment)
        } ?? nil
    }
}
