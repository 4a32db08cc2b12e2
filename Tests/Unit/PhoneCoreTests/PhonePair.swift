import Addresses
import SIPMessages
import SIPTransactions
import Timeline

@testable import TestPhone

/// Two phone cores and the network between them, in virtual time.
struct PhonePair {
    struct Datagram {
        var at: Instant
        var isToCallee: Bool
        var bytes: [UInt8]
    }

    static let callerAddress = Endpoint(IPAddress(v4: 0x0A00_0001), 5060)
    static let calleeAddress = Endpoint(IPAddress(v4: 0x0A00_0002), 5060)
    static let delay: Duration = .milliseconds(5)

    var caller = PhoneCore(seed: 11)
    var callee = PhoneCore(seed: 22)
    var now = Instant.zero
    /// Everything sent so far, lost or not, in order.
    var sent: [Datagram] = []
    /// Whether the network loses this datagram, given how many were sent before it.
    var loses: (SIPMessage, Int) -> Bool = { _, _ in false }
    var events: [PhoneEvent] = []
    var callerReports: [CallReport] = []
    var calleeReports: [CallReport] = []
    var agreements: [MediaAgreement] = []
    var callID = PhoneCallID(rawValue: 1)
    private var queue: [Datagram] = []

    /// Milliseconds of virtual time.
    var milliseconds: Int { Int(now.nanoseconds / 1_000_000) }

    mutating func place(_ request: CallRequest = CallRequest("sip:bob@10.0.0.2")) {
        let flow = Flow(transport: .udp, listener: 0, local: Self.callerAddress, remote: Self.calleeAddress)
        drive(isCallee: false, .place(callID, request, flow))
    }

    mutating func hangUp() { drive(isCallee: false, .hangUp(callID)) }

    mutating func calleeHangsUp() {
        for id in callee.legs.keys { drive(isCallee: true, .hangUp(id)) }
    }

    /// Delivers bytes to the callee as if the caller had sent them.
    mutating func inject(_ bytes: [UInt8]) {
        let flow = Flow(transport: .udp, listener: 0, local: Self.calleeAddress, remote: Self.callerAddress)
        drive(isCallee: true, .datagram(bytes, flow))
    }

    mutating func drive(isCallee: Bool, _ input: PhoneCore.Input) {
        var outputs: [PhoneCore.Output] = []
        if isCallee {
            callee.receive(input, at: now, into: &outputs)
        } else {
            caller.receive(input, at: now, into: &outputs)
        }
        handle(outputs, isCallee: isCallee)
    }

    /// Lets time pass until `limit`, or until nothing more is due.
    mutating func run(until limit: Instant) {
        while true {
            let datagram = queue.first?.at
            let next = [datagram, caller.nextDeadline, callee.nextDeadline].compactMap { $0 }.min()
            guard let next, next <= limit else { break }
            now = max(now, next)
            if let datagram, datagram <= now {
                let first = queue.removeFirst()
                let (local, remote) =
                    first.isToCallee
                    ? (Self.calleeAddress, Self.callerAddress) : (Self.callerAddress, Self.calleeAddress)
                let flow = Flow(transport: .udp, listener: 0, local: local, remote: remote)
                drive(isCallee: first.isToCallee, .datagram(first.bytes, flow))
                continue
            }
            for isCallee in [false, true] {
                var outputs: [PhoneCore.Output] = []
                if isCallee {
                    callee.timeElapsed(at: now, into: &outputs)
                } else {
                    caller.timeElapsed(at: now, into: &outputs)
                }
                handle(outputs, isCallee: isCallee)
            }
        }
        now = limit
    }

    mutating func run(for duration: Duration) { run(until: now + duration) }

    /// First lines of what was sent, shortened to method or status.
    var ladder: [String] {
        sent.map { datagram in
            let line = String(decoding: datagram.bytes.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ")
            return (datagram.isToCallee ? "> " : "< ") + (line[0] == "SIP/2.0" ? line[1] : line[0])
        }
    }

    /// Whether neither phone keeps anything of a call.
    var isClean: Bool { caller.legs.isEmpty && callee.legs.isEmpty }

    private mutating func handle(_ outputs: [PhoneCore.Output], isCallee: Bool) {
        for output in outputs {
            switch output {
            case .send(let bytes, _):
                let datagram = Datagram(at: now + Self.delay, isToCallee: !isCallee, bytes: bytes)
                if let message = try? MessageParser.parse(bytes), !loses(message, sent.count) { queue.append(datagram) }
                sent.append(datagram)
            case .openMedia(let id, let address):
                drive(isCallee: isCallee, .mediaOpened(id, Endpoint(address, isCallee ? 40_000 : 30_000)))
            case .media(_, _, let agreement): if isCallee { agreements.append(agreement) }
            case .event(_, let event): if isCallee { events.append(event) }
            case .ended(_, let report):
                if isCallee { calleeReports.append(report) } else { callerReports.append(report) }
            case .play, .arrived, .registered: break
            }
        }
    }
}
