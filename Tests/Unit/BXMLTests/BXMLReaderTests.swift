import BXML
import Testing

/// The verbs of `<Response>text</Response>`.
func verbs(_ text: String) throws(BXMLError) -> [BXMLVerb] {
    try BXMLDocument(reading: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>\(text)</Response>".utf8))
        .verbs
}

@Suite("Reading BXML documents")
struct BXMLReaderTests {
    private static let url = "requestUrl=\"http://a.example/x?b=1&amp;c=2\""
    private static let request = BXMLRequest("http://a.example/x?b=1&c=2")

    private static func gather(_ change: (inout BXMLGather) -> Void = { _ in }) -> BXMLVerb {
        var gather = BXMLGather(request)
        change(&gather)
        return .gather(gather)
    }

    private static func transfer(_ targets: [String], _ change: (inout BXMLTransfer) -> Void = { _ in }) -> BXMLVerb {
        var transfer = BXMLTransfer(targets)
        change(&transfer)
        return .transfer(transfer)
    }

    private static func record(_ change: (inout BXMLRecording) -> Void = { _ in }) -> BXMLVerb {
        var recording = BXMLRecording()
        change(&recording)
        return .record(recording)
    }

    private static func sentence(_ text: String, _ change: (inout BXMLSentence) -> Void = { _ in }) -> BXMLSentence {
        var sentence = BXMLSentence(text)
        change(&sentence)
        return sentence
    }

    private static func audio(_ url: String, _ change: (inout BXMLAudio) -> Void = { _ in }) -> BXMLAudio {
        var audio = BXMLAudio(url)
        change(&audio)
        return audio
    }

    @Test(
        "every verb is read with its defaults, and with everything given",
        arguments: [
            ("<Gather \(url)/>", gather()),
            (
                "<Gather \(url) requestUrlTimeout=\"2500\" terminatingDigits=\"*#\" maxDigits=\"4\" interDigitTimeout=\" 7 \" bargeable=\"false\" tag=\"a &lt;b&gt;\"><SpeakSentence>Hi</SpeakSentence>\n<SpeakSentence>there</SpeakSentence></Gather>",
                gather {
                    $0.request.timeout = .milliseconds(2500)
                    $0.terminatingDigits = "*#"
                    $0.maximumDigits = 4
                    $0.interDigitTimeout = .seconds(7)
                    $0.tag = "a <b>"
                    $0.prompts = [.speak(sentence("Hi")), .speak(sentence("there"))]
                }
            ),
            (
                "<Gather \(url)><PlayAudio repeatCount=\"3\" delayBeforeRepeat=\"2\">/a.wav</PlayAudio></Gather>",
                gather {
                    $0.prompts = [
                        .play(
                            audio("/a.wav") {
                                $0.repeatCount = 3
                                $0.delayBeforeRepeat = .seconds(2)
                            })
                    ]
                }
            ),
            ("<Hangup/>", .hangUp), ("<Hangup></Hangup>", .hangUp), ("<Pause/>", .pause(.seconds(1))),
            ("<Pause length=\"3600\"/>", .pause(.seconds(3600))), ("<Pause length=\"0\"/>", .pause(.zero)),
            ("<Pause length=\"0.25\"/>", .pause(.milliseconds(250))),
            ("<Pause length=\"2.0\"/>", .pause(.seconds(2))),
            ("<Pause duration=\"3\"/>", .pause(.seconds(3))),
            ("<Gather \(url) terminatingDigits=\"\"/>", gather { $0.terminatingDigits = "" }),
            ("<Gather \(url) max_digits=\"4\"/>", gather { $0.maximumDigits = 4 }),
            ("<Record file_format=\"mp3\"/>", record { $0.format = .mp3 }),
            (
                "<SendMessage from=\"+1\" to=\"+2\">Look<Media><Url>http://a/b.png</Url></Media></SendMessage>",
                .message(BXMLMessage("Look", from: "+1", to: "+2"))
            ),
            (
                "<SendMessage from_number=\"+1\" to_number=\"+2\">Hi</SendMessage>",
                .message(BXMLMessage("Hi", from: "+1", to: "+2"))
            ),
            ("<PlayAudio>\n http://a.example/b.wav\n</PlayAudio>", .play(audio("http://a.example/b.wav"))),
            ("<PlayAudio volume=\"-4\">b</PlayAudio>", .play(audio("b") { $0.volume = -4 })),
            ("<PlayAudio><![CDATA[http://a.example/?a=1&b=2]]></PlayAudio>", .play(audio("http://a.example/?a=1&b=2"))),
            ("<SpeakSentence>Gr&#252;&#xDF; &amp; tsch&#252;ss</SpeakSentence>", .speak(sentence("Grüß & tschüss"))),
            (
                "<SpeakSentence gender=\"MALE\" locale=\"de-de\" voice=\"Stefan\" volume=\"2\">Hallo</SpeakSentence>",
                .speak(
                    sentence("Hallo") {
                        ($0.gender, $0.locale, $0.voice, $0.volume) = ("male", "de_DE", "stefan", 2)
                    })
            ),
            ("<SendDtmf> 12a*#,wW </SendDtmf>", .sendDigits("12A*#,wW")), ("<Record/>", record()),
            (
                "<Record \(url) fileFormat=\"MP3\" multiChannel=\"True\" maxDuration=\"3600\" silenceTimeout=\"60\" silenceThreshold=\"50\" terminatingDigits=\"#\"/>",
                record {
                    ($0.request, $0.format, $0.isMultiChannel) = (request, .mp3, true)
                    ($0.maximumDuration, $0.silenceTimeout) = (.seconds(3600), .seconds(60))
                    ($0.silenceThreshold, $0.terminatingDigits) = (50, "#")
                }
            ),
            (
                "<Record transcribe=\"true\" transcribeCallbackUrl=\"http://t.example/\"/>",
                record { $0.transcriptionURL = "http://t.example/" }
            ),
            ("<Redirect \(url) context=\"c-1\"/>", .redirect(request)),
            (
                "<Redirect requestUrl=\"next?a=b\" requestUrlTimeout=\"1\"/>",
                .redirect(BXMLRequest("next?a=b", timeout: .milliseconds(1)))
            ),
            ("<Transfer transferTo=\"+13125550188\"/>", transfer(["+13125550188"])),
            (
                "<Transfer \(url) transferTo=\"sip:a@b.example\" transferCallerId=\"private\" callTimeout=\"300\" tag=\"t\" diversionTreatment=\"Stack\" diversionReason=\"USER-BUSY\"><PhoneNumber> +1 </PhoneNumber><PhoneNumber>+2</PhoneNumber><SpeakSentence>Hi</SpeakSentence><Record multiChannel=\"true\"/></Transfer>",
                transfer(["sip:a@b.example", "+1", "+2"]) {
                    ($0.request, $0.callerID, $0.callTimeout, $0.tag) = (request, "private", .seconds(300), "t")
                    ($0.diversionTreatment, $0.diversionReason) = ("stack", "user-busy")
                    $0.prompts = [.speak(sentence("Hi"))]
                    var recording = BXMLRecording()
                    recording.isMultiChannel = true
                    $0.recording = recording
                }
            ),
            (
                "<Call from=\"+1\" to=\"+2\" timeout=\"9\"/>",
                transfer(["+2"]) { ($0.callerID, $0.callTimeout) = ("+1", .seconds(9)) }
            ),
            ("<Reject/>", .reject(.rejected)), ("<Reject reason=\"Busy\"/>", .reject(.busy)),
            ("<Conference from=\"+1\"/>", .conference(BXMLConference(from: "+1"))),
            (
                "<SendMessage from=\"+1\" to=\"+2\" tag=\"x\"> Hi </SendMessage>",
                .message(BXMLMessage("Hi", from: "+1", to: "+2"))
            ),
        ] as [(String, BXMLVerb)])
    func verb(_ text: String, _ verb: BXMLVerb) throws {
        #expect(try verbs(text) == [verb])
    }

    @Test("verbs keep their order, and attributes that nobody knows are passed over")
    func order() throws {
        let text = "\n<Pause color=\"red\" xmlns:x=\"y\"/> <!-- a comment --><Hangup x=\"1\"/>\n"
        #expect(try verbs(text) == [.pause(.seconds(1)), .hangUp])
        #expect(try verbs("") == [])
    }

    @Test("a Response may stand in an element xml, as one SDK writes it")
    func wrapped() throws {
        let bytes = Array("<xml><Response><Hangup/></Response></xml>".utf8)
        #expect(try BXMLDocument(reading: bytes).verbs == [.hangUp])
    }

    @Test(
        "what cannot be followed is refused with a sentence that names it",
        arguments: [
            ("<Dance/>", "<Dance>"), ("<hangup/>", "<hangup>"),
            ("<SendMessage from=\"1\">x</SendMessage>", "to"), ("<SendMessage to=\"1\">x</SendMessage>", "from"),
            ("<Gather/>", "requestUrl"), ("<Gather requestUrl=\"\"/>", "requestUrl"), ("<Redirect/>", "requestUrl"),
            ("<Gather \(url) maxDigits=\"0\"/>", "maxDigits"), ("<Gather \(url) maxDigits=\"129\"/>", "maxDigits"),
            ("<Gather \(url) maxDigits=\"four\"/>", "maxDigits"),
            ("<Gather \(url) maxDigits=\"99999999999999999999\"/>", "maxDigits"),
            ("<Gather \(url) terminatingDigits=\"x\"/>", "terminatingDigits"),
            ("<Gather \(url) requestUrlTimeout=\"-1\"/>", "requestUrlTimeout"),
            ("<Gather \(url)><Hangup/></Gather>", "<Hangup>"), ("<Gather \(url)>press</Gather>", "<Gather>"),
            ("<Pause length=\"3601\"/>", "length"), ("<Pause length=\"-1\"/>", "length"),
            ("<Pause length=\"3600.1\"/>", "length"), ("<Pause length=\"1e3\"/>", "length"),
            ("<Pause length=\".\"/>", "length"), ("<Pause length=\"inf\"/>", "length"),
            ("<PlayAudio/>", "<PlayAudio>"),
            ("<PlayAudio volume=\"5\">a</PlayAudio>", "volume"),
            ("<PlayAudio repeatCount=\"31\">a</PlayAudio>", "repeatCount"),
            ("<PlayAudio repeatCount=\"0\">a</PlayAudio>", "repeatCount"),
            ("<PlayAudio delayBeforeRepeat=\"61\">a</PlayAudio>", "delayBeforeRepeat"),
            ("<SpeakSentence gender=\"both\">a</SpeakSentence>", "gender"),
            ("<SpeakSentence locale=\"tlh\">a</SpeakSentence>", "locale"),
            ("<SpeakSentence voice=\"hal\">a</SpeakSentence>", "voice"),
            ("<SpeakSentence>a<b>c</b></SpeakSentence>", "<b>"), ("<SendDtmf/>", "<SendDtmf>"),
            ("<SendDtmf>12x</SendDtmf>", "<SendDtmf>"),
            ("<SendDtmf>\(String(repeating: "1", count: 93))</SendDtmf>", "92"),
            ("<Record maxDuration=\"3601\"/>", "maxDuration"), ("<Record silenceTimeout=\"61\"/>", "silenceTimeout"),
            ("<Record fileFormat=\"ogg\"/>", "fileFormat"), ("<Record transcribe=\"true\"/>", "transcribeCallbackUrl"),
            ("<Record transcribe=\"maybe\"/>", "transcribe"),
            ("<Record transcribe=\"true\" transcribeCallbackUrl=\"http://t/\" fileFormat=\"mp3\"/>", "wav"),
            ("<Transfer/>", "<Transfer>"), ("<Transfer transferTo=\"+1\" callTimeout=\"301\"/>", "callTimeout"),
            ("<Transfer transferTo=\"+1\"><Hangup/></Transfer>", "<Hangup>"),
            ("<Transfer transferTo=\"+1\" diversionTreatment=\"x\"/>", "diversionTreatment"),
            (
                "<Transfer transferTo=\"+1\">\(String(repeating: "<PhoneNumber>+2</PhoneNumber>", count: 7))</Transfer>",
                "7"
            ),
            ("<Call from=\"+1\"/>", "<Call>"), ("<Conference/>", "from"), ("<Reject reason=\"x\"/>", "reason"),
            ("words", "Text"),
        ])
    func refused(_ text: String, _ name: String) {
        let error = #expect(throws: BXMLError.self) { try verbs(text) }
        #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
    }

    @Test(
        "what is no document is refused",
        arguments: [
            "", "  ", "hello", "{\"a\":1}", "<Response>", "<Response></xml>", "<html/>", "<xml/>",
            "<xml><Hangup/></xml>",
            "<xml><Response/><Response/></xml>", "<Response/><Response/>", "<Response><Hangup></Response>",
            "<!DOCTYPE r [<!ENTITY a \"b\">]><Response>&a;</Response>",
            "<Response><SpeakSentence>&lol;</SpeakSentence></Response>",
            "<Response><?p?></Response>", "<?p?><Response/>", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><Response/>",
            "<Response>\u{0}</Response>", "<Response><a><a><a><a><a><a><a/></a></a></a></a></a></a></Response>",
        ])
    func documents(_ text: String) {
        #expect(throws: BXMLError.self) { try BXMLDocument(reading: Array(text.utf8)) }
    }

    @Test(
        "bytes that look like another encoding are refused before the parser, which dies of some, sees them",
        arguments: [
            [0xFF, 0xFE, 0x9F, 0xDB, 0x87, 0x0F, 0x18, 0x7C], [0xFE, 0xFF, 0xDB, 0x9F, 0x0F, 0x87],
            [0x4C, 0x6F, 0xA7, 0x94], [0x2B, 0x41, 0x44, 0x77], [0xEF, 0xBB, 0xBF, 0xFF, 0xFE, 0x9F, 0xDB],
            [0x20, 0xFF, 0xFE, 0x9F, 0xDB], [0xC3, 0x28],
        ] as [[UInt8]])
    func otherEncodings(_ bytes: [UInt8]) {
        #expect(throws: BXMLError.self) { try BXMLDocument(reading: bytes) }
    }

    @Test("16384 bytes are read, one more is refused")
    func size() throws {
        func document(_ count: Int) -> [UInt8] {
            let (head, tail) = ("<Response><SpeakSentence>", "</SpeakSentence></Response>")
            return Array((head + String(repeating: "a", count: count - head.count - tail.count) + tail).utf8)
        }
        #expect(try BXMLDocument(reading: document(16_384)).verbs.count == 1)
        #expect(throws: BXMLError.self) { try BXMLDocument(reading: document(16_385)) }
    }

    @Test("a document that is cut off, or has a byte changed, is read or refused and never kills the reader")
    func damaged() {
        let whole = Array(
            "<?xml version='1.0'?><xml><Response><Gather \(Self.url) maxDigits='4'><PlayAudio>a</PlayAudio></Gather><Transfer transferTo='+1'><PhoneNumber>&#43;2</PhoneNumber><Record/></Transfer><![CDATA[ ]]><!-- x --></Response></xml>"
                .utf8)
        #expect(throws: Never.self) { try BXMLDocument(reading: whole) }
        for length in whole.indices {
            #expect(throws: BXMLError.self) { try BXMLDocument(reading: Array(whole[..<length])) }
        }
        var read = 0
        for place in whole.indices {
            for byte in [0, 0x3C, 0x3E, 0x26, 0x3F, 0x21, 0x22, 0x80, 0xFF] as [UInt8] {
                var damaged = whole
                damaged[place] = byte
                if (try? BXMLDocument(reading: damaged)) != nil { read += 1 }
            }
        }
        #expect(read > 0)
    }
}
