import Accounting
import Addresses
import CallControl
import MediaSessions
import Routing
import SIPDialogs
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// How an INVITE becomes a call: who sent it, whether it may, and where it can go.
extension SwitchCore {
    mutating func receiveInvitation(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if isDraining { return refuseForNow(request, id, flow) }
        let numbers = CallNumbers(of: request)
        let account: Int
        let trusted = configuration.tables.account(
            source: flow.remote.address, conditions(of: request, numbers))
        if let trusted {
            account = trusted.account
        } else {
            switch verifyCredentials(of: request, flow, now) {
            case .accepted(let known): account = known
            case .challenge(let isStale):
                if request.first(.authorization) != nil { outputs.append(.notice(.authenticationFailed(flow))) }
                noteChallenge(of: request, numbers, now)
                return challenge(request, id, flow, isStale: isStale, now)
            case .silence: return userAgent.transactions.abandon(id)
            }
        }
        var listed: ChallengedCallers.Row?
        if request.first(.authorization) != nil { listed = challenged.take(request, at: now) }
        if listed?.isDisconnected == true { return refuse(request, id, flow, .temporarilyUnavailable) }
        let accountID = configuration.tables.accounts[account].id
        if request.first(.replaces) != nil { return receiveReplacement(request, id, flow, account: accountID, now) }
        let ticket: AdmissionTicket?
        switch admission.admit(
            account: accountID, rule: trusted.flatMap(RuleLimits.init), source: flow.remote.address, at: now)
        {
        case .admitted(let admitted): ticket = admitted
        case .refused(let limit):
            outputs.append(.notice(.limitReached(limit)))
            if limit.isOfSwitch { return refuseForNow(request, id, flow) }
            ticket = nil
        }
        let caller = Caller(
            account: account, terms: trusted?.terms, numbers: numbers, ticket: ticket, listed: listed)
        begin(request, id, flow, caller, now, &outputs)
    }

    /// What authentication rules look at; domains only where a rule does.
    private func conditions(of request: SIPMessage, _ numbers: CallNumbers) -> RuleConditions {
        var conditions = RuleConditions(cli: numbers.caller, cld: numbers.called)
        guard configuration.tables.rulesUseDomains else { return conditions }
        conditions.toDomain = Self.host(of: request.to.uri, in: request)
        conditions.fromDomain = Self.host(of: request.from.uri, in: request)
        return conditions
    }

    private static func host(of range: ByteRange, in request: SIPMessage) -> [UInt8] {
        guard let uri = try? request.uri(range), uri.scheme != .tel else { return [] }
        return RuleConditions.lowercased(request.copy(uri.host))
    }

    /// Lists a caller that is being asked for credentials.
    private mutating func noteChallenge(of request: SIPMessage, _ numbers: CallNumbers, _ now: Instant) {
        if challenged.note(request, numbers, as: numbering.last + 1, at: now) { _ = numbering.next() }
    }

    /// 503 with a spread Retry-After, so that a flood does not come back as one (RFC 3261 §20.33); the same for every
    /// repetition of a request, of which nothing is kept (RFC 3261 §8.2.7).
    private mutating func refuseForNow(_ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow) {
        let seconds = 1 + Int(request.copy(request.callID).reduce(UInt(0)) { $0 &* 31 &+ UInt($1) } % 10)
        refuse(request, id, flow, .serviceUnavailable) { $0.header(.retryAfter, seconds) }
    }

    mutating func verifyCredentials(of request: SIPMessage, _ flow: Flow, _ now: Instant) -> DigestVerdict {
        let tables = configuration.tables
        let credentials = authenticator.credentials(from: DigestCredentials.all(of: request, .authorization))
        let asked = DigestRequest(
            method: request.copy(request.methodToken), uri: request.copy(request.requestURI),
            source: flow.remote.address)
        return authenticator.verify(credentials, for: asked, at: now) { name in
            guard let position = tables.account(authname: name), let password = tables.accounts[position].password
            else {
                return nil
            }
            return DigestSecret(account: position, password: password)
        }
    }

    /// An authenticated caller.
    private struct Caller {
        var account: Int
        /// What the rule says that let it in.
        var terms: RuleTerms?
        var numbers: CallNumbers
        /// nil when a limit of the account or of a customer above refuses the call.
        var ticket: AdmissionTicket?
        /// How it was listed while credentials were awaited.
        var listed: ChallengedCallers.Row?
    }

