import Addresses
import Audio
import CallControl
import MediaSessions
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite("Header fields of an application's call")
struct HeaderTests {
    private func perform(
        _ verb: ChannelVerb, on id: ChannelID, to destination: String = "", _ headers: [(String, String)],
        _ application: inout ApplicationHarness
    ) -> (sent: [Sent], id: VerbID) {
        let pairs = headers.map { ChannelHeader(name: Array($0.0.utf8), value: Array($0.1.utf8)) }
        return application.perform(verb, on: id, to: destination, headers: pairs)
    }

    @Test("are sent with the 180, the 200 and the BYE, each once")
    func sent() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let ringing = perform(.ring(withEarlyMedia: false, for: .zero), on: id, [("X-Ring", "1")], &application).sent
        #expect(ringing.map(\.line) == ["180 INVITE"])
        #expect(ringing[0].text.contains("\r\nX-Ring: 1\r\n"))
        let ok = try #require(
            perform(.answer, on: id, [("X-Answer", "a, b"), ("X-Answer", "c")], &application).sent.last)
        #expect(ok.line == "200 INVITE")
        #expect(ok.text.contains("\r\nX-Answer: a, b\r\nX-Answer: c\r\n"))
        #expect(!ok.text.contains("X-Ring"))
        application.deliver(Messages.inDialog("ACK", 1, after: ok))
        let bye = try #require(perform(.hangUp, on: id, [("X-Bye", "z")], &application).sent.last)
        #expect(bye.line == "BYE")
        #expect(bye.text.contains("\r\nX-Bye: z\r\n"))
        #expect(!bye.text.contains("X-Answer"))
    }

    @Test("are sent with a refusal and with the INVITE of an outbound call")
    func refusalAndInvite() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let refused = perform(.reject(.busy, raw: nil), on: id, [("X-Why", "lunch")], &application).sent
        #expect(refused.map(\.line) == ["486 INVITE"])
        #expect(refused[0].text.contains("\r\nX-Why: lunch\r\n"))
        let channel = ApplicationHarness.outbound
        let invite = try #require(
            perform(.startCall, on: channel, to: "4420", [("x-call", "1"), ("Subject", "hi")], &application).sent.last)
        #expect(invite.text.contains("\r\nx-call: 1\r\nSubject: hi\r\n"))
    }

    @Test(
        "that the stack owns, that cannot be written or are too many are an error, and nothing is sent",
        arguments: [
            ("Via", "x"), ("v", "x"), ("Contact", "<sip:x@y>"), ("CONTENT-LENGTH", "1"), ("From", "x"), ("Route", "x"),
            ("Require", "x"), ("", "x"), ("X Y", "x"), ("X:", "x"), ("X-A", "a\r\nX-Evil: 1"), ("X-A", "a\nb"),
            ("X-A", "a\u{0}"), ("X-A", String(repeating: "a", count: 8_200)), ("Replaces", "x"), ("Refer-To", "x"),
        ])
    func refused(name: String, value: String) throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let answer = perform(.answer, on: id, [("X-Good", "1"), (name, value)], &application)
        #expect(answer.sent.isEmpty)
        guard case .refused(let refusal) = application.outcome(of: answer.id) else {
            Issue.record("not refused"); return
        }
        #expect(refusal.code == .error)
        #expect(refusal.reason == .badHeader(name))
        #expect(application.report(of: id)?.state == .callIncoming)
        let many = perform(.answer, on: id, (0..<65).map { ("X-\($0)", "1") }, &application)
        #expect(many.sent.isEmpty)
    }

    @Test("of the INVITE can be read, but no credentials; those of the responses, too")
    func read() throws {
        var application = try ApplicationHarness()
        let text = Messages.invite(to: "5000").replacing(
            "Max-Forwards", with: "X-Account: 7\r\n folded\r\ns: short\r\nAuthorization: Digest x=1\r\nMax-Forwards")
        let id = try application.invited(text)
        let headers = try #require(application.report(of: id)).details.requestHeaders
        func value(_ name: String) -> [String] {
            headers.filter { $0.isNamed(Array(name.utf8)) }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        #expect(value("x-ACCOUNT") == ["7 folded"])
        #expect(value("Subject") == ["short"])
        #expect(value("Authorization").isEmpty)
        #expect(value("X-None").isEmpty)
        let invite = try #require(
            application.perform(.startCall, on: ApplicationHarness.outbound, to: "4420").sent.last)
        let busy = Messages.response("486 Busy Here", to: invite).replacing("Contact", with: "X-Line: 2\r\nContact")
        application.deliver(busy, from: SwitchHarness.vendor)
        application.conclude()
        let told = try #require(application.report(of: ApplicationHarness.outbound)).details.responseHeaders
        #expect(told.contains { $0.isNamed(Array("X-Line".utf8)) && $0.value == Array("2".utf8) })
    }

    @Test("early media is played before the answer, and the answer ends it")
    func earlyMedia() throws {
        var application = try ApplicationHarness()
        let id = try application.invited()
        let ring = application.perform(.ring(withEarlyMedia: true, for: .zero), on: id)
        #expect(ring.sent.map(\.line) == ["183 INVITE"])
        #expect(application.outcome(of: ring.id) == .state(.ringIncoming))
        #expect(application.report(of: id)?.hasEarlyMedia == true)
        let job = MediaJobID(rawValue: 1)
        application.give(.channel(.media(id, .playTone(job, ToneCatalogue().standard, timeout: nil, .signalling))))
        #expect(application.playedTones == 1)
        #expect(application.refusals.isEmpty)
        let ok = application.perform(.answer, on: id).sent
        #expect(ok.map(\.line) == ["200 INVITE"])
        let stops = application.media.filter { if case .party(_, .stop(.tonePlayer)) = $0 { true } else { false } }
        #expect(stops.count == 1)
        #expect(application.report(of: id)?.hasEarlyMedia == false)
    }

    @Test("a caller without an offer cannot have early media: it hears 180, and nothing can be played")
    func noEarlyMedia() throws {
        var application = try ApplicationHarness()
        let id = try application.invited(Messages.invite(to: "5000", body: ""))
        let ring = application.perform(.ring(withEarlyMedia: true, for: .zero), on: id)
        #expect(ring.sent.map(\.line) == ["180 INVITE"])
        #expect(application.outcome(of: ring.id) == .state(.ringIncoming))
        #expect(application.report(of: id)?.hasEarlyMedia == false)
        application.give(
            .channel(
                .media(id, .playTone(MediaJobID(rawValue: 1), ToneCatalogue().standard, timeout: nil, .signalling))))
        #expect(application.refusals.count == 1)
    }
}
