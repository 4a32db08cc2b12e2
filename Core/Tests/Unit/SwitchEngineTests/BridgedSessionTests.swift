import Accounting
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite("The session timers of a call between two parties")
struct BridgedSessionTests {
    private static let caller = SwitchHarness.caller
    private static let vendor = SwitchHarness.vendor

    /// A call with timers of 600 s, in which the parties say `asked` and `agreed`.
    private func connected(
        _ asked: String = "", _ agreed: String = "", _ mode: MediaMode = .relay
    ) throws -> (harness: SwitchHarness, invite: Sent, ok: Sent) {
        var harness = try SwitchHarness { _, configuration in
            configuration.sessionExpires = .seconds(600)
            configuration.mediaMode = mode
        }
        var sent = harness.deliver(Messages.invite(extra: asked), from: Self.caller)
        if let session = harness.openedSession {
            sent = harness.give(.media(.opened(session, callerPorts: [20_000], calleePorts: [20_002])))
        }
        let invite = try #require(sent.last)
        let answer = Messages.response("200 OK", to: invite, sdp: true).replacing("CSeq", with: "\(agreed)CSeq")
        let ok = try #require(harness.deliver(answer, from: Self.vendor).last)
        harness.deliver(Messages.inDialog("ACK", 1, after: ok), from: Self.caller)
        return (harness, invite, ok)
    }

    private func body(_ sent: Sent) -> String {
        String(decoding: sent.message.copy(sent.message.body), as: UTF8.self)
    }

    @Test(
        "a caller without timers hears again what it has, by our re-INVITE, and the callee hears nothing of it",
        arguments: [MediaMode.relay, .direct])
    func callerIsRefreshed(mode: MediaMode) throws {
        var (harness, invite, ok) = try connected("", "", mode)
        #expect(invite.value(.sessionExpires) == "600")
        #expect(invite.value(.minSE) == "90")
        #expect(ok.value(.sessionExpires) == "600;refresher=uas")
        for _ in 0..<2 {
            #expect(harness.advance(.milliseconds(299_900)).isEmpty)
            let refresh = try #require(harness.advance(.milliseconds(100)).last)
            #expect(refresh.line == "INVITE")
            #expect(refresh.flow.remote == Self.caller)
            #expect(body(refresh) == body(ok))
            let answer = Messages.response("200 OK", to: refresh, sdp: true)
                .replacing("CSeq", with: "Session-Expires: 600;refresher=uac\r\nCSeq")
                .replacing("sip:127.0.0.3:5080", with: "sip:127.0.0.2:5070")
            #expect(harness.deliver(answer, from: Self.caller).map(\.line) == ["ACK"])
        }
        let hold = harness.deliver(Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp), from: Self.caller)
        #expect(hold.map(\.line) == ["100 INVITE", "INVITE"], "another exchange may follow")
        harness.advance(.seconds(700))
        harness.advance(.seconds(40))
        #expect(harness.allRecords.map(\.ending.endedBy) == [.switch])
    }

    @Test("a callee that leaves the refreshes to us gets them; its re-INVITE meanwhile is 491")
    func calleeIsRefreshed() throws {
        let agreed = "Session-Expires: 400;refresher=uac\r\nRequire: timer\r\n"
        var (harness, invite, ok) = try connected(
            "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", agreed)
        #expect(ok.value(.sessionExpires) == "600;refresher=uac")
        let refresh = try #require(harness.advance(.seconds(200)).last)
        #expect(refresh.line == "INVITE" && refresh.flow.remote == Self.vendor)
        #expect(body(refresh) == body(invite))
        let offered = Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp)
        #expect(harness.deliver(offered, from: Self.caller).map(\.line) == ["100 INVITE", "491 INVITE"])
        let refused = harness.deliver(Messages.response("500 Later", to: refresh), from: Self.vendor)
        #expect(refused.map(\.line) == ["ACK"])
        #expect(harness.advance(.milliseconds(9_900)).allSatisfy { $0.line == "491 INVITE" })
        #expect(harness.advance(.milliseconds(100)).map(\.line).contains("INVITE"), "it is tried again")
    }

    @Test("a caller that refuses every re-INVITE is there all the same, and is not hung up")
    func refusesRefreshes() throws {
        var (harness, _, _) = try connected()
        for _ in 0..<3 {
            let refresh = try #require(harness.advance(.seconds(300)).last)
            #expect(refresh.line == "INVITE" && refresh.flow.remote == Self.caller)
            let refused = Messages.response("488 Not Acceptable Here", to: refresh)
            #expect(harness.deliver(refused, from: Self.caller).map(\.line) == ["ACK"])
        }
        #expect(harness.core.listing(at: harness.now).map(\.state) == [.connected])
    }

    @Test("a caller that does not refresh as agreed is hung up, and with it the callee")
    func expires() throws {
        var (harness, _, ok) = try connected("Supported: timer\r\nSession-Expires: 300\r\n")
        #expect(ok.value(.sessionExpires) == "300;refresher=uac")
        #expect(harness.advance(.milliseconds(267_900)).isEmpty)
        let over = harness.advance(.milliseconds(100))
        #expect(over.map(\.line) == ["BYE", "BYE"])
        #expect(Set(over.map(\.flow.remote)) == [Self.caller, Self.vendor])
    }

    @Test("an interval below 90 seconds is 422, and nobody is called")
    func tooShort() throws {
        var harness = try SwitchHarness { _, configuration in configuration.sessionExpires = .seconds(600) }
        let text = Messages.invite(extra: "Supported: timer\r\nSession-Expires: 60\r\n")
        let sent = harness.deliver(text, from: Self.caller)
        #expect(sent.map(\.line) == ["422 INVITE"])
        #expect(sent.first?.value(.minSE) == "90")
        #expect(harness.core.heldTicketCount == 0)
    }
}
