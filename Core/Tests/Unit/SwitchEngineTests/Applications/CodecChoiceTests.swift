import CallControl
import MediaSessions
import SwitchEngine
import Testing

@Suite("The codecs that an application wants for one call")
struct CodecChoiceTests {
    private static let offer =
        "v=0\r\no=a 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n"
        + "m=audio 6000 RTP/AVP 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"

    private static func names(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }

    @Test(
        "an inbound call is answered with them in their order, and without any in the caller's",
        arguments: [
            ("", "0 8 96", AudioCodec.g711(.pcmu)), ("PCMA", "8 96", .g711(.pcma)),
            ("pcma PCMU", "8 0 96", .g711(.pcma)), ("PCMU PCMA", "0 8 96", .g711(.pcmu)),
        ])
    func answered(names: String, formats: String, codec: AudioCodec) throws {
        var application = try ApplicationHarness()
        let id = try application.invited(Messages.invite(to: "5000", body: Self.offer))
        let ok = try #require(application.perform(.answer, on: id, codecs: Self.names(names)).sent.last)
        #expect(ok.line == "200 INVITE")
        #expect(ok.text.contains("m=audio 20000 RTP/AVP \(formats)\r\n"))
        #expect(application.descriptions.last?.agreement.formats.first?.codec == codec)
    }

    @Test("early media have them, too, and the answer does not change its mind")
    func early() throws {
        var application = try ApplicationHarness()
        let id = try application.invited(Messages.invite(to: "5000", body: Self.offer))
        let ring = application.perform(.ring(withEarlyMedia: true, for: .zero), on: id, codecs: Self.names("PCMA"))
        #expect(ring.sent.last?.text.contains("RTP/AVP 8 96\r\n") == true)
        let ok = application.perform(.answer, on: id).sent.last
        #expect(ok?.text.contains("RTP/AVP 8 96\r\n") == true)
    }

    @Test("an outbound call offers them in their order, and nothing else")
    func offered() throws {
        let choices = [
            ("", "0 8 101"), ("PCMA", "8 101"), ("PCMA PCMU", "8 0 101"), ("PCMA pcma PCMU PCMA", "8 0 101"),
        ]
        for (names, formats) in choices {
            var application = try ApplicationHarness()
            let call = application.perform(
                .startCall, on: ApplicationHarness.outbound, to: "4420", codecs: Self.names(names))
            #expect(call.sent.last?.text.contains("m=audio 20000 RTP/AVP \(formats)\r\n") == true)
        }
    }

    @Test("a codec that is not configured is an error that names it, and nothing is sent")
    func unknown() throws {
        var application = try ApplicationHarness()
        let id = try application.invited(Messages.invite(to: "5000", body: Self.offer))
        for names in ["opus", "PCMU g729", "PCM", "0"] {
            let answer = application.perform(.answer, on: id, codecs: Self.names(names))
            guard case .refused(let refusal) = application.outcome(of: answer.id) else {
                Issue.record("\(names) was not refused")
                continue
            }
            #expect(refusal.code == .error && answer.sent.isEmpty)
            #expect(refusal.reason == .badCodec(String(names.split(separator: " ").last ?? "")))
            #expect(refusal.message.contains("media.codecs"))
        }
    }
}
