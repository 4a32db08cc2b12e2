import Accounting
import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import Timeline

/// How a channel's call enters another application by its name, with no SIP in between.
extension SwitchCore {
    /// The application that a destination of the form `loc:name` names.
    static func service(_ destination: [UInt8]) -> String? {
        let scheme = Array("loc:".utf8)
        guard destination.starts(with: scheme) else { return nil }
        return String(decoding: destination.dropFirst(scheme.count), as: UTF8.self)
    }

    /// Places a channel's call to an application; it fails where there is none of that name, or where it is another
    /// account's.
    mutating func call(
        service name: String, _ arguments: ChannelArguments, on id: ChannelID, _ position: Int,
        _ ticket: AdmissionTicket, _ now: Instant
    ) {
        let account = configuration.tables.accounts[position]
        guard let application = configuration.tables.application(name), isOpen(application, to: account.id) else {
            admission.release(ticket)
            return feed(.cleared(.unobtainable, raw: .notFound), to: id, now)
        }
        let origin = channels[id]?.transferredFrom.flatMap { channels[$0]?.details.callFrom }
        let caller = DialledNumber(arguments.callFrom)?.number ?? origin ?? account.authname
        let handle = calls.nextHandle
        let number = numbering.next()
        let parties = parties(of: account, calling: Array(name.utf8), as: caller)
        var dialled = DialledCall(channel: id, parties: parties, times: timesNow(now), codecs: codecs(of: arguments))
        dialled.service = configuration.tables.applications[application].id
        var entry = CallEntry(
            call: Call(
                id: number, dialling: dialled, media: inwardMedia(handle),
                policy: configuration.policy(maxCreditTime: account.maxCreditTime)),
            tables: configuration.tables, numbers: CallNumbers(caller: caller, called: parties.calledNumberIn),
            ticket: ticket)
        entry.direction = .onNetIn
        open(entry, at: handle, on: id, to: arguments.callTo, from: caller)
        withCall(handle) { call, effects in
            call.enterRouting(into: &effects)
            call.receive(.routed([]), at: now, into: &effects)
        }
    }

    /// The call of a channel has its port: the application gets its own call, whose party is that channel.
    mutating func enter(
        _ service: String, _ description: [UInt8]?, from caller: SlotHandle, _ now: Instant,
        _ outputs: inout [SwitchOutput]
    ) {
        guard let application = configuration.tables.application(service),
            let parties = calls.read(caller, { $0.call.parties })
        else {
            return withCall(caller) { $0.receive(.crossed(.reject(Failure(.notFound))), at: now, into: &$1) }
        }
        let handle = calls.nextHandle
        let number = numbering.next()
        let entered = EnteredCall(parties: parties, times: timesNow(now), offer: description)
        var entry = CallEntry(
            call: Call(
                id: number, entering: entered, media: inwardMedia(handle),
                policy: configuration.policy(maxCreditTime: nil)),
            tables: configuration.tables,
            numbers: CallNumbers(caller: parties.callerNumberIn, called: parties.calledNumberIn))
        entry.direction = .onNetIn
        calls.insert(entry)
        callsByNumber[number] = handle
        withCall(handle) { call, effects in call.enterRouting(into: &effects) }
        var details = ChannelDetails()
        details.callTo = parties.calledNumberIn
        details.callFrom = parties.callerNumberIn
        details.canHaveEarlyMedia = description != nil
        offer(handle, to: application, details, now, &outputs)
        calls.update(handle) { $0.call.cross(with: caller) }
        calls.update(caller) { $0.call.cross(with: handle) }
    }

    /// Whether calls of the account may enter the application: nobody's, or one of a user of the same account.
    private func isOpen(_ application: Int, to account: Int) -> Bool {
        guard let owner = configuration.tables.applications[application].user else { return true }
        return configuration.tables.user(id: owner).map { configuration.tables.users[$0].account == account } ?? false
    }

    /// Media between two parties of our own: at the address that media are bound to, or at the loopback one.
    private mutating func inwardMedia(_ call: SlotHandle) -> CallMedia {
        let bound = configuration.mediaAddress.isUnspecified ? IPAddress(v4: 0x7F00_0001) : configuration.mediaAddress
        let address = MediaAddress(bound: bound, advertised: bound, signalling: bound)
        return CallMedia(
            mode: .relay, session: MediaSessionID(rawValue: call.rawValue), caller: address, callee: address,
            originID: userAgent.identifiers.next() >> 2)
    }
}
