import Addresses
import SIPMessages
import Testing
import Timeline

@testable import SIPTransactions

/// The bytes of a message written with plain line ends.
func bytes(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for byte in text.utf8 {
        if byte == 10 { result.append(13) }
        result.append(byte)
    }
    return result
}

/// A message as text, with plain line ends.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.filter { $0 != 13 }, as: UTF8.self) }

/// The value of the first field of that name, written long.
func field(_ name: String, _ bytes: [UInt8]) -> String? {
    text(bytes).split(separator: "\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
}

/// The first line of a message.
func firstLine(_ bytes: [UInt8]) -> String { String(text(bytes).prefix { $0 != "\n" }) }

let datagrams = Flow(
    transport: .udp, listener: 0, local: Endpoint(IPAddress(v4: 0x7F00_0001), 5060),
    remote: Endpoint(IPAddress(v4: 0x7F00_0002), 5070))

let stream = Flow(
    transport: .tcp, listener: 1, stream: 9, local: Endpoint(IPAddress(v4: 0x7F00_0001), 5060),
    remote: Endpoint(IPAddress(v4: 0x7F00_0002), 5070))

/// A request as a client would write it.
struct TestRequest {
    var method = "INVITE"
    var uri = "sip:bob@switch"
    var via = "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKone"
    var from = "<sip:alice@client>;tag=alice"
    var to = "<sip:bob@switch>"
    var callID = "call-1"
    var cSeq = 1
    var cSeqMethod: String?

    var bytes: [UInt8] {
        SIPTransactionsTests.bytes(
            """
            \(method) \(uri) SIP/2.0
            Via: \(via)
            Max-Forwards: 70
            From: \(from)
            To: \(to)
            Call-ID: \(callID)
            CSeq: \(cSeq) \(cSeqMethod ?? method)
            Content-Length: 0


            """)
    }

    var message: SIPMessage { get throws { try MessageParser.parse(bytes) } }

    func changed(_ change: (inout TestRequest) -> Void) -> TestRequest {
        var copy = self
        change(&copy)
        return copy
    }
}

/// A table with a clock that only moves when told, and the list of what it asked for.
struct Bench {
    typealias Effect = TransactionTable.Effect

    var table = TransactionTable(shard: 3, timers: TransactionTimers(), seed: 42)
    var now = at(0)
    var effects: [Effect] = []

    /// What was asked for since the last time.
    mutating func take() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    /// The names of what was asked for since the last time, with first lines of messages.
    mutating func story() -> [String] { take().map(Self.name) }

    static func name(_ effect: Effect) -> String {
        switch effect {
        case .transmit(let bytes, _): "send \(firstLine(bytes))"
        case .request(let message, _, _): "request \(message.method)"
        case .acknowledgement(_, _, let user): "ack for \(user.rawValue)"
        case .cancelled(_, let user, _): "cancelled \(user.rawValue)"
        case .response(let message, _, let user): "response \(message.status?.rawValue ?? 0) for \(user.rawValue)"
        case .timedOut(_, let user): "timed out \(user.rawValue)"
        case .transportFailed(_, let user): "failed \(user.rawValue)"
        case .unacknowledged(_, let user): "unacknowledged \(user.rawValue)"
        case .responseFailed(_, let user): "response failed \(user.rawValue)"
        }
    }

    mutating func receive(_ message: SIPMessage, from flow: Flow = datagrams) {
        table.receive(message, from: flow, at: now, into: &effects)
    }

    /// Hands in a request; gives its server transaction if it is a new one.
    mutating func receive(_ request: TestRequest, from flow: Flow = datagrams) throws -> ServerTransactionID? {
        let count = effects.count
        receive(try request.message, from: flow)
        for effect in effects[count...] {
            if case .request(_, let id, _) = effect { return id }
        }
        return nil
    }

    /// Sends a request, whose branch is written by the table.
    mutating func send(
        _ method: Method, extra: String = "", over flow: Flow = datagrams, user: UInt64 = 7
    ) -> (id: ClientTransactionID, request: [UInt8]) {
        let id = table.reserveClientTransaction()
        var branch: [UInt8] = []
        table.appendBranch(of: id, to: &branch)
        let request = bytes(
            """
            \(method.token) sip:bob@callee SIP/2.0
            Via: SIP/2.0/\(flow.transport.token) 127.0.0.1:5060;branch=\(text(branch));rport
            Max-Forwards: 69
            \(extra)From: "A" <sip:alice@switch>;tag=ours
            To: <sip:bob@callee>
            Call-ID: leg-b
            CSeq: 20 \(method.token)
            Contact: <sip:127.0.0.1>
            Content-Length: 0


            """)
        table.send(
            id, method: method, request: request, over: flow, user: .init(rawValue: user), at: now, into: &effects)
        return (id, request)
    }

    /// Hands in a response to bytes that were sent.
    mutating func answer(
        _ request: [UInt8], _ status: Int, tag: String = "theirs", edit: (String) -> String = { $0 }
    ) throws {
        let request = try MessageParser.parse(request)
        let response = MessageWriter.response(
            to: request, status: try #require(StatusCode(rawValue: UInt16(status))), receivedFrom: nil,
            toTag: Array(tag.utf8)
        ) { _ in }
        receive(try MessageParser.parse(bytes(edit(text(response)))))
    }

    /// Answers a server transaction as its user.
    mutating func respond(_ id: ServerTransactionID, to request: TestRequest, _ status: StatusCode) throws {
        let response = MessageWriter.response(
            to: try request.message, status: status, receivedFrom: nil,
            toTag: status == .trying ? nil : Array("ours".utf8)
        ) { _ in }
        table.respond(id, status: status, response: response, at: now, into: &effects)
    }

    /// Lets time pass to `end`, waking at every deadline; gives time and name of everything asked for.
    mutating func run(until end: Int = 1_000_000) -> [Step<String>] {
        var steps: [Step<String>] = []
        while let next = table.nextDeadline, next <= at(end) {
            now = max(now, next)
            table.timeElapsed(at: now, into: &effects)
            steps += story().map { Step(milliseconds(now), $0) }
        }
        now = max(now, at(end))
        return steps
    }

    /// Whether nothing is left of any transaction.
    var isEmpty: Bool {
        table.count == 0 && table.nextDeadline == nil && table.storedByteCount == 0 && table.streams.count == 0
            && table.serverIndex.count == 0 && table.mergeIndex.count == 0
    }
}
