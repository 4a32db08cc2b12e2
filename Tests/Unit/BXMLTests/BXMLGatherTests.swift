import BXML
import Testing
import Timeline

@Suite("Gathering digits")
struct BXMLGatherTests {
    @Test(
        "a gather ends by its last digit, by a terminating one and by time",
        arguments: [
            ("maxDigits=\"3\"", "123", Duration.zero, "123", .maximumDigits, nil),
            ("", "12#", .zero, "12", .terminatingDigit, "#"),
            ("terminatingDigits=\"*0\"", "1#0", .zero, "1#", .terminatingDigit, "0"),
            ("", "7", .seconds(5), "7", .interDigitTimeout, nil),
            ("interDigitTimeout=\"2\"", "7", .seconds(2), "7", .interDigitTimeout, nil),
        ] as [(String, String, Duration, String, BXMLGatherReason, Character?)])
    func endings(
        _ attributes: String, _ keys: String, _ wait: Duration, _ digits: String, _ reason: BXMLGatherReason,
        _ terminator: Character?
    ) throws {
        var script = BXMLScript()
        #expect(try script.begin("<Gather requestUrl=\"g\" \(attributes)/>") == [])
        #expect(script.press(keys) + script.wait(wait) == [gathered(1, digits, reason, terminator)])
    }

    @Test("each digit gives the next one its whole time")
    func betweenDigits() throws {
        var script = BXMLScript()
        #expect(try script.begin("<Gather requestUrl=\"g\"/>") == [])
        for key in "123" {
            #expect(script.wait(.milliseconds(4999)) == [])
            #expect(script.press(String(key)) == [])
        }
        #expect(script.wait(.milliseconds(4999)) == [])
        #expect(script.wait(.milliseconds(1)) == [gathered(1, "123", .interDigitTimeout)])
    }

    @Test("prompts are heard one after the other, and the time for the first digit begins after them")
    func prompts() throws {
        var script = BXMLScript()
        let text =
            "<Gather requestUrl=\"g\"><SpeakSentence>a</SpeakSentence><SpeakSentence>b</SpeakSentence></Gather><Hangup/>"
        #expect(try script.begin(text) == [.speak(1, BXMLSentence("a"))])
        #expect(script.wait(.seconds(60)) == [])
        #expect(script.tell(.finished(1)) == [.speak(2, BXMLSentence("b"))])
        #expect(script.wait(.seconds(60)) == [])
        #expect(script.tell(.finished(2)) == [])
        #expect(script.wait(.milliseconds(4999)) == [])
        #expect(script.wait(.milliseconds(1)) == [.hangUp(.hangUp)])
    }

    @Test("a digit stops the prompt that is heard, and counts; the end of that prompt comes too late")
    func bargeIn() throws {
        var script = BXMLScript()
        let text =
            "<Gather requestUrl=\"g\" maxDigits=\"2\"><SpeakSentence>a</SpeakSentence><SpeakSentence>b</SpeakSentence></Gather>"
        #expect(try script.begin(text) == [.speak(1, BXMLSentence("a"))])
        #expect(script.press("4") == [.stopPrompt])
        #expect(script.tell(.finished(1)) == [])
        #expect(script.press("2") == [gathered(2, "42", .maximumDigits)])
    }

    @Test("audio is repeated, with its time for digits after each time, the last one too")
    func repetitions() throws {
        var script = BXMLScript()
        let text =
            "<Gather requestUrl=\"g\"><PlayAudio repeatCount=\"2\" delayBeforeRepeat=\"3\">p</PlayAudio></Gather><Hangup/>"
        guard case .play(1, let audio) = try script.begin(text).first else { throw BXMLError("nothing is played") }
        #expect(audio.url == "p" && audio.repeatCount == 1)
        #expect(script.tell(.finished(1)) == [])
        #expect(script.wait(.milliseconds(2999)) == [])
        guard case .play(2, _) = script.wait(.milliseconds(1)).first else { throw BXMLError("it is not repeated") }
        #expect(script.tell(.finished(2)) == [])
        #expect(script.wait(.milliseconds(7999)) == [])
        #expect(script.wait(.milliseconds(1)) == [.hangUp(.hangUp)])
    }