    private mutating func begin(
        _ request: SIPMessage, _ id: ServerTransactionID, _ flow: Flow, _ caller: Caller, _ now: Instant,
        _ outputs: inout [SwitchOutput]
    ) {
        let account = configuration.tables.accounts[caller.account]
        let numbers = caller.numbers.translated(by: caller.terms?.cliTranslation, caller.terms?.cldTranslation)?
            .translated(by: account.cliTranslation, account.cldTranslation)
        let plan =
            caller.ticket == nil && !account.isBlocked
            ? .refused(.limitReached)
            : plan(
                forAccount: caller.account, group: caller.terms?.routingGroup, dialled: caller.numbers.called,
                translated: numbers?.called)
        if plan.leadsSomewhere, configuration.sessionSeconds != nil, Leg.isSessionTooShort(request) {
            if let ticket = caller.ticket { admission.release(ticket) }
            return refuse(request, id, flow, .sessionIntervalTooSmall) {
                $0.header(.minSE, Int(SessionTimer.minimum))
            }
        }
        if !plan.leadsSomewhere,
            let user = configuration.tables.incomingNumber(caller.numbers.called)?.ownerOfIdle
        {
            outputs.append(
                .channel(.numberIsIdle(user: user, called: caller.numbers.called, caller: caller.numbers.caller)))
        }
        let callHandle = calls.nextHandle
        let legHandle = legs.nextHandle
        let identity = LegIdentity(
            legHandle, of: callHandle, shard: userAgent.settings.shard, using: &userAgent.identifiers)
        userAgent.transactions.setUser(identity.user, of: id)
        legs.insert(Leg(serving: request, id, over: flow, identity: identity))
        let sessionSeconds = configuration.sessionSeconds
        legs.update(legHandle, lending: &userAgent) { leg, userAgent in
            if let sessionSeconds { leg.keepSession(sessionSeconds) }
            leg.sendTrying(at: now, through: &userAgent)
        }

        var parties = parties(of: account, calling: caller.numbers.called, as: caller.numbers.caller)
        parties.source = flow.remote.address
        parties.userAgent = Self.userAgent(of: request)
        let number = caller.listed?.number ?? numbering.next()
        let setup = caller.listed?.setup ?? now
        let times = CallTimes(setup: setup, setupMilliseconds: numbering.milliseconds(at: setup))
        let media = media(for: account, plan, callHandle, flow)
        calls.insert(
            CallEntry(
                call: Call(
                    id: number,
                    caller: CallerIdentity(
                        leg: legHandle, callID: request.copy(request.callID), parties: parties, times: times),
                    media: media, offer: Leg.description(of: request),
                    policy: configuration.policy(maxCreditTime: account.maxCreditTime)),
                tables: configuration.tables, numbers: numbers ?? caller.numbers, ticket: caller.ticket,
                invitation: invitation(of: request), direction: plan.direction))
        callsByNumber[number] = callHandle

        withCall(callHandle) { call, effects in
            call.enterRouting(into: &effects)
            switch plan {
            case .candidates(let candidates): call.receive(.routed(candidates), at: now, into: &effects)
            case .onNet(let candidate): call.receive(.routed([candidate]), at: now, into: &effects)
            case .refused(let failure): call.receive(.refused(failure), at: now, into: &effects)
            case .application: break
            }
        }
        if case .application(let position) = plan {
            offer(callHandle, to: position, ChannelDetails(of: request), now, &outputs)
        }
    }

    /// Who calls whom at whose cost.
    func parties(of account: AccountEntry, calling called: [UInt8], as caller: [UInt8]) -> CallParties {
        var parties = CallParties()
        parties.callerNumberIn = caller
        parties.calledNumberIn = called
        parties.account = account.id
        parties.customer = configuration.tables.customers[account.customer].id
        return parties
    }

    /// What the request names in User-Agent, as records keep it.
    private static func userAgent(of request: SIPMessage) -> [UInt8] {
        guard let value = request.first(.userAgent) else { return [] }
        return Array(request.unfolded(value).prefix(255))
    }

    /// Where a call may go.
    enum Plan {
        case candidates([RouteCandidate])
        /// The dialled number is one of ours and leads to a connection.
        case onNet(RouteCandidate)
        /// The dialled number leads to the application at this position.
        case application(Int)
        case refused(Failure)

        /// The routes in the order in which they would be tried; none where the call is refused.
        var candidates: [RouteCandidate] {
            switch self {
            case .candidates(let candidates): candidates
            case .onNet(let candidate): [candidate]
            case .application, .refused: []
            }
        }

        /// The route that would be tried first.
        var first: RouteCandidate? {
            switch self {
            case .candidates(let candidates): candidates.first
            case .onNet(let candidate): candidate
            case .application, .refused: nil
            }
        }

        /// Whether there is somebody or something to answer the call.
        var leadsSomewhere: Bool {
            switch self {
            case .candidates, .onNet, .application: true
            case .refused: false
            }
        }

        /// Why there is none; an application is no route.
        var refusal: Failure? {
            switch self {
            case .refused(let failure): failure
            case .application: Failure(.temporarilyUnavailable)
            case .candidates, .onNet: nil
            }
        }

        var direction: CallSnapshot.Direction {
            switch self {
            case .onNet, .application: .onNetIn
            case .candidates, .refused: .vendor
            }
        }
    }

