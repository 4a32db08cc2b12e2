import Accounting
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// A switch that is asked to connect 100 (called first) with 200, both behind the vendor's two connections.
struct OriginationHarness {
    var harness: SwitchHarness
    var relays: Bool
    /// The answer to the last request.
    var outcome: OriginationOutcome?

    /// Audio of the first party at 127.0.0.3:6000 and of the second at 127.0.0.3:7000.
    static let firstPort = 6000
    static let secondPort = 7000

    init(relays: Bool = true, _ change: (inout Provisioning, inout ConfigurationSnapshot) -> Void = { _, _ in }) throws
    {
        self.relays = relays
        harness = try SwitchHarness { provisioning, configuration in
            configuration.mediaMode = relays ? .relay : .direct
            change(&provisioning, &configuration)
        }
    }

    /// Asks for the call and opens its ports, 20000 towards the first party and 20002 towards the second; gives what was
    /// sent.
    @discardableResult
    mutating func originate(_ change: (inout OriginationRequest) -> Void = { _ in }) -> [Sent] {
        var request = OriginationRequest(
            account: 3, origin: .callback, first: .init(number: Array("100".utf8)),
            second: .init(number: Array("200".utf8)))
        change(&request)
        outcome = harness.originate(request)
        let sent = harness.sent
        guard let session = harness.openedSession else { return sent }
        return harness.give(.media(.opened(session, callerPorts: [20000], calleePorts: [20002])))
    }

    /// A body with one audio stream.
    static func body(port: Int, _ formats: String = "0 8 101", direction: String = "sendrecv", version: Int = 1)
        -> String
    {
        "v=0\r\no=p \(port) \(version) IN IP4 127.0.0.3\r\ns=-\r\nc=IN IP4 127.0.0.3\r\nt=0 0\r\n"
            + "m=audio \(port) RTP/AVP \(formats)\r\na=rtpmap:101 telephone-event/8000\r\na=\(direction)\r\n"
    }

    @discardableResult
    mutating func reply(_ line: String, to request: Sent, _ body: String = "") -> [Sent] {
        harness.deliver(Messages.reply(line, to: request, body: body), from: request.flow.remote)
    }

    /// The first party has answered: its INVITE and that of the second.
    mutating func firstAnswered(_ formats: String = "0 8 101") throws -> (first: Sent, second: Sent) {
        let first = try #require(originate().last)
        let sent = reply("200 OK", to: first, Self.body(port: Self.firstPort, formats))
        #expect(sent.map(\.line) == ["ACK", "INVITE"])
        return (first, try #require(sent.last))
    }

    /// Both have answered with the same formats; what was sent last.
    mutating func connected() throws -> (first: Sent, second: Sent, sent: [Sent]) {
        let (first, second) = try firstAnswered()
        let sent = reply("200 OK", to: second, Self.body(port: Self.secondPort))
        return (first, second, sent)
    }

    /// Answers whatever the switch asks in order to end its legs, closes media and expects one record and nothing left.
    mutating func conclude() throws -> CallDetailRecord {
        for _ in 0..<300 {
            for output in harness.outputs {
                guard case .media(.close(let session)) = output else { continue }
                let none = MediaStatistics()
                harness.give(.media(.closed(session, caller: none, callee: none)))
                break
            }
            harness.give(.recorded(harness.allRecords.map(\.id)))
            harness.advance(.seconds(1))
        }
        #expect(harness.allRecords.count == 1)
        let isQuiet = harness.core.isQuiet
        #expect(isQuiet)
        return try #require(harness.allRecords.first)
    }

    var state: String? { harness.core.listing(at: harness.now).first?.state.name }
}

extension SwitchHarness {
    mutating func originate(_ request: OriginationRequest) -> OriginationOutcome {
        outputs = []
        defer { allRecords += records }
        return core.originate(request, at: now, into: &outputs)
    }
}

extension Messages {
    /// An answer of a vendor with this body.
    static func reply(_ line: String, to request: Sent, body: String) -> String {
        let to = request.value(.to) ?? ""
        return "SIP/2.0 \(line)\r\nVia: \(request.value(.via) ?? "")\r\nFrom: \(request.value(.from) ?? "")\r\n"
            + "To: \(to)\(to.contains("tag=") ? "" : ";tag=v")\r\nCall-ID: \(request.value(.callID) ?? "")\r\n"
            + "CSeq: \(request.value(.cSeq) ?? "")\r\nContact: <sip:\(request.flow.remote)>\r\n"
            + (body.isEmpty ? "" : "Content-Type: application/sdp\r\n")
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// A request of the party that was sent `invite`, inside that dialog.
    static func fromParty(_ method: String, _ number: Int, _ invite: Sent, body: String = "") -> String {
        let to = invite.value(.to) ?? ""
        return "\(method) sip:martlet@127.0.0.1:5060 SIP/2.0\r\n"
            + "Via: SIP/2.0/UDP \(invite.flow.remote);branch=z9hG4bKp\(method)\(number)\(invite.flow.remote.port)\r\n"
            + "From: \(to)\(to.contains("tag=") ? "" : ";tag=v")\r\nTo: \(invite.value(.from) ?? "")\r\n"
            + "Call-ID: \(invite.value(.callID) ?? "")\r\nCSeq: \(number) \(method)\r\n"
            + "Contact: <sip:\(invite.flow.remote)>\r\nMax-Forwards: 70\r\n"
            + (body.isEmpty ? "" : "Content-Type: application/sdp\r\n")
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

extension Sent {
    /// The first line of the body that begins with `prefix`, without it.
    func described(_ prefix: String) -> String? {
        text.components(after: "\r\n\r\n").split(separator: "\r\n").first { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }
}

extension String {
    /// What follows the first `separator`; empty without one.
    fileprivate func components(after separator: String) -> String {
        guard let range = firstRange(of: separator) else { return "" }
        return String(self[range.upperBound...])
    }
}
