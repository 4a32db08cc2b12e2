import CallControl
import MediaSessions
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite("The session timer of an application's call")
struct SessionTests {
    private static let vendor = SwitchHarness.vendor

    private func timed() throws -> ApplicationHarness {
        try ApplicationHarness { _, configuration in configuration.sessionExpires = .seconds(600) }
    }

    private func answered(
        _ application: inout ApplicationHarness, _ fields: String
    ) throws -> (ChannelID, Sent) {
        let text = Messages.invite(to: "5000").replacing("Max-Forwards", with: "\(fields)Max-Forwards")
        let id = try application.invited(text)
        let ok = try #require(application.perform(.answer, on: id).sent.last)
        application.deliver(Messages.inDialog("ACK", 1, after: ok))
        return (id, ok)
    }

    @Test("a caller that knows timers refreshes itself, and is hung up when it does not")
    func callerRefreshes() throws {
        var application = try timed()
        let (id, ok) = try answered(&application, "Supported: timer\r\nSession-Expires: 300\r\n")
        #expect(ok.value(.sessionExpires) == "300;refresher=uac")
        #expect(ok.value(.require) == "timer")
        application.advance(.seconds(200))
        let refresh = Messages.inDialog("INVITE", 2, after: ok, body: Messages.sdp)
            .replacing("Max-Forwards", with: "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\nMax-Forwards")
        let again = try #require(application.deliver(refresh).last)
        #expect(again.value(.sessionExpires) == "300;refresher=uac")
        application.deliver(Messages.inDialog("ACK", 2, after: ok))
        #expect(application.advance(.milliseconds(267_900)).isEmpty)
        #expect(application.advance(.milliseconds(100)).map(\.line) == ["BYE"])
        application.advance(.seconds(33))
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
    }

    @Test("a caller without timers is refreshed by us with what it has, again and again, until it no longer answers")
    func weRefresh() throws {
        var application = try timed()
        let (id, ok) = try answered(&application, "")
        #expect(ok.value(.sessionExpires) == "600;refresher=uas")
        #expect(ok.value(.require) == nil)
        for _ in 0..<2 {
            #expect(application.advance(.milliseconds(299_900)).isEmpty)
            let refresh = try #require(application.advance(.milliseconds(100)).last)
            #expect(refresh.line == "INVITE")
            #expect(refresh.value(.sessionExpires) == "600;refresher=uac")
            #expect(refresh.text.contains("m=audio 20000"))
            let answer = Messages.response("200 OK", to: refresh, sdp: true)
                .replacing("CSeq", with: "Session-Expires: 600;refresher=uac\r\nCSeq")
            #expect(application.deliver(answer).map(\.line) == ["ACK"])
            #expect(application.report(of: id)?.state == .answered)
        }
        application.advance(.seconds(300))
        application.advance(.seconds(40))
        application.conclude()
        #expect(application.report(of: id)?.state == .idle)
    }

    @Test("an interval below 90 seconds is 422 with Min-SE, and no application hears of it")
    func tooShort() throws {
        var application = try timed()
        let text = Messages.invite(to: "5000")
            .replacing("Max-Forwards", with: "Supported: timer\r\nSession-Expires: 60\r\nMax-Forwards")
        let sent = application.deliver(text)
        #expect(sent.map(\.line) == ["422 INVITE"])
        #expect(sent[0].value(.minSE) == "90")
        #expect(application.notices.isEmpty)
    }

    @Test("a callee's 422 is obeyed with a new INVITE, once for each raise, and its answer agreed on")
    func raised() throws {
        var application = try timed()
        let call = application.perform(.call(timeout: nil), on: ApplicationHarness.outbound, to: "4420")
        let invite = try #require(call.sent.last)
        #expect(invite.value(.sessionExpires) == "600")
        #expect(invite.value(.minSE) == "90")
        #expect(invite.value(.supported) == "replaces, timer")
        let small = Messages.response("422 Too Small", to: invite).replacing("CSeq", with: "Min-SE: 900\r\nCSeq")
        let again = application.deliver(small, from: Self.vendor)
        #expect(again.map(\.line) == ["ACK", "INVITE"])
        #expect(again[1].value(.sessionExpires) == "900")
        #expect(again[1].value(.minSE) == "900")
        #expect(again[1].value(.cSeq) == "2 INVITE")
        let stubborn = Messages.response("422 Too Small", to: again[1]).replacing("CSeq", with: "Min-SE: 900\r\nCSeq")
        var other = application
        #expect(other.deliver(stubborn, from: Self.vendor).map(\.line) == ["ACK", "INVITE"], "the next route")
        let ok = Messages.response("200 OK", to: again[1], sdp: true)
            .replacing("CSeq", with: "Session-Expires: 900;refresher=uac\r\nRequire: timer\r\nCSeq")
        #expect(application.deliver(ok, from: Self.vendor).map(\.line) == ["ACK"])
        #expect(application.advance(.milliseconds(449_900)).isEmpty)
        #expect(application.advance(.milliseconds(100)).map(\.line) == ["INVITE"])
        #expect(application.report(of: ApplicationHarness.outbound)?.state == .answered)
    }

    @Test("without session timers nothing is said about them")
    func none() throws {
        var application = try ApplicationHarness()
        let (_, ok) = try answered(&application, "Supported: timer\r\nSession-Expires: 60\r\n")
        #expect(ok.value(.sessionExpires) == nil)
        #expect(ok.value(.require) == nil)
        #expect(application.advance(.seconds(7_200)).isEmpty)
    }
}
