import Addresses
import Audio
import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct ListeningTests {
    /// Words: a tone that is no pure one, broken like syllables.
    private func words(_ duration: Duration) -> [Int16] {
        var generator = ToneGenerator(
            TonePlan(
                [Tone(310, dBm0: -16), Tone(730, dBm0: -18), Tone(1930, dBm0: -22)],
                cadences: [TonePlan.Cadence(on: .milliseconds(180), off: .milliseconds(60))]))
        return generator.next(SampleCount(duration))
    }

    private func silence(_ duration: Duration) -> [Int16] { [Int16](repeating: 0, count: SampleCount(duration).value) }

    private func classify(
        _ speech: [Int16], _ start: FarEndClassifier.Start = .networkConnect, timeout: Duration = .seconds(7)
    ) -> (PartyEvent?, Duration) {
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = speech
        world.tell(1, .classify(world.newJob(), start, timeout: timeout))
        world.run(.seconds(15))
        return (world.events(of: 1).first, world.eventTimes.first.map { $0 - .zero } ?? .zero)
    }

    @Test("a short greeting is a person, a long one and a beep a machine, 2100 Hz a fax, nothing is unknown")
    func farEnds() {
        func result(_ speech: [Int16]) -> FarEndClassifier.FarEnd? {
            guard case .classified(_, let farEnd) = classify(speech).0 else { return nil }
            return farEnd
        }
        #expect(result(silence(.milliseconds(500)) + words(.milliseconds(900)) + silence(.seconds(9))) == .live)
        #expect(result(silence(.milliseconds(300)) + words(.seconds(8))) == .answerMachine)
        #expect(
            result(words(.milliseconds(600)) + PartyWorld.tone(1000, .milliseconds(500)) + silence(.seconds(9)))
                == .answerMachine)
        #expect(result(silence(.milliseconds(900)) + PartyWorld.tone(2100, .seconds(3))) == .faxMachine)
        #expect(result(PartyWorld.tone(1100, .milliseconds(500)) + silence(.seconds(9))) == .faxMachine)
        #expect(result(silence(.seconds(12))) == .unknown)
    }

    @Test("the time-out counts from the connection, or from the first words behind ringing tones")
    func timeouts() {
        #expect(classify(silence(.seconds(12)), timeout: .seconds(3)).1 == .seconds(3))
        #expect(classify(silence(.seconds(12)), timeout: .milliseconds(1)).1 == .milliseconds(500))
        #expect(classify(silence(.seconds(14)), .answerDetect, timeout: .seconds(3)).0 == nil)
        let ringing = PartyWorld.tone(425, .seconds(1)) + silence(.seconds(4)) + PartyWorld.tone(425, .seconds(1))
        let late = classify(
            ringing + words(.milliseconds(900)) + silence(.seconds(5)), .answerDetect, timeout: .seconds(4))
        #expect(late.0 == .classified(MediaJobID(rawValue: 1), .live))
        #expect(late.1 > .seconds(7))
        var american = ToneGenerator(ToneCatalogue.predefined["RINGBACK"] ?? .ringing)
        let doubled = american.next(SampleCount(.seconds(8))) + words(.milliseconds(900)) + silence(.seconds(5))
        let second = classify(doubled, .answerDetect, timeout: .seconds(4))
        #expect(second.0 == .classified(MediaJobID(rawValue: 1), .live) && second.1 > .seconds(8))
    }

    @Test("behind a ringing that never ends nobody waits for longer than a minute; a stop ends the judging at once")
    func endless() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(1, .classify(world.newJob(), .answerDetect, timeout: .seconds(3)))
        world.run(.seconds(59))
        #expect(world.events(of: 1) == [])
        world.run(.seconds(2))
        #expect(world.events(of: 1) == [.classified(MediaJobID(rawValue: 1), .unknown)])
        world.tell(1, .classify(world.newJob(), .networkConnect, timeout: .seconds(7)))
        world.tell(1, .waitForAnswerMachine(world.newJob(), AnswerMachineWait.Settings()))
        world.tell(1, .stop(.farEndDetector))
        #expect(
            world.events(of: 1).suffix(2) == [
                .classified(MediaJobID(rawValue: 2), .unknown), .answerMachine(MediaJobID(rawValue: 3), isReady: false),
            ])
    }

    private func machine(_ speech: [Int16], _ settings: AnswerMachineWait.Settings = AnswerMachineWait.Settings()) -> (
        Bool?, Duration
    ) {
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = speech
        world.tell(1, .waitForAnswerMachine(world.newJob(), settings))
        world.run(.seconds(20))
        guard case .answerMachine(_, let isReady) = world.events(of: 1).first else { return (nil, .zero) }
        return (isReady, world.eventTimes[0] - .zero)
    }

    @Test("a machine is ready a second after its beep, after four seconds of silence, or never in ten")
    func answerMachines() {
        let beeped = machine(words(.seconds(3)) + PartyWorld.tone(1000, .milliseconds(300)) + silence(.seconds(9)))
        #expect(beeped.0 == true && abs((beeped.1 - .milliseconds(4360)).inSeconds) < 0.15)
        let short = machine(words(.seconds(3)) + PartyWorld.tone(1000, .milliseconds(100)) + silence(.seconds(9)))
        #expect(short.0 == true && short.1 > .seconds(7))
        let quiet = machine(words(.seconds(2)) + silence(.seconds(12)))
        #expect(quiet.0 == true && abs((quiet.1 - .milliseconds(6060)).inSeconds) < 0.2)
        let endless = machine(words(.seconds(19)))
        #expect(endless.0 == false && endless.1 == .seconds(10))
        var patient = AnswerMachineWait.Settings()
        patient.timeout = nil
        #expect(machine(words(.seconds(19)), patient).0 == nil)
    }

    @Test(
        "a tone of failure before the answer is reported once, also where it is asked for again; after it nobody listens"
    )
    func failureTone() {
        var busy = ToneGenerator(.busy)
        for isAnswered in [false, true] {
            var world = PartyWorld()
            world.answer(1)
            if !isAnswered { world.tell(1, .condition(.unanswered)) }
            world.tell(1, .watchProgress(isOn: true))
            if isAnswered { world.tell(1, .condition(.answered)) }
            world.phones[1]?.speech = busy.next(SampleCount(.seconds(12)))
            for _ in 0..<12 {
                world.run(.seconds(1))
                if !isAnswered, world.events(of: 1).isEmpty { world.tell(1, .watchProgress(isOn: true)) }
            }
            #expect(world.events(of: 1) == (isAnswered ? [] : [.failureTone(.busy)]))
        }
    }

    @Test("speech is reported when it begins and when it ends")
    func activity() {
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = silence(.seconds(1)) + words(.seconds(2)) + silence(.seconds(1))
        world.tell(1, .watchActivity(isOn: true))
        world.run(.seconds(4))
        #expect(world.events(of: 1) == [.activity(isActive: true), .activity(isActive: false)])
        #expect(abs((world.eventTimes[0] - Instant.zero - .milliseconds(1100)).inSeconds) < 0.06)
        #expect(abs((world.eventTimes[1] - Instant.zero - .milliseconds(3240)).inSeconds) < 0.1)
    }

    @Test("digits in the audio are heard when asked, and once when they come as events, too")
    func inBandDigits() {
        var settings = PartySettings()
        settings.toneHearing = .always
        var world = PartyWorld()
        world.answer(1, settings: settings)
        var speech: [Int16] = []
        for digit in "12#".utf8 {
            var generator = ToneGenerator(TonePlan.digit(digit) ?? TonePlan([]))
            speech += generator.next(SampleCount(1600))
        }
        world.phones[1]?.speech = silence(.milliseconds(100)) + speech
        world.run(.milliseconds(100))
        world.press(1, "1")
        world.run(.seconds(1))
        #expect(
            world.events(of: 1).map { "\($0)" }
                == [
                    PartyEvent.digit(UInt8(ascii: "1"), .telephoneEvent), .digit(UInt8(ascii: "2"), .tone),
                    .digit(UInt8(ascii: "#"), .tone),
                ].map { "\($0)" })
    }

    @Test("a party without telephone events is listened to, unless somebody says otherwise")
    func toneHearing() {
        func digits(_ mode: ToneHearing, events: UInt8?, _ override: Bool?) -> Int {
            var settings = PartySettings()
            settings.toneHearing = mode
            var world = PartyWorld()
            world.answer(1, settings: settings, events: events)
            if let override { world.tell(1, .hearTones(isOn: override)) }
            var generator = ToneGenerator(TonePlan.digit(UInt8(ascii: "5")) ?? TonePlan([]))
            world.phones[1]?.speech = silence(.milliseconds(100)) + generator.next(SampleCount(1600))
            world.run(.seconds(1))
            return world.events(of: 1).count
        }
        #expect(digits(.withoutEvents, events: nil, nil) == 1)
        #expect(digits(.withoutEvents, events: 101, nil) == 0)
        #expect(digits(.withoutEvents, events: 101, true) == 1)
        #expect(digits(.withoutEvents, events: nil, false) == 0)
        #expect(digits(.never, events: nil, nil) == 0)
        #expect(digits(.always, events: 101, nil) == 1)
    }

    @Test("reports go out every 2 to 7 seconds and tell what was sent and heard; the last one says goodbye")
    func reports() throws {
        var world = PartyWorld()
        world.answer(1)
        for number in 0..<500 as Range<UInt16> where number % 10 != 3 {
            world.send(
                1, [UInt8](repeating: 0xFF, count: 160), type: 0, sequence: 60_000 &+ number,
                timestamp: UInt32(number) * 160)
            world.run(.milliseconds(20))
        }
        var senderReport: [UInt8] = []
        RTCPReport(source: SSRC(rawValue: 0x5050), canonicalName: []).write(into: &senderReport)
        world.run(.seconds(50))
        world.tell(1, .close)
        let control = try #require(world.phones[1]?.control)
        #expect((8...30).contains(control.count))
        for (number, datagram) in control.enumerated() {
            let packets = try #require(RTCPPacket.compound(datagram))
            #expect(
                packets.map(\.kind) == [.senderReport, .sourceDescription]
                    + (number == control.count - 1 ? [.goodbye] : []))
            let blocks = datagram.withUnsafeBytes { packets[0].reportBlocks(in: $0) }
            #expect(blocks.count == 1)
        }
        let last = try #require(control.last)
        let packets = try #require(RTCPPacket.compound(last))
        let block = try #require(last.withUnsafeBytes { packets[0].reportBlocks(in: $0) }.first)
        #expect(block.source == SSRC(rawValue: 0x5050) && block.lost == 50 && block.fractionLost == 0)
        let sent = UInt32(last[20]) << 24 | UInt32(last[21]) << 16 | UInt32(last[22]) << 8 | UInt32(last[23])
        #expect(Int(sent) == world.phones[1]?.heard.count)
        #expect(world.events(of: 1).count == 1)
        guard case .closed(let statistics) = world.events(of: 1).first else {
            Issue.record("not closed")
            return
        }
        #expect(statistics.packets == 450 && statistics.lost == 50)
    }

    @Test("strangers, foreign payload types, stumps and garbage change nothing and trap nothing")
    func badInput() throws {
        var world = PartyWorld()
        var settings = PartySettings()
        settings.toneHearing = .always
        world.answer(1, settings: settings)
        world.phones[1]?.speech = PartyWorld.tone(440, .seconds(9))
        world.tell(1, .record(world.newJob(), RecordingOptions(.linear), beep: nil))
        world.run(.milliseconds(500))
        var dice = IdentifierSource(seed: 1)
        let stranger = Endpoint(IPAddress(v4: 0x0A00_0001), 9)
        let loud = [UInt8](repeating: 0x80, count: 160)
        for round in 0..<200 as Range<UInt16> {
            world.send(
                1, PartyWorld.packet(loud, type: 0, sequence: round, timestamp: UInt32(round) * 160), from: stranger)
            world.send(1, PartyWorld.packet(loud, type: 77, sequence: 65_530 &+ round, timestamp: UInt32(round) * 160))
            world.send(1, [UInt8(truncatingIfNeeded: round)])
            world.send(1, [])
            world.send(1, PartyWorld.packet([5], type: 101, sequence: round, timestamp: 0))
            world.send(1, PartyWorld.packet([5, 0x80, 0, 0, 9, 9], type: 101, sequence: round, timestamp: 17))
            world.send(1, (0..<dice.number(below: 60)).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
            world.send(
                1, (0..<dice.number(below: 60)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }, control: true)
            world.run(.milliseconds(20))
        }
        world.tell(1, .stop(.fileRecorder))
        let samples = try AudioClip(parsing: try #require(world.files[1])).samples
        #expect(PartyWorld.has(samples, 440))
        #expect(samples.allSatisfy { abs(Int32($0)) < 8000 })
        let digits = world.events(of: 1).filter { if case .digit = $0 { true } else { false } }
        #expect(digits == [.digit(UInt8(ascii: "5"), .telephoneEvent)])
    }

    @Test("commands and datagrams for parties that are gone do nothing but say so")
    func strangersAtTheDoor() {
        var world = PartyWorld()
        world.tell(5, .playTone(world.newJob(), .busy, timeout: nil, .application))
        world.tell(5, .stop(.filePlayer))
        world.send(5, [0x80, 0, 0, 0])
        world.tell(5, .close)
        #expect(world.events(of: 5) == [.refused(MediaJobID(rawValue: 1), .hangup), .closed(MediaStatistics())])
        #expect(world.core.nextDeadline == nil)
        world.answer(5)
        world.answer(5)
        #expect(world.core.partyCount == 1)
        world.tell(5, .close)
        #expect(world.core.partyCount == 0 && world.core.nextDeadline == nil)
    }

    @Test("a thread that was late catches up a little and leaves the rest out, with the clock right")
    func lateness() throws {
        var world = PartyWorld()
        world.answer(1)
        world.run(.milliseconds(100))
        let before = try #require(world.phones[1]?.heard.last)
        let count = world.phones[1]?.heard.count ?? 0
        world.now = world.now + .milliseconds(65)
        world.run(.milliseconds(5))
        #expect((world.phones[1]?.heard.count ?? 0) - count == 3)
        world.now = world.now + .seconds(3)
        world.run(.milliseconds(5))
        let heard = try #require(world.phones[1]?.heard)
        #expect(heard.count - count <= 5)
        let last = try #require(heard.last)
        let elapsed = SampleCount(last.time - before.time).value
        #expect(abs(last.packet.timestamp.distance(from: before.packet.timestamp) - elapsed) <= 160)
    }
}
