import Accounting
import Addresses
import Routing
import SIPMessages
import Testing

@Suite struct BasicCallTests {
    @Test("a call is carried from INVITE to BYE, with one record")
    func basicCall() throws {
        var harness = try SwitchHarness()
        let invited = harness.deliver(Messages.invite(), from: SwitchHarness.caller)
        #expect(invited.map(\.line) == ["100 INVITE", "INVITE"])
        let invite = try #require(invited.last)
        #expect(invite.flow.remote == SwitchHarness.vendor)
        #expect(invite.value(.maxForwards) == "69")
        #expect(!invite.text.contains("127.0.0.2:5070"))

        let ringing = harness.deliver(Messages.response("180 Ringing", to: invite), from: SwitchHarness.vendor)
        #expect(ringing.map(\.line) == ["180 INVITE"])
        let answered = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(answered.map(\.line) == ["ACK", "200 INVITE"])
        let ok = try #require(answered.last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        #expect(harness.advance(.seconds(10)).isEmpty)

        let ended = harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        #expect(ended.map(\.line) == ["200 BYE", "BYE"])
        let bye = try #require(ended.last)
        harness.deliver(Messages.response("200 OK", to: bye), from: SwitchHarness.vendor)
        #expect(harness.allRecords.count == 1)
        #expect(harness.allRecords.first?.ending.endedBy == .caller)
        #expect(harness.allRecords.first?.duration == .seconds(10))
        harness.give(.recorded(harness.allRecords.map(\.id)))
        harness.advance(.seconds(64))
        let isQuiet = harness.core.isQuiet
        #expect(isQuiet)
    }

    @Test("a call is over with its BYE: the record does not wait for an answer that never comes")
    func unansweredBye() throws {
        var harness = try SwitchHarness()
        let invite = try #require(harness.deliver(Messages.invite(), from: SwitchHarness.caller).last)
        let ok = try #require(
            harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor).last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        harness.advance(.seconds(10))
        harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller)
        #expect(harness.records.map(\.duration) == [.seconds(10)])
        #expect(harness.core.listing(at: harness.now).map(\.state) == [.disconnecting])
        harness.give(.recorded(harness.allRecords.map(\.id)))
        harness.advance(.seconds(33))
        #expect(harness.core.listing(at: harness.now).map(\.state) == [.dead])
        harness.advance(.seconds(64))
        let isQuiet = harness.core.isQuiet
        #expect(isQuiet && harness.allRecords.count == 1)
    }

    @Test("the record tells where the caller called from, with what, and by which route at which price")
    func terms() throws {
        var harness = try SwitchHarness { provisioning, _ in
            var route = Route(prefix: "4420")
            route.price = Money(millionths: 4_100)
            var dearer = Route(prefix: "44")
            dearer.price = Money(millionths: 60_000)
            provisioning.accounts[0].cldTranslation = "s/^00//"
            provisioning.destinationSets = [
                DestinationSet(id: 1, name: "a", routes: [route]), DestinationSet(id: 2, name: "b", routes: [dearer]),
            ]
            provisioning.routingGroups[0].members = [
                RoutingGroupMember(connection: 1, destinationSet: 1),
                RoutingGroupMember(connection: 2, destinationSet: 2),
            ]
        }
        let agent = "Phone " + String(repeating: "x", count: 300)
        let text = Messages.invite(to: "00442079", extra: "User-Agent: \(agent)\r\n")
        let first = try #require(harness.deliver(text, from: SwitchHarness.caller).last)
        let second = try #require(
            harness.deliver(Messages.response("503 Service Unavailable", to: first), from: SwitchHarness.vendor).last)
        let vendor = Endpoint(SwitchHarness.vendor.address, SwitchHarness.vendor.port + 1)
        let ok = try #require(
            harness.deliver(Messages.response("200 OK", to: second, sdp: true), from: vendor).last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        harness.advance(.milliseconds(29_500))
        let bye = try #require(harness.deliver(Messages.inDialog("BYE", 2, after: ok), from: SwitchHarness.caller).last)
        harness.deliver(Messages.response("200 OK", to: bye), from: vendor)
        let record = try #require(harness.allRecords.first)
        #expect(record.parties.source == SwitchHarness.caller.address)
        #expect(record.parties.userAgent == Array(agent.utf8.prefix(255)))
        #expect(record.parties.connection == 2 && record.parties.prefix == Array("44".utf8))
        #expect(record.parties.price == Money(millionths: 60_000))
        #expect(record.billedSeconds == 30 && record.cost == Money(millionths: 30_000))
    }

    @Test("a caller that names no User-Agent, and a route that could not be tried, leave their fields empty")
    func noTerms() throws {
        var harness = try SwitchHarness { provisioning, _ in
            provisioning.connections[0].capacity = 0
            provisioning.connections[1].capacity = 0
        }
        harness.deliver(Messages.invite(), from: SwitchHarness.caller)
        let record = try #require(harness.allRecords.first)
        #expect(record.parties.userAgent.isEmpty && record.parties.prefix.isEmpty && record.cost == .zero)
    }
}

