import Accounting
import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import Timeline

/// How calls and the channels of applications find each other.
extension SwitchCore {
    /// A call came in for an application: its channel is made and offered.
    mutating func offer(
        _ call: SlotHandle, to application: Int, _ details: ChannelDetails, _ now: Instant,
        _ outputs: inout [SwitchOutput]
    ) {
        let id = channels.nextInbound()
        var entry = ChannelEntry(machine: Channel(id: id, isInbound: true), account: 0)
        entry.call = call
        entry.callNumber = calls.read(call) { $0.call.id }
        entry.details = details
        channels.insert(entry)
        let codecs = configuration.codecs
        withCall(call) { $0.receive(.serve(id, codecs: codecs), at: now, into: &$1) }
        feed(.incoming, to: id, now)
        if let report = channels[id]?.report {
            let name = configuration.tables.applications[application].id
            outputs.append(.channel(.offered(id, application: name, report)))
        }
    }

    mutating func note(_ codecs: [[UInt8]], of id: ChannelID) { channels[id]?.details.codecs = codecs }

    // MARK: Outbound

    /// Places the call that a channel's verb described.
    mutating func place(
        _ arguments: ChannelArguments, on id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if let visit = arguments.conference { return call(visit, on: id, now, &outputs) }
        guard let account = channels[id]?.account, let position = configuration.tables.account(id: account) else {
            return feed(.cleared(.barred, raw: .forbidden), to: id, now)
        }
        let service = Self.service(arguments.callTo)
        let dialled = DialledNumber(arguments.callTo)
        guard service != nil || dialled != nil else {
            return feed(.cleared(.unobtainable, raw: .addressIncomplete), to: id, now)
        }
        if isDraining { return feed(.cleared(.noChannels, raw: .serviceUnavailable), to: id, now) }
        switch admission.admit(account: account, source: nil, at: now) {
        case .refused(let limit):
            outputs.append(.notice(.limitReached(limit)))
            feed(.cleared(.noChannels, raw: .serviceUnavailable), to: id, now)
        case .admitted(let ticket):
            if let service { return call(service: service, arguments, on: id, position, ticket, now) }
            if let dialled { dial(dialled, arguments, on: id, position, ticket, now) }
        }
    }

    private mutating func dial(
        _ destination: DialledNumber, _ arguments: ChannelArguments, on id: ChannelID, _ position: Int,
        _ ticket: AdmissionTicket, _ now: Instant
    ) {
        let account = configuration.tables.accounts[position]
        let caller = DialledNumber(arguments.callFrom)?.number ?? account.authname
        let asked = CallNumbers(caller: caller, called: destination.number)
        let numbers = asked.translated(by: account.cliTranslation, account.cldTranslation)
        let plan = plan(forAccount: position, dialled: destination.number, translated: numbers?.called)
        let handle = calls.nextHandle
        let number = numbering.next()
        let parties = parties(of: account, calling: destination.number, as: caller)
        let dialled = DialledCall(channel: id, parties: parties, times: timesNow(now), codecs: codecs(of: arguments))
        let facing = mediaAddress(facing: plan)
        var entry = CallEntry(
            call: Call(
                id: number, dialling: dialled,
                media: CallMedia(
                    mode: .relay, session: MediaSessionID(rawValue: handle.rawValue), caller: facing, callee: facing,
                    originID: userAgent.identifiers.next() >> 2),
                policy: configuration.policy(maxCreditTime: account.maxCreditTime)),
            tables: configuration.tables, numbers: numbers ?? asked, ticket: ticket)
        entry.invitation = CallerInvitation(
            display: nil, maxForwards: 71,
            passedHeaders: arguments.passedHeaders)
        entry.direction = plan.direction
        open(entry, at: handle, on: id, to: arguments.callTo, from: caller)
        withCall(handle) { call, effects in
            call.enterRouting(into: &effects)
            if let failure = plan.refusal {
                call.receive(.refused(failure), at: now, into: &effects)
            } else {
                call.receive(.routed(plan.candidates), at: now, into: &effects)
            }
        }
    }

    /// Takes up a call that a channel places.
    mutating func open(
        _ entry: CallEntry, at handle: SlotHandle, on id: ChannelID, to callee: [UInt8], from caller: [UInt8]
    ) {
        calls.insert(entry)
        callsByNumber[entry.call.id] = handle
        var details = ChannelDetails()
        details.callTo = callee
        details.callFrom = caller
        channels[id]?.call = handle
        channels[id]?.callNumber = entry.call.id
        channels[id]?.details = details
    }

    /// The times of a call that begins now.
    func timesNow(_ now: Instant) -> CallTimes {
        CallTimes(setup: now, setupMilliseconds: numbering.milliseconds(at: now))
    }
}

extension ChannelDetails {
    /// What an INVITE says of its call.
    init(of request: SIPMessage) {
        self.init()
        let numbers = CallNumbers(of: request)
        callTo = numbers.called
        callFrom = numbers.caller
        callerAddress = Self.address(numbers.caller, request.from.uri, in: request)
        calledAddress = Self.address(numbers.called, request.requestURI, in: request)
        callerName = request.displayName(of: request.from) ?? []
        privacy = request.values(named: Array("privacy".utf8)).first.map { request.unfolded($0) } ?? []
        diversions = request.values(of: .diversion).map { request.unfolded($0) }
        originalDestination = Self.firstDialled(in: request)
        attestation = Self.attestation(of: request)
        canHaveEarlyMedia = Leg.description(of: request) != nil
        requestHeaders = PassedHeader.all(of: request)
    }

    /// Whom the caller dialled before anybody diverted the call: who diverted it first (RFC 5806 §4), the first target of
    /// its history (RFC 7044 §10.1), else whom To names where that is somebody else. Empty where nobody diverted it.
    private static func firstDialled(in request: SIPMessage) -> [UInt8] {
        let address =
            request.addresses(of: .diversion).last ?? request.addresses(of: .historyInfo).first ?? request.to
        let user = CallNumbers.user(of: address.uri, in: request)
        return user == CallNumbers.user(of: request.requestURI, in: request) ? [] : user
    }

    /// A, B or C, as a gateway that has verified the caller's identity says; empty for anything else.
    private static func attestation(of request: SIPMessage) -> [UInt8] {
        for name in ["attestation-info", "p-attestation-indicator"] {
            guard let value = request.values(named: Array(name.utf8)).first else { continue }
            let level = request.unfolded(value).map { $0 & 0xDF }
            return level.count == 1 && (UInt8(ascii: "A")...UInt8(ascii: "C")).contains(level[0]) ? level : []
        }
        return []
    }

    private static func address(_ user: [UInt8], _ uri: ByteRange, in request: SIPMessage) -> [UInt8] {
        guard let uri = try? request.uri(uri) else { return [] }
        return user + [UInt8(ascii: "@")] + request.copy(uri.host)
    }
}

/// A destination or an origin as an application writes it: digits with single dashes between them are a telephone
/// number, everything else is a SIP address, of which the user is dialled.
struct DialledNumber: Sendable {
    /// What is routed.
    let number: [UInt8]

    /// nil where there is nothing to dial.
    init?(_ text: [UInt8]) {
        var rest = text[...]
        for scheme in ["tel:", "sip:", "sips:"] where rest.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.utf8.count)
        }
        let isNumber = rest.allSatisfy {
            (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
        }
        let user = isNumber ? rest.filter { $0 != UInt8(ascii: "-") } : Array(rest.prefix { $0 != UInt8(ascii: "@") })
        let plain = user.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "?") }
        guard !plain.isEmpty, plain.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        number = Array(plain)
    }
}