    /// Where a call of the account at this position may go that dialled a number; `translated` is what the account's
    /// rules made of it, nil when they cannot be applied; `group` is the routing group where that is not the account's.
    mutating func plan(
        forAccount account: Int, group: Int? = nil, dialled: [UInt8], translated: [UInt8]?
    ) -> Plan {
        if configuration.tables.accounts[account].isBlocked { return .refused(Failure(.forbidden)) }
        guard let called = translated else { return .refused(Failure(.addressIncomplete)) }
        let number = configuration.tables.incomingNumber(dialled)
        switch number?.target {
        case .connection(let position):
            let connection = configuration.tables.connections[position]
            return .onNet(RouteCandidate(connection: position, connectionID: connection.id))
        case .application(let position): return .application(position)
        case .account: return .refused(Failure(.temporarilyUnavailable))
        case nil: if number?.owner != nil { return .refused(Failure(.notFound)) }
        }
        var candidates: [RouteCandidate] = []
        let selector = RouteSelector(tables: configuration.tables, notAnswering: keepalives.notAnswering)
        let group = group ?? configuration.tables.accounts[account].routingGroup
        var result = selector.select(group: group, cld: called, dice: &userAgent.identifiers, into: &candidates)
        if result == .noRoute, called.first == UInt8(ascii: "+"), let plain = RoutingTables.otherForm(of: called) {
            result = selector.select(group: group, cld: plain, dice: &userAgent.identifiers, into: &candidates)
        }
        switch result {
        case .routes: return .candidates(candidates)
        case .forbidden, .noRoutingGroup: return .refused(Failure(.forbidden))
        case .noRoute: return .refused(Failure(.notFound))
        case .unavailable: return .refused(Failure(.serviceUnavailable, retryAfter: 10))
        }
    }

    /// What the callee's INVITE takes over: nothing but what a rule names.
    private func invitation(of request: SIPMessage) -> CallerInvitation {
        var passed: [PassedHeader] = []
        for name in configuration.passedHeaders {
            for value in request.values(named: name) {
                passed.append(PassedHeader(name: name, value: request.unfolded(value)))
            }
        }
        return CallerInvitation(
            display: request.from.display.map { request.unfolded($0) }, maxForwards: request.maxForwards ?? 70,
            passedHeaders: passed)
    }

    /// How media travels: the account's word before the connection's before the default.
    private mutating func media(
        for account: AccountEntry, _ plan: Plan, _ call: SlotHandle, _ flow: Flow
    ) -> CallMedia {
        let connection = plan.first.map { configuration.tables.connections[$0.connection] }
        let callee = connection.flatMap { configuration.flows[$0.id] } ?? flow
        var mode = account.media ?? connection?.media ?? configuration.mediaMode
        if case .application = plan { mode = .relay }
        return CallMedia(
            mode: mode,
            session: MediaSessionID(rawValue: call.rawValue), caller: mediaAddress(facing: flow),
            callee: mediaAddress(facing: callee), originID: userAgent.identifiers.next() >> 2)
    }

    /// The addresses of a relay towards the peer of `flow`.
    func mediaAddress(facing flow: Flow) -> MediaAddress {
        let isTranslated = configuration.mediaAdvertised != nil || configuration.advertised != nil
        let wildcard = flow.local.address.isIPv6 ? IPAddress(high: 0, low: 0) : IPAddress(v4: 0)
        let bound =
            configuration.mediaAddress.isUnspecified
            ? (isTranslated ? wildcard : flow.local.address) : configuration.mediaAddress
        let advertised = configuration.mediaAdvertised ?? configuration.advertised
        return MediaAddress(
            bound: bound, advertised: advertised ?? (bound.isUnspecified ? flow.local.address : bound),
            signalling: flow.remote.address)
    }
}

/// The numbers of an INVITE: who calls whom.
struct CallNumbers: Sendable {
    /// The user of From.
    var caller: [UInt8]
    /// The user of the Request-URI.
    var called: [UInt8]

    init(caller: [UInt8], called: [UInt8]) {
        self.caller = caller
        self.called = called
    }

    init(of request: SIPMessage) {
        caller = Self.user(of: request.from.uri, in: request)
        called = Self.user(of: request.requestURI, in: request)
    }

    /// The numbers after translation, a missing rule leaving its number as it is; nil where a rule cannot be applied.
    func translated(by caller: NumberTranslation?, _ called: NumberTranslation?) -> CallNumbers? {
        var numbers = self
        if let caller {
            guard let translated = caller.apply(to: numbers.caller) else { return nil }
            numbers.caller = translated
        }
        if let called {
            guard let translated = called.apply(to: numbers.called) else { return nil }
            numbers.called = translated
        }
        return numbers
    }

    /// The user of a URI, without escapes; of a tel URI its number.
    static func user(of range: ByteRange, in request: SIPMessage) -> [UInt8] {
        guard let uri = try? request.uri(range) else { return [] }
        if let user = uri.unescapedUser(in: request.bytes) { return user }
        return uri.scheme == .tel ? request.copy(uri.host) : []
    }
}

extension Failure {
    /// A limit of the account or of a customer above it refuses the call.
    static let limitReached = Failure(.forbidden, phrase: Array("Limit Reached".utf8))
}

extension AdmissionLimit {
    /// Whether the whole switch or the source is overloaded, so that nothing may be kept of the call.
    var isOfSwitch: Bool {
        switch self {
        case .switchCalls, .switchRate, .sourceRate: true
        case .customerCalls, .customerRate, .accountCalls, .accountRate, .connectionCalls, .connectionRate, .ruleCalls,
            .ruleRate:
            false
        }
    }
}
