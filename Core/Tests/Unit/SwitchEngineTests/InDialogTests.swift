import Routing
import SIPMessages
import Testing

@Suite struct InDialogTests {
    @Test("an INFO request passes to the other leg and its answer comes back")
    func information() throws {
        var (harness, _, ok) = try RaceTests.answered()
        let body = "Signal=5\r\nDuration=160\r\n"
        let info = Messages.inDialog("INFO", 2, after: ok, body: body).replacing(
            "application/sdp", with: "application/dtmf-relay")
        let passed = harness.deliver(info, from: SwitchHarness.caller)
        #expect(passed.map(\.line) == ["INFO"])
        let sent = try #require(passed.first)
        #expect(sent.value(.contentType) == "application/dtmf-relay")
        #expect(sent.text.hasSuffix(body))
        let answered = harness.deliver(Messages.response("200 OK", to: sent), from: SwitchHarness.vendor)
        #expect(answered.map(\.line) == ["200 INFO"])
    }

    @Test("OPTIONS inside a dialog is answered with what we allow")
    func options() throws {
        var (harness, _, ok) = try RaceTests.answered()
        let answer = harness.deliver(Messages.inDialog("OPTIONS", 2, after: ok), from: SwitchHarness.caller)
        #expect(answer.map(\.line) == ["200 OPTIONS"])
        #expect(answer.first?.value(.allow)?.contains("INVITE") == true)
    }

    @Test("a request of no dialog gets 481, one with an old CSeq 500")
    func wrongRequests() throws {
        var (harness, _, ok) = try RaceTests.answered()
        let foreign = Messages.inDialog("BYE", 2, after: ok).replacing("Call-ID: a1", with: "Call-ID: zz")
        #expect(harness.deliver(foreign, from: SwitchHarness.caller).map(\.line) == ["481 BYE"])
        let old = Messages.inDialog("INFO", 0, after: ok, body: "x")
        #expect(harness.deliver(old, from: SwitchHarness.caller).map(\.line) == ["500 INFO"])
        let isCarried = harness.core.liveCallCount == 1
        #expect(isCarried)
    }

    @Test("a re-INVITE without a description asks the other side for an offer, and the answer travels in the ACKs")
    func lateRenegotiation() throws {
        var (harness, _, ok) = try RaceTests.answered()
        let asked = harness.deliver(Messages.inDialog("INVITE", 2, after: ok), from: SwitchHarness.caller)
        #expect(asked.map(\.line) == ["100 INVITE", "INVITE"])
        let invite = try #require(asked.last)
        #expect(invite.message.body.isEmpty)
        let offered = harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor)
        #expect(offered.map(\.line) == ["200 INVITE"])
        let acknowledged = harness.deliver(
            Messages.inDialog("ACK", 2, after: ok, body: Messages.sdp), from: SwitchHarness.caller)
        #expect(acknowledged.map(\.line) == ["ACK"])
        #expect(acknowledged.first?.text.contains("c=IN IP4 127.0.0.2") == true)
    }

    @Test("a refused re-INVITE leaves the call as it was")
    func refusedRenegotiation() throws {
        var (harness, _, ok) = try RaceTests.answered()
        let asked = harness.deliver(
            Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp), from: SwitchHarness.caller)
        let refused = harness.deliver(
            Messages.response("488 Not Acceptable Here", to: try #require(asked.last)), from: SwitchHarness.vendor)
        #expect(refused.map(\.line) == ["ACK", "488 INVITE"])
        let ended = harness.deliver(Messages.inDialog("BYE", 3, after: ok), from: SwitchHarness.caller)
        #expect(ended.map(\.line) == ["200 BYE", "BYE"])
    }

    @Test("a refused change of address leaves the relay with the old one")
    func refusedAddress() throws {
        var harness = try SwitchHarness { _, configuration in configuration.mediaMode = .relay }
        harness.deliver(Messages.invite(), from: SwitchHarness.caller)
        let session = try #require(harness.openedSession)
        let invite = try #require(
            harness.give(.media(.opened(session, callerPorts: [20_000], calleePorts: [20_002]))).last)
        let ok = try #require(
            harness.deliver(Messages.response("200 OK", to: invite, sdp: true), from: SwitchHarness.vendor).last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: SwitchHarness.caller)
        let moved = Messages.sdp.replacing("c=IN IP4 127.0.0.2", with: "c=IN IP4 127.0.0.9")
        let asked = try #require(
            harness.deliver(Messages.inDialog("INVITE", 2, after: ok, body: moved), from: SwitchHarness.caller).last)
        #expect(harness.callerTarget?.hasPrefix("127.0.0.9") == true)
        harness.deliver(Messages.response("488 Not Acceptable Here", to: asked), from: SwitchHarness.vendor)
        #expect(harness.callerTarget?.hasPrefix("127.0.0.2") == true)
    }

    @Test("a vendor's challenge is answered once with the connection's credentials")
    func challenge() throws {
        var harness = try SwitchHarness { provisioning, _ in
            provisioning.connections[0].username = "trunk"
            provisioning.connections[0].password = "open"
        }
        let invite = try #require(harness.deliver(Messages.invite(), from: SwitchHarness.caller).last)
        let challenge = Messages.response("407 Proxy Authentication Required", to: invite).replacing(
            "Content-Length",
            with:
                "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\r\nContent-Length"
        )
        let again = harness.deliver(challenge, from: SwitchHarness.vendor)
        #expect(again.map(\.line) == ["ACK", "INVITE"])
        let second = try #require(again.last)
        #expect(second.value(.proxyAuthorization)?.contains("username=\"trunk\"") == true)
        #expect(second.value(.cSeq) == "2 INVITE")
        #expect(second.value(.callID) == invite.value(.callID))
        let refused = harness.deliver(
            challenge.replacing("CSeq: 1", with: "CSeq: 2").replacing(
                invite.value(.via) ?? "", with: second.value(.via) ?? ""), from: SwitchHarness.vendor)
        #expect(refused.map(\.line) == ["ACK", "INVITE"])
        #expect(refused.last?.flow.remote.port == 5081)
    }

    @Test("nothing of the caller's leg appears at the vendor, and no number breaks out of its line")
    func hiding() throws {
        var harness = try SwitchHarness()
        let text = Messages.invite(
            to: "44%0d%0aX-Evil:%201", extra: "Record-Route: <sip:proxy.invalid;lr>\r\nX-Secret: 1\r\n"
        )
        .replacing("\"Alice\"", with: "\"A\\\"b\"")
        let invite = try #require(harness.deliver(text, from: SwitchHarness.caller).last)
        #expect(invite.line == "INVITE")
        for leak in ["127.0.0.2:5070", "fta1", "z9hG4bKa1", "proxy.invalid", "X-Secret", "\r\nX-Evil", "Call-ID: a1"] {
            #expect(!invite.text.contains(leak))
        }
        #expect(invite.text.contains("%0D%0AX-Evil") || invite.text.contains("%0d%0aX-Evil"))
    }
}
