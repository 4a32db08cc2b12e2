import Accounting
import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SIPTransactions
import SIPUserAgent
import Timeline

/// Everything that one shard of the switch knows and decides: transactions, legs, calls, limits and routes. It does no
/// I/O, reads no clock and rolls no dice but its seeded ones; the runtime feeds it inputs and carries out its outputs.
public struct SwitchCore: Sendable {
    /// The configuration in force.
    public internal(set) var configuration: ConfigurationSnapshot
    var userAgent: UserAgentCore
    var legs = SlotTable<Leg>()
    var calls = SlotTable<CallEntry>()
    var callsByNumber: [UInt64: SlotHandle] = [:]
    var legTimers = DeadlineQueue<SlotHandle>()
    var callTimers = DeadlineQueue<SlotHandle>()
    var admission: Admission
    var authenticator: DigestAuthenticator
    var numbering: CallNumbering
    /// Callers that were asked for credentials.
    var challenged: ChallengedCallers
    var accountCounters = AccountCallCounters()
    /// Whether new calls are refused because the switch is about to stop.
    public internal(set) var isDraining = false
    /// Which connections answer their OPTIONS.
    var keepalives = KeepaliveMonitor()
    var channels = ChannelTable()
    var conferences = ConferenceTable()
    private var legEvents = OwnedQueue<LegEvent>()
    private var callEffects = OwnedQueue<Call.Effect>()
    private var parser = MessageParser()
    private var spare = SpareBuffers()

    /// A shard; `seed` decides every identifier and die, `epochMilliseconds` is the wall clock at `Instant.zero`, and
    /// `start` is now: records are numbered from it, because the origin of time may outlive the process. `secret` signs
    /// the nonces of challenges: a live switch gives 32 bytes of the system's randomness, because what is drawn from
    /// `seed` can be computed from the tags that peers see; only simulations leave it out.
    public init(
        shard: UInt8, configuration: ConfigurationSnapshot, hashes: DigestFunctions, seed: UInt64,
        epochMilliseconds: Int64, start: Instant = .zero, secret: [UInt8]? = nil
    ) {
        self.configuration = configuration
        let settings = UserAgentSettings(
            shard: shard, product: configuration.product, advertised: configuration.advertised,
            timers: configuration.timers)
        userAgent = UserAgentCore(settings: settings, hashes: hashes, seed: seed)
        admission = Admission(tables: configuration.tables, limits: configuration.limits)
        var drawn: [UInt8] = []
        userAgent.identifiers.appendToken(count: 52, to: &drawn)
        var digest = DigestAuthenticator.Configuration(realm: configuration.realm)
        digest.algorithms = configuration.digestAlgorithms
        digest.nonceWindow = configuration.nonceWindow
        authenticator = DigestAuthenticator(
            configuration: digest, functions: hashes, secret: secret ?? drawn, shard: shard)
        numbering = CallNumbering(epochMilliseconds: epochMilliseconds, start: start)
        challenged = ChallengedCallers(linger: configuration.linger)
        adoptKeepalives()
    }

    /// Calls in any state, dead ones included.
    public var callCount: Int { calls.count }

    /// Whether nothing is left of any call: no call, leg or transaction.
    public var isQuiet: Bool { calls.count == 0 && legs.count == 0 && userAgent.transactions.count == 0 }

    /// Channels that applications have not closed, or whose calls are still being ended.
    public var channelCount: Int { channels.count }

    /// Tickets of `Admission` that calls and attempts hold.
    public var heldTicketCount: Int { admission.ticketCount }

    /// All that limits count now, a call once for each limit above it.
    public var admittedCount: Int { admission.admittedCount }

    /// Calls that have not ended.
    public var liveCallCount: Int { calls.count - accountCounters.dead }

    /// The earliest instant at which `timeElapsed` has something to do.
    public var nextDeadline: Instant? {
        Instant.earliest(
            Instant.earliest(userAgent.transactions.nextDeadline, keepalives.nextDeadline),
            Instant.earliest(
                channels.timers.nextDeadline,
                Instant.earliest(legTimers.nextDeadline, callTimers.nextDeadline)))
    }

    /// The one door for everything but time.
    public mutating func receive(_ input: SwitchInput, at now: Instant, into outputs: inout [SwitchOutput]) {
        switch input {
        case .message(let bytes, let flow): receive(bytes, flow, now, &outputs)
        case .malformed(let error, let flow):
            answerMalformed(error, flow, &outputs)
            outputs.append(.closeFlow(flow))
        case .flowClosed(let flow):
            userAgent.transactions.flowClosed(flow, at: now, into: &userAgent.effects)
        case .sendFailed(let bytes, _):
            userAgent.transactions.sendFailed(bytes, at: now, into: &userAgent.effects)
        case .media(let event): receive(event, now, &outputs)
        case .command(let command): obey(command, now)
        case .channel(let command): obey(command, now, &outputs)
        case .configuration(let snapshot): adopt(snapshot)
        case .provisioning(let tables, let accounts):
            configuration.tables = tables
            admission.follow(tables, accounts: accounts)
        case .recorded(let records): recorded(records, now)
        case .draining(let isDraining): self.isDraining = isDraining
        case .wallClock(let milliseconds): numbering.epochMilliseconds = milliseconds
        }
        settle(now, &outputs)
    }