enum Messages {
    static let sdp =
        "v=0\r\no=a 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"

    static func invite(to number: String = "4420", callID: String = "a1", extra: String = "", body: String = sdp)
        -> String
    {
        "INVITE sip:\(number)@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK\(callID)\r\n"
            + "From: \"Alice\" <sip:alice@127.0.0.2:5070>;tag=ft\(callID)\r\nTo: <sip:\(number)@127.0.0.1:5060>\r\n"
            + "Call-ID: \(callID)\r\nCSeq: 1 INVITE\r\nContact: <sip:alice@127.0.0.2:5070>\r\nMax-Forwards: 70\r\n\(extra)"
            + (body.isEmpty ? "" : "Content-Type: application/sdp\r\n")
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func response(_ line: String, to request: Sent, sdp: Bool = false, tag: String = "callee") -> String {
        let body = sdp ? Self.sdp.replacing("127.0.0.2", with: "127.0.0.3") : ""
        let to = request.value(.to) ?? ""
        return "SIP/2.0 \(line)\r\nVia: \(request.value(.via) ?? "")\r\nFrom: \(request.value(.from) ?? "")\r\n"
            + "To: \(to)\(to.contains("tag=") ? "" : ";tag=\(tag)")\r\nCall-ID: \(request.value(.callID) ?? "")\r\n"
            + "CSeq: \(request.value(.cSeq) ?? "")\r\nContact: <sip:127.0.0.3:5080>\r\n"
            + (sdp ? "Content-Type: application/sdp\r\n" : "") + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// A request of the caller inside the dialog that `ok` confirmed.
    static func inDialog(_ method: String, _ number: Int, after ok: Sent, body: String = "") -> String {
        "\(method) sip:martlet@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK\(method)\(number)\r\n"
            + "From: \(ok.value(.from) ?? "")\r\nTo: \(ok.value(.to) ?? "")\r\nCall-ID: \(ok.value(.callID) ?? "")\r\n"
            + "CSeq: \(number) \(method)\r\nContact: <sip:alice@127.0.0.2:5070>\r\nMax-Forwards: 70\r\n"
            + (body.isEmpty ? "" : "Content-Type: application/sdp\r\n")
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

extension Messages {
    /// A request of the callee inside the dialog that `request`, sent by the switch to it, belongs to.
    static func fromCallee(_ method: String, _ number: Int, _ request: Sent, body: String = "") -> String {
        "\(method) sip:martlet@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.3:5080;branch=z9hG4bKv\(method)\(number)\r\n"
            + "From: \(request.value(.to) ?? "")\r\nTo: \(request.value(.from) ?? "")\r\n"
            + "Call-ID: \(request.value(.callID) ?? "")\r\nCSeq: \(number) \(method)\r\n"
            + "Contact: <sip:127.0.0.3:5080>\r\nMax-Forwards: 70\r\n"
            + (body.isEmpty ? "" : "Content-Type: application/sdp\r\n")
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// The ACK to a failure answer of `invite`.
    static func acknowledgement(of invite: String) -> String {
        invite.replacing("INVITE", with: "ACK").split(separator: "Content-Type")[0] + "Content-Length: 0\r\n\r\n"
    }
}
