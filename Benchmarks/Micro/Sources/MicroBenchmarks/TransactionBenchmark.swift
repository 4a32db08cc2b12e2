import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// The four transactions of a bridged call, INVITE and BYE on both sides, in a table that 8,000 calls a second have
/// filled with what lingers.
struct TransactionBenchmark {
    private var table = TransactionTable(shard: 1, timers: TransactionTimers(), seed: 5)
    private var parser = MessageParser()
    private var effects: [TransactionTable.Effect] = []
    private var now = Instant.zero
    private var number = 10_000_000
    private let invite = Template("INVITE", branch: "z9hG4bK-10000000-0")
    private let acknowledgement = Template("ACK", branch: "z9hG4bK-10000000-1")
    private let bye = Template("BYE", branch: "z9hG4bK-10000000-2")
    private let flow = Flow(
        transport: .udp, listener: 0, local: Endpoint(IPAddress(v4: 0xC000_020A), 5060),
        remote: Endpoint(IPAddress(v4: 0xC000_0214), 5063))

    /// How many transactions live.
    var count: Int { table.count }

    /// One call, an eighth of a millisecond after the one before; parsing its messages is part of it.
    mutating func runCall() -> Int {
        now = now + .microseconds(125)
        number += 1
        effects.removeAll(keepingCapacity: true)
        table.timeElapsed(at: now, into: &effects)
        guard let invitation = request(invite) else { return 0 }
        respond(invitation, .trying, invite)
        let outgoing = send(.invite, invite)
        for status in [StatusCode.trying, .ringing, .ok] {
            answer(outgoing, status)
            if status != .trying { respond(invitation, status, invite) }
        }
        _ = request(acknowledgement)
        guard let ending = request(bye) else { return 0 }
        answer(send(.bye, bye), .ok)
        respond(ending, .ok, bye)
        return effects.count
    }

    private mutating func request(_ template: Template) -> ServerTransactionID? {
        guard let message = try? parser.parse(template.numbered(number)) else { return nil }
        table.receive(message, from: flow, at: now, into: &effects)
        if case .request(_, let id, _) = effects.last { return id }
        return nil
    }

    private mutating func respond(_ id: ServerTransactionID, _ status: StatusCode, _ template: Template) {
        table.respond(id, status: status, response: template.response, at: now, into: &effects)
    }

    private mutating func send(_ method: Method, _ template: Template) -> [UInt8] {
        let id = table.reserveClientTransaction()
        var branch: [UInt8] = []
        table.appendBranch(of: id, to: &branch)
        let request = Template.request(method.token, branch: branch)
        table.send(
            id, method: method, request: request, over: flow, user: TransactionUser(rawValue: 1), at: now,
            into: &effects)
        return request
    }

    private mutating func answer(_ request: [UInt8], _ status: StatusCode) {
        guard let message = try? parser.parse(request) else { return }
        let response = MessageWriter.response(to: message, status: status, toTag: SampleMessages.tag)
        guard let received = try? parser.parse(response) else { return }
        table.receive(received, from: flow, at: now, into: &effects)
    }
}

/// A request whose digits 10000000 are replaced for every call, and the bytes of its response.
private struct Template {
    let bytes: [UInt8]
    let response: [UInt8]
    private let places: [Int]

    init(_ method: StaticString, branch: String) {
        bytes = Self.request(method, branch: Array(branch.utf8))
        response = Array(repeating: 32, count: 400)
        let mark = Array("10000000".utf8)
        var places: [Int] = []
        for start in 0..<bytes.count - mark.count where Array(bytes[start..<start + mark.count]) == mark {
            places.append(start)
        }
        self.places = places
    }

    func numbered(_ number: Int) -> [UInt8] {
        var copy = bytes
        for place in places {
            var rest = number
            for digit in stride(from: 7, through: 0, by: -1) {
                copy[place + digit] = UInt8(48 + rest % 10)
                rest /= 10
            }
        }
        return copy
    }

    static func request(_ method: StaticString, branch: [UInt8]) -> [UInt8] {
        var writer = MessageWriter()
        writer.append(method)
        writer.append(" sip:echo10023@192.0.2.10:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.20:5063;branch=")
        writer.append(branch)
        writer.append("\r\nFrom: <sip:alice@192.0.2.20:5063>;tag=29183t10000000\r\nTo: <sip:echo@192.0.2.10>")
        writer.append("\r\nCall-ID: 10000000-29183@192.0.2.20\r\nCSeq: 1 ")
        writer.append(method)
        writer.append("\r\nContact: <sip:alice@192.0.2.20:5063>\r\nMax-Forwards: 70\r\n")
        return writer.finish()
    }
}