    /// Lets every machine act whose deadline has passed.
    public mutating func timeElapsed(at now: Instant, into outputs: inout [SwitchOutput]) {
        userAgent.transactions.timeElapsed(at: now, into: &userAgent.effects)
        sendKeepalives(at: now)
        settle(now, &outputs)
        while let handle = legTimers.popExpired(at: now) {
            withLeg(handle) { leg, userAgent, events in leg.timeElapsed(at: now, through: &userAgent, into: &events) }
            settle(now, &outputs)
        }
        while let handle = callTimers.popExpired(at: now) {
            withCall(handle) { call, effects in call.timeElapsed(at: now, into: &effects) }
            settle(now, &outputs)
        }
        while let handle = channels.timers.popExpired(at: now) {
            channelTimeElapsed(handle, now)
            settle(now, &outputs)
        }
    }

    // MARK: Messages

    private mutating func receive(_ bytes: [UInt8], _ flow: Flow, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        do {
            let message = try parser.parse(bytes)
            userAgent.transactions.receive(message, from: flow, at: now, into: &userAgent.effects)
        } catch {
            answerMalformed(error, flow, &outputs)
        }
    }

    private mutating func answerMalformed(_ error: SIPParseError, _ flow: Flow, _ outputs: inout [SwitchOutput]) {
        outputs.append(.notice(.malformedMessage(status: error.status, offset: error.offset)))
        guard let partial = error.partial, partial.isRequest, partial.method != .ack else { return }
        let response = OutgoingResponse(error.status, toTag: statelessTag, source: flow.remote)
        outputs.append(.send(userAgent.bytes(of: response, to: partial), flow.forResponses(to: partial)))
    }

    /// The To tag of refusals that leave no state behind.
    var statelessTag: [UInt8] { Array("refused".utf8) }

    // MARK: Settling

    /// Carries out what the last step caused, step by step, until everything is quiet.
    mutating func settle(_ now: Instant, _ outputs: inout [SwitchOutput]) {
        while true {
            if !userAgent.effects.isEmpty {
                var effects = userAgent.effects.take(leaving: &spare.transactionEffects)
                while let effect = effects.popLast() { carryOut(effect, now, &outputs) }
                swap(&effects, &spare.transactionEffects)
            } else if !legEvents.isEmpty {
                var events = legEvents.take(leaving: &spare.legEvents)
                while let (leg, event) = events.next() { report(event, of: leg, now) }
                swap(&events, &spare.legEvents)
            } else if !callEffects.isEmpty {
                var effects = callEffects.take(leaving: &spare.callEffects)
                while let (call, effect) = effects.next() { carryOut(effect, of: call, now, &outputs) }
                swap(&effects, &spare.callEffects)
            } else if !channels.effects.isEmpty {
                var effects: [(channel: ChannelID, effect: ChannelEffect)] = []
                swap(&effects, &channels.effects)
                for (channel, effect) in effects { carryOut(effect, of: channel, now, &outputs) }
            } else {
                return
            }
        }
    }

    private mutating func carryOut(
        _ effect: consuming TransactionTable.Effect, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        switch consume effect {
        case .transmit(let bytes, let flow): outputs.append(.send(bytes, flow))
        case .request(let message, let id, let flow): receiveRequest(message, id, flow, now, &outputs)
        case .acknowledgement(let message, _, _):
            if let handle = leg(for: message) { feed(.acknowledgement(message), to: handle, now) }
        case .cancelled(_, let user, let message):
            feed(.cancelled(message), to: SlotHandle(rawValue: user.rawValue), now)
        case .response(let message, let id, let user):
            if let connection = KeepaliveMonitor.connection(user) {
                if message.status?.isFinal == true { keepalives.heard(from: connection, answers: true) }
            } else if legs.contains(SlotHandle(rawValue: user.rawValue)) {
                feed(.response(message, id), to: SlotHandle(rawValue: user.rawValue), now)
            } else {
                Leg.declineLateFork(message, of: id, at: now, through: &userAgent)
            }
        case .timedOut(let id, let user): requestFailed(id, user, Failure(.requestTimeout, .noResponse), now)
        case .transportFailed(let id, let user):
            requestFailed(id, user, Failure(.serviceUnavailable, .unreachable), now)
        case .unacknowledged, .responseFailed: break
        }
    }

