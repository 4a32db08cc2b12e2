import Audio
import MediaSessions
import RTP
import Testing
import Timeline

/// Digits of a connected party, in the way that the other one takes, each once.
@Suite("Digits between connected parties")
struct PassedDigitsTests {
    /// Two connected parties; the second takes telephone events of `events`.
    private static func world(events: UInt8?, settings: PartySettings = PartySettings()) -> PartyWorld {
        var world = PartyWorld()
        world.answer(1)
        world.answer(2, settings: settings, events: events)
        world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
        return world
    }

    private static func tones(_ samples: [Int16]) -> String {
        var detector = DTMFToneDetector()
        var changes: [DTMFToneDetector.Change] = []
        detector.receive(samples, into: &changes)
        return String(
            decoding: changes.compactMap { if case .began(let digit) = $0 { digit } else { nil } }, as: UTF8.self)
    }

    private static func events(_ world: PartyWorld) -> String {
        var known: Set<RTPTimestamp> = []
        var digits: [UInt8] = []
        for heard in world.phones[2]?.heard ?? [] where heard.packet.payloadType.rawValue == 101 {
            guard let event = TelephoneEvent(parsing: heard.payload), known.insert(heard.packet.timestamp).inserted
            else { continue }
            digits.append(TelephoneEvent.digit(of: event.code) ?? 0)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    @Test("a party without telephone events hears tones, in its stream's own count and clock, and the audio goes on")
    func inBand() throws {
        var world = Self.world(events: nil)
        world.phones[1]?.speech = PartyWorld.tone(1000, .seconds(20), dBm0: -16)
        world.run(.milliseconds(500))
        for digit in "19#D55" {
            world.press(1, digit)
            world.run(.milliseconds(600))
        }
        world.run(.seconds(1))
        #expect(Self.tones(world.audio(2)) == "19#D55")
        let heard = try #require(world.phones[2]?.heard)
        for (first, second) in zip(heard, heard.dropFirst()) {
            #expect(second.packet.sequenceNumber == first.packet.sequenceNumber.next)
            #expect((0..<640).contains(second.packet.timestamp.distance(from: first.packet.timestamp)))
        }
        world.phones[2]?.heard = []
        world.run(.seconds(1))
        #expect(world.hears(2, 1000) && world.phones[2]?.heard.count == 50)
        // Nobody asked for these digits to be played, so nobody is told of their end.
        #expect(world.events(of: 2).isEmpty)
    }

    @Test("digits pressed faster than tones can be sent wait for their turn")
    func queue() {
        var world = Self.world(events: nil)
        for digit in "0123456789" {
            world.press(1, digit)
            world.run(.milliseconds(60))
        }
        world.run(.seconds(3))
        #expect(Self.tones(world.audio(2)) == "0123456789")
    }

    @Test("a party of another codec hears them, too, and a recording of the call has them once")
    func transcoded() throws {
        var world = Self.world(events: nil)
        world.describe(2, AudioAgreement([AudioAgreement.Format(96, .linear(.narrowband))], telephoneEvents: nil))
        world.phones[1]?.speech = PartyWorld.tone(1000, .seconds(20), dBm0: -16)
        let job = world.newJob()
        var options = RecordingOptions(.linear)
        options.eliminatesDTMF = false
        world.tell(2, .recordCall(job, options, .mixed))
        world.run(.milliseconds(300))
        for digit in "73" {
            world.press(1, digit)
            world.run(.milliseconds(700))
        }
        world.tell(2, .stop(.wholeCallRecorder))
        let samples = (world.phones[2]?.heard ?? []).flatMap { heard in
            stride(from: 0, to: heard.payload.count - 1, by: 2).map {
                Int16(bitPattern: UInt16(heard.payload[$0]) << 8 | UInt16(heard.payload[$0 + 1]))
            }
        }
        #expect(Self.tones(samples) == "73")
        #expect(Self.tones(try AudioClip(parsing: try #require(world.files[job.rawValue])).samples) == "73")
    }

    @Test("by configuration they go as INFO while the audio goes on, each once it is confirmed")
    func info() {
        var settings = PartySettings()
        settings.digitFallback = .info
        var world = Self.world(events: nil, settings: settings)
        world.phones[1]?.speech = PartyWorld.tone(1000, .seconds(20), dBm0: -16)
        for digit in "42" {
            world.press(1, digit)
            world.run(.milliseconds(300))
            world.tell(2, .infoAnswered(isAccepted: digit == "2"))
        }
        world.run(.milliseconds(300))
        let wanted = [UInt8(ascii: "4"), UInt8(ascii: "2")].map {
            PartyEvent.inform(digit: $0, duration: .milliseconds(100))
        }
        #expect(world.events(of: 2) == wanted)
        #expect((43...46).contains(world.phones[2]?.heard.count ?? 0) && Self.tones(world.audio(2)).isEmpty)
    }

    @Test("what a gateway leaves in the audio beside its events is no second digit")
    func leakedTone() {
        var world = Self.world(events: nil)
        let speech = PartyWorld.tone(1000, .milliseconds(200), dBm0: -16)
        var tone = ToneGenerator(TonePlan.digit(UInt8(ascii: "8"), tone: .milliseconds(400)) ?? .busy)
        world.phones[1]?.speech = speech + tone.next(SampleCount(.milliseconds(400))) + speech
        world.run(.milliseconds(200))
        let code = TelephoneEvent.code(of: UInt8(ascii: "8")) ?? 0
        for number in 1...20 as ClosedRange<UInt16> {
            let event = TelephoneEvent(code: code, isEnd: number == 20, duration: number * 160)
            world.send(1, event.payload, type: 101, sequence: 100 + number, timestamp: 777)
            world.run(.milliseconds(20))
        }
        world.run(.milliseconds(500))
        #expect(Self.tones(world.audio(2)) == "8")
    }

    @Test("digits that come by INFO go as events to a party that takes them, and come once where events follow")
    func fromInfo() {
        var world = Self.world(events: 101)
        for digit in "12" {
            world.tell(1, .digit(digit.asciiValue ?? 0))
            world.run(.milliseconds(40))
            // The same press, in the other way.
            if digit == "2" { world.press(1, digit) }
            world.run(.milliseconds(400))
        }
        world.press(1, "3")
        world.tell(1, .digit(UInt8(ascii: "3")))
        world.run(.milliseconds(500))
        #expect(Self.events(world) == "123")
        var deaf = Self.world(events: nil)
        deaf.tell(1, .digit(UInt8(ascii: "6")))
        deaf.press(1, "6")
        deaf.run(.seconds(1))
        #expect(Self.tones(deaf.audio(2)) == "6")
    }

    @Test("the end of the connection is the end of its digits, and the party's own are told of again")
    func ends() {
        var world = Self.world(events: nil)
        for _ in 0..<5 { world.press(1, "5") }
        for digit in "1234567" { world.tell(1, .digit(digit.asciiValue ?? 0)) }
        world.run(.milliseconds(100))
        world.tell(1, .disconnect)
        world.phones[2]?.heard = []
        world.run(.milliseconds(500))
        #expect(Self.tones(world.audio(2)).isEmpty)
        let job = world.newJob()
        world.tell(2, .playDigits(job, Array("8".utf8)))
        world.run(.seconds(1))
        #expect(world.events(of: 2).last == .digitsPlayed(job, .normal))
        #expect(Self.tones(world.audio(2)) == "8")
        // An echo gives audio back, and no digits of another kind.
        world.tell(2, .echo(world.newJob()))
        world.phones[2]?.heard = []
        world.tell(2, .digit(UInt8(ascii: "9")))
        world.run(.milliseconds(500))
        #expect(world.phones[2]?.heard.isEmpty == true)
    }
}
