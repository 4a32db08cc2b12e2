import BXML
import CallEvents
import Logging
import Testing
import Timeline

@testable import VoiceRESTAPI

@Suite("Documents that drive calls")
struct DocumentTests {
    @Test(
        "addresses are absolute, or relative to where the document came from",
        arguments: [
            ("http://b.example/y?z=1", "http://a.example/x", "http://b.example/y?z=1"),
            ("next?job=81", "http://a.example/flow/start?x=1", "http://a.example/flow/next?job=81"),
            ("/root", "https://u:p@a.example:8443/flow/start", "https://u:p@a.example:8443/root"),
            ("../up", "http://a.example/one/two/three", "http://a.example/one/up"),
            ("?q", "http://a.example/x", "http://a.example/x?q"),
            ("//c.example/z", "http://a.example/x", "http://c.example/z"),
        ])
    func addresses(_ text: String, _ base: String, _ absolute: String) {
        #expect(DocumentAddress.resolve(text, from: base) == absolute)
    }

    @Test(
        "what is no web address is none",
        arguments: [
            ("next", nil), ("ftp://a.example/", "http://a.example/"), ("file:///etc/passwd", "http://a.example/"),
            ("javascript:1", "http://a.example/"), ("http://", "http://a.example/"), ("a b", nil),
        ] as [(String, String?)])
    func noAddresses(_ text: String, _ base: String?) {
        #expect(DocumentAddress.resolve(text, from: base) == nil)
    }

    @Test("a reply is a document where it begins with <, and nothing else is")
    func replies() {
        #expect(DocumentAddress.isDocument(Array(" \r\n<Response/>".utf8)))
        #expect(DocumentAddress.isDocument([0xEF, 0xBB, 0xBF] + Array("<Response/>".utf8)))
        for bytes in [[0xFF, 0xFE, 0x3C, 0], [0xFE, 0xFF, 0, 0x3C]] as [[UInt8]] {
            #expect(DocumentAddress.isDocument(bytes))
        }
        for text in ["", "  ", "ok", "{\"a\":\"<b>\"}"] { #expect(!DocumentAddress.isDocument(Array(text.utf8))) }
    }

    @Test(
        "a reply to an incoming call refuses it where its first verb is a Reject, and means nothing otherwise",
        arguments: [
            ("<Response><Reject reason=\"busy\"/></Response>", BXMLRejection.busy),
            ("<Response><Reject/></Response>", .rejected), ("<Response><Hangup/></Response>", nil),
            ("<Response><Pause/><Reject/></Response>", nil), ("<Response/>", nil), ("<Response><Reject/>", nil),
            ("", nil), ("Reject", nil),
        ] as [(String, BXMLRejection?)])
    func refusals(_ reply: String, _ refusal: BXMLRejection?) {
        let follower = DocumentFollower(CallDoor(), logger: Logger(label: "test"))
        #expect(follower.refusal(in: Array(reply.utf8)) == refusal)
    }

    @Test("the events of requests say what happened, in the form of BXML")
    func events() {
        let call = EventCall(id: "c-1", uri: "http://s/c-1", from: "+1", to: "+2")
        let gather = CallEventContent(
            .gather(digits: "42", .terminatingDigit, terminatingDigit: "#", tag: "t"), call, nil)
        guard case .gather(let event) = gather else {
            Issue.record("no gather")
            return
        }
        #expect(event.isBXML && event.terminatingDigit == "#" && event.digits == "42" && event.tag == "t")
        #expect(event.reason == .terminatingDigit && event.gather.hasPrefix("gtr-"))
        let callee = EventCall(id: "c-2", uri: "http://s/c-2", from: "+1", to: "+3")
        let complete = CallEventContent(.transferComplete(tag: "x"), call, callee)
        #expect(
            complete
                == .transferComplete(
                    TransferCompleteEvent(EventCall(id: "c-1", uri: "http://s/c-1", from: "+1", to: "+3"), tag: "x")))
        #expect(CallEventContent(.redirect, call, nil) == .redirect(RedirectEvent(call)))
    }

    @Test("prompts of documents are heard as they are asked for, and no events tell of them")
    func prompts() {
        var sentence = BXMLSentence("Hallo")
        (sentence.locale, sentence.gender, sentence.volume) = ("de", "male", -2)
        let spoken = Prompt(sentence)
        guard case .sentence("Hallo", let voice) = spoken.content else {
            Issue.record("no sentence")
            return
        }
        #expect(voice.name == "stefan" && spoken.volume == -2 && !spoken.isTold && spoken.repetitions == 1)
        var audio = BXMLAudio("a.wav")
        audio.repeatCount = 3
        let played = Prompt(audio, url: "http://a.example/a.wav")
        #expect(played.content == .file("http://a.example/a.wav") && played.repetitions == 3 && !played.isTold)
    }

    @Test("a recording of a document ends by silence or time; inside of a transfer by neither")
    func recordings() {
        var wanted = BXMLRecording()
        (wanted.maximumDuration, wanted.silenceTimeout, wanted.isMultiChannel) = (.seconds(9), .seconds(2), true)
        let alone = RecordingPlan(wanted, toldTo: nil)
        #expect(alone.parties == .one && alone.options.timeout == .seconds(9))
        #expect(alone.options.maximumSilence == .seconds(2) && alone.options.silenceThreshold == nil)
        wanted.silenceThreshold = 700
        #expect(RecordingPlan(wanted, toldTo: nil).options.silenceThreshold == 700)
        let joined = RecordingPlan(joined: wanted, toldTo: nil)
        #expect(joined.parties == .both(.separate) && joined.options.timeout == nil)
    }
}