    private mutating func requestFailed(
        _ id: ClientTransactionID, _ user: TransactionUser, _ failure: Failure, _ now: Instant
    ) {
        if let connection = KeepaliveMonitor.connection(user) {
            keepalives.heard(from: connection, answers: false)
        } else {
            feed(.requestFailed(id, failure), to: SlotHandle(rawValue: user.rawValue), now)
        }
    }

    private mutating func report(_ event: LegEvent, of leg: SlotHandle, _ now: Instant) {
        guard let call = legs.update(leg, { $0.call }) else { return }
        if case .ended = event {
            legs.remove(leg)?.handOverForks(to: &userAgent)
            legTimers.cancel(leg)
        }
        withCall(call) { $0.receive(.leg(leg, event), at: now, into: &$1) }
    }

    // MARK: Machines

    /// Gives a leg an input and takes note of what it reports and when it wants to be woken.
    mutating func feed(_ input: Leg.Input, to handle: SlotHandle, _ now: Instant) {
        withLeg(handle) { leg, userAgent, events in leg.receive(input, at: now, through: &userAgent, into: &events) }
    }

    private mutating func withLeg(
        _ handle: SlotHandle, _ body: (inout Leg, inout UserAgentCore, inout [LegEvent]) -> Void
    ) {
        var events: [LegEvent] = []
        swap(&events, &legEvents.elements)
        let deadline = legs.update(handle, lending: &userAgent) { leg, userAgent in
            body(&leg, &userAgent, &events)
            return leg.nextDeadline
        }
        swap(&events, &legEvents.elements)
        legEvents.claim(for: handle)
        if let deadline { legTimers.reschedule(handle, at: deadline) }
    }

    /// Gives a call an event and takes note of what it wants and when it wants to be woken.
    mutating func withCall(_ handle: SlotHandle, _ body: (inout Call, inout [Call.Effect]) -> Void) {
        let deadline = calls.update(handle, lending: &callEffects) { entry, effects in
            body(&entry.call, &effects.elements)
            effects.claim(for: handle)
            return entry.call.nextDeadline
        }
        if let deadline { callTimers.reschedule(handle, at: deadline) }
    }
}

/// A call and what the shard holds for it.
struct CallEntry: Sendable {
    var call: Call
    /// The tables that the call was routed with, in which its candidates are positions.
    let tables: RoutingTables
    /// The numbers as the account's translations left them.
    let numbers: CallNumbers
    /// Counts against the limits of account, customers and switch.
    var ticket: AdmissionTicket?
    /// Counts against the limits of the connection of the attempt under way, and of the callee that it reached.
    var connectionTicket: AdmissionTicket?
    /// The same, of a caller that we have called: the first party of a placed call, or who has taken the caller's place.
    var callerTicket: AdmissionTicket?
    /// What every attempt's INVITE takes over from the caller's.
    var invitation: CallerInvitation?
    /// Kind of the current route.
    var direction = CallSnapshot.Direction.vendor
    /// The state that the counters know.
    var noted = CallState.idle
    /// Whoever is called to take a party's place; nil while nobody is.
    var successor: SuccessorParty?
    /// Of a call that the switch places: how its first party is called.
    var first: FirstParty?
}

/// What the callee's INVITE takes over from the caller's.
struct CallerInvitation: Sendable {
    var display: [UInt8]?
    var maxForwards: UInt8
    var passedHeaders: [PassedHeader]
}

/// Numbers calls and records: calls from 1 on, records so that no restart repeats one.
struct CallNumbering: Sendable {
    /// The wall clock at `Instant.zero`, in milliseconds since 1970-01-01 00:00 UTC.
    var epochMilliseconds: Int64
    private var count: UInt64 = 0
    private let base: UInt64

    init(epochMilliseconds: Int64, start: Instant) {
        self.epochMilliseconds = epochMilliseconds
        base = UInt64(clamping: epochMilliseconds &+ start.nanoseconds / 1_000_000) << 22 & UInt64(Int64.max)
    }

    /// The newest call number, 0 before there is one.
    var last: UInt64 { count }

    /// The next call number.
    mutating func next() -> UInt64 {
        count += 1
        return count
    }

    /// The id of the record of a call.
    func record(of call: UInt64) -> UInt64 { base &+ call & UInt64(Int64.max) }
    /// The call whose record has this id.
    func call(of record: UInt64) -> UInt64 { record &- base }
    /// The wall clock at `instant`.
    func milliseconds(at instant: Instant) -> Int64 { epochMilliseconds &+ instant.nanoseconds / 1_000_000 }
}