    @Test("audio that is played once, or without a delay, gives no time in between")
    func noDelay() throws {
        var once = BXMLScript()
        _ = try once.begin(
            "<Gather requestUrl=\"g\"><PlayAudio delayBeforeRepeat=\"9\">p</PlayAudio></Gather><Hangup/>")
        #expect(once.tell(.finished(1)) == [])
        #expect(once.wait(.seconds(5)) == [.hangUp(.hangUp)])
        var twice = BXMLScript()
        _ = try twice.begin("<Gather requestUrl=\"g\"><PlayAudio repeatCount=\"2\">p</PlayAudio></Gather><Hangup/>")
        #expect(twice.tell(.finished(1)).count == 1)
    }

    @Test("a digit in the time between two repetitions ends them")
    func digitWhileDelaying() throws {
        var script = BXMLScript()
        _ = try script.begin(
            "<Gather requestUrl=\"g\"><PlayAudio repeatCount=\"9\" delayBeforeRepeat=\"3\">p</PlayAudio></Gather>")
        #expect(script.tell(.finished(1)) == [])
        #expect(script.press("5") == [])
        #expect(script.wait(.seconds(5)) == [gathered(2, "5", .interDigitTimeout)])
    }

    @Test("without a digit nothing is told and the next verb begins; as the last verb the call ends 30 seconds later")
    func noDigit() throws {
        var script = BXMLScript()
        #expect(try script.begin("<Gather requestUrl=\"g\"/><SpeakSentence>no</SpeakSentence>") == [])
        #expect(script.wait(.seconds(5)) == [.speak(1, BXMLSentence("no"))])
        var last = BXMLScript()
        #expect(try last.begin("<Gather requestUrl=\"g\"/>") == [])
        #expect(last.press("#") == [])
        #expect(last.wait(.milliseconds(29_999)) == [])
        #expect(last.wait(.milliseconds(1)) == [.hangUp(.verbsDone)])
    }

    @Test("where a verb follows it begins without waiting for the reply, which changes nothing")
    func followed() throws {
        var script = BXMLScript()
        #expect(try script.begin("<Gather requestUrl=\"g\" maxDigits=\"1\"/><SpeakSentence>b</SpeakSentence>") == [])
        let effects = script.press("8")
        #expect(effects == [gathered(1, "8", .maximumDigits, isAwaited: false), .speak(2, BXMLSentence("b"))])
        #expect(script.tell(.reply(1, .document(BXMLDocument([.hangUp])))) == [])
    }

    @Test("as the last verb its reply is the next document")
    func reply() throws {
        var script = BXMLScript()
        #expect(try script.begin("<Gather requestUrl=\"g\" maxDigits=\"1\"/>") == [])
        #expect(script.press("8").count == 1)
        #expect(script.wait(.milliseconds(29_999)) == [])
        #expect(script.tell(.reply(1, .document(BXMLDocument([.hangUp])))) == [.hangUp(.hangUp)])
    }

    @Test("the call ends when no document comes in 30 seconds, and at once when what comes is wrong")
    func noReply() throws {
        for answered in [false, true] {
            var script = BXMLScript()
            _ = try script.begin("<Gather requestUrl=\"g\" maxDigits=\"1\"/>")
            #expect(script.press("8").count == 1)
            if answered { #expect(script.tell(.reply(1, .nothing)) == []) }
            #expect(script.wait(.milliseconds(29_999)) == [])
            #expect(script.wait(.milliseconds(1)) == [.hangUp(.noDocument)])
        }
        var wrong = BXMLScript()
        _ = try wrong.begin("<Gather requestUrl=\"g\" maxDigits=\"1\"/>")
        #expect(wrong.press("8").count == 1)
        #expect(wrong.tell(.reply(1, .invalid(BXMLError("x")))) == [.hangUp(.invalid(BXMLError("x")))])
    }

    @Test("a hang-up tells what was gathered so far")
    func hungUp() throws {
        var script = BXMLScript()
        _ = try script.begin("<Gather requestUrl=\"g\"><SpeakSentence>a</SpeakSentence></Gather><Hangup/>")
        #expect(script.press("12") == [.stopPrompt])
        #expect(script.tell(.hungUp) == [gathered(2, "12", .hungUp, isAwaited: false)])
        #expect(script.state == .ended)
    }

    @Test("a second gather begins with nothing")
    func second() throws {
        var script = BXMLScript()
        let text = "<Gather requestUrl=\"g\" maxDigits=\"1\"/><Gather requestUrl=\"g\" maxDigits=\"2\"/>"
        #expect(try script.begin(text) == [])
        #expect(script.press("1") == [gathered(1, "1", .maximumDigits, isAwaited: false)])
        #expect(script.press("23") == [gathered(2, "23", .maximumDigits)])
    }
}
