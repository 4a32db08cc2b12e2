import BXML
import Testing
import Timeline

@Suite("Doing the verbs of a document")
struct BXMLInterpreterTests {
    @Test("verbs are done in order, each when the one before it is over")
    func order() throws {
        var script = BXMLScript()
        let begun = try script.begin(
            "<SpeakSentence>a</SpeakSentence><PlayAudio>b</PlayAudio><SendDtmf>1</SendDtmf><Pause length=\"2\"/><Hangup/>"
        )
        #expect(begun == [.speak(1, BXMLSentence("a"))])
        #expect(script.tell(.finished(1)) == [.play(2, BXMLAudio("b"))])
        #expect(script.tell(.finished(1)) == [])
        #expect(script.tell(.finished(2)) == [.sendDigits(3, "1")])
        #expect(script.tell(.finished(3)) == [])
        #expect(script.wait(.milliseconds(1999)) == [])
        #expect(script.wait(.milliseconds(1)) == [.hangUp(.hangUp)])
        #expect(script.state == .ended)
    }

    @Test(
        "after a last verb that is heard the call stays for 30 seconds",
        arguments: ["<SpeakSentence>a</SpeakSentence>", "<PlayAudio>a</PlayAudio>", "<SendDtmf>1</SendDtmf>"])
    func lingering(_ text: String) throws {
        var script = BXMLScript()
        #expect(try script.begin("<Pause/>" + text) == [])
        #expect(script.wait(.seconds(1)).count == 1)
        #expect(script.tell(.finished(1)) == [])
        #expect(script.wait(.milliseconds(29_999)) == [])
        #expect(script.wait(.milliseconds(1)) == [.hangUp(.verbsDone)])
    }

    @Test("without a verb, and after a Pause, the call ends at once")
    func nothingLeft() throws {
        var empty = BXMLScript()
        #expect(try empty.begin("") == [.hangUp(.verbsDone)])
        var paused = BXMLScript()
        #expect(try paused.begin("<Pause/>") == [])
        #expect(paused.wait(.seconds(1)) == [.hangUp(.verbsDone)])
    }

    @Test("a digit ends a recording where it is one of its digits; what was recorded is waited for")
    func recording() throws {
        var script = BXMLScript()
        let begun = try script.begin("<Record terminatingDigits=\"#\"/><Hangup/>")
        guard case .record(1, let recording) = begun.first else { throw BXMLError("nothing is recorded") }
        #expect(recording.terminatingDigits == "#")
        #expect(script.press("12") == [])
        #expect(script.press("#") == [.stopRecording])
        #expect(script.tell(.finished(1)) == [.hangUp(.hangUp)])
    }

    @Test("verbs after a Redirect are left, and its reply is the next document")
    func redirect() throws {
        var script = BXMLScript()
        let begun = try script.begin("<Redirect requestUrl=\"r\"/><Hangup/>")
        #expect(begun == [.request(1, BXMLRequest("r"), .redirect, isAwaited: true)])
        let reply = BXMLReply.document(BXMLDocument(try verbs("<SpeakSentence>b</SpeakSentence>")))
        #expect(script.tell(.reply(1, reply)) == [.speak(2, BXMLSentence("b"))])
        #expect(script.tell(.reply(1, .nothing)) == [])
    }

    @Test(
        "a Redirect whose reply is nothing, wrong or late ends the call",
        arguments: [
            (.nothing, .noDocument), (.invalid(BXMLError("x")), .invalid(BXMLError("x"))), (nil, .noDocument),
        ] as [(BXMLReply?, BXMLEnding)])
    func redirectFailed(_ reply: BXMLReply?, _ ending: BXMLEnding) throws {
        var script = BXMLScript()
        #expect(try script.begin("<Redirect requestUrl=\"r\" requestUrlTimeout=\"700\"/>").count == 1)
        #expect(script.wait(.milliseconds(6399)) == [])
        let effects = reply.map { script.tell(.reply(1, $0)) } ?? script.wait(.milliseconds(1))
        #expect(effects == [.hangUp(ending)])
    }

    @Test("documents that only redirect end after twenty")
    func loop() throws {
        var script = BXMLScript()
        var effects = try script.begin("<Redirect requestUrl=\"r\"/>")
        let reply = BXMLReply.document(BXMLDocument(try verbs("<Redirect requestUrl=\"r\"/>")))
        for step in 1..<20 { effects = script.tell(.reply(step, reply)) }
        #expect(effects == [.request(20, BXMLRequest("r"), .redirect, isAwaited: true)])
        guard case .hangUp(.invalid) = script.tell(.reply(20, reply)).first else { throw BXMLError("it goes on") }
        #expect(script.state == .ended)
    }

    @Test("a message is passed on, and the next verb follows it")
    func messages() throws {
        var call = BXMLScript()
        let message = BXMLMessage("Hi", from: "+1", to: "+2")
        #expect(
            try call.begin("<SendMessage from=\"+1\" to=\"+2\">Hi</SendMessage><Hangup/>") == [.send(1, message)])
        #expect(call.tell(.finished(1)) == [.hangUp(.hangUp)])
    }

    @Test("a Reject and a Conference are passed on")
    func older() throws {
        var refused = BXMLScript()
        #expect(try refused.begin("<Reject reason=\"busy\"/>") == [.reject(.busy)])
        var joined = BXMLScript()
        #expect(try joined.begin("<Conference from=\"+1\"/><Hangup/>") == [.join(1, BXMLConference(from: "+1"))])
        #expect(joined.tell(.finished(1)) == [.hangUp(.hangUp)])
    }

    @Test(
        "a hang-up ends everything, in every state",
        arguments: [
            "", "<SpeakSentence>a</SpeakSentence>", "<Pause/>", "<Record/>", "<Redirect requestUrl=\"r\"/>",
            "<Transfer transferTo=\"+1\"/>", "<Conference from=\"+1\"/>",
        ])
    func hungUp(_ text: String) throws {
        var script = BXMLScript()
        _ = try script.begin(text)
        #expect(script.tell(.hungUp) == [])
        #expect(script.state == .ended)
        #expect(script.interpreter.nextDeadline == nil)
        let late: [BXMLInterpreter.Event] = [
            .finished(1), .digit("1"), .reply(1, .nothing), .transfer(1, .answered), .transfer(1, .ended), .hungUp,
            .begin(BXMLDocument([.hangUp])),
        ]
        #expect(late.flatMap { script.tell($0) } == [])
        #expect(script.wait(.seconds(100)) == [])
    }
}
