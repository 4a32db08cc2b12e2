import Audio
import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct PlayingTests {
    @Test(
        "a file is sent every 20 ms with one count and one clock, a marker first, and its own bytes",
        arguments: G711Codec.allCases)
    func steadyStream(codec: G711Codec) throws {
        var world = PartyWorld()
        var settings = PartySettings()
        settings.sendsSilence = false
        world.answer(1, codec, settings: settings)
        let codes = codec.encode(PartyWorld.tone(440, .seconds(1)))
        world.tell(1, .play(world.newJob(), FilePlayer.Job([AudioClip(codec, codes)]), .application))
        world.run(.seconds(2))
        let heard = try #require(world.phones[1]?.heard)
        #expect(heard.count == 50)
        #expect(heard.flatMap(\.payload) == codes)
        #expect(heard.map(\.packet.marker) == [true] + [Bool](repeating: false, count: 49))
        for (first, second) in zip(heard, heard.dropFirst()) {
            #expect(second.packet.sequenceNumber == first.packet.sequenceNumber.next)
            #expect(second.packet.timestamp.distance(from: first.packet.timestamp) == 160)
            #expect(second.time - first.time == .milliseconds(20))
            #expect(second.packet.source == first.packet.source)
        }
        #expect(world.events(of: 1) == [.played(MediaJobID(rawValue: 1), .normal)])
    }

    @Test("between jobs silence goes on in step, and the clock never jumps")
    func continuity() throws {
        var world = PartyWorld()
        world.answer(1)
        world.run(.milliseconds(200))
        world.tell(
            1,
            .play(world.newJob(), FilePlayer.Job([AudioClip(PartyWorld.tone(440, .milliseconds(300)))]), .application))
        world.run(.milliseconds(500))
        world.tell(1, .playTone(world.newJob(), .once(1000, for: .milliseconds(300)), timeout: nil, .application))
        world.run(.milliseconds(500))
        let heard = try #require(world.phones[1]?.heard)
        #expect(heard.count == 60)
        for (first, second) in zip(heard, heard.dropFirst()) {
            #expect(second.packet.sequenceNumber == first.packet.sequenceNumber.next)
            #expect(second.packet.timestamp.distance(from: first.packet.timestamp) == 160)
            #expect(!second.packet.marker)
        }
        #expect(world.hears(1, 440) && world.hears(1, 1000) && !world.hears(1, 700))
        #expect(
            world.events(of: 1) == [
                .played(MediaJobID(rawValue: 1), .normal), .tonePlayed(MediaJobID(rawValue: 2), .normal),
            ])
    }

    @Test("a file of one codec is played to a call with the other, louder or softer")
    func otherCodecAndVolume() {
        for (volume, level) in [(0.0, -10.0), (-12, -22), (6, -4)] {
            var world = PartyWorld()
            world.answer(1, .pcma)
            let clip = AudioClip(.pcmu, G711Codec.pcmu.encode(PartyWorld.tone(1000, .seconds(1))))
            world.tell(1, .play(world.newJob(), FilePlayer.Job([clip], volume: volume), .application))
            world.run(.seconds(1))
            var detector = ToneDetector([1000])
            detector.receive(world.audio(1))
            #expect(abs((detector.heard.first?.level.dBm0 ?? -99) - level) < 0.3)
        }
    }

    @Test("a list is played in order, as often as asked, without a gap between its clips")
    func lists() throws {
        var world = PartyWorld()
        world.answer(1)
        let clips = [
            AudioClip(PartyWorld.tone(440, .milliseconds(205))), AudioClip([]),
            AudioClip(PartyWorld.tone(1000, .milliseconds(205))),
        ]
        world.tell(1, .play(world.newJob(), FilePlayer.Job(clips, repetitions: 3), .application))
        world.run(.seconds(2))
        #expect(world.events(of: 1) == [.played(MediaJobID(rawValue: 1), .normal)])
        // 3 · 2 · 205 ms = 1230 ms: 62 packets and the tick that finds the end.
        let end = try #require(world.eventTimes.first)
        #expect((Duration.milliseconds(1240) ... .milliseconds(1280)).contains(end - .zero))
        let sounding = world.audio(1).prefix(1230 * 8)
        #expect(
            !stride(from: 0, to: sounding.count - 80, by: 80).contains { start in
                sounding[start..<start + 80].allSatisfy { abs($0) < 100 }
            })
    }

    @Test("a job without end goes on until it is stopped, and one with a limit until then")
    func endings() {
        var world = PartyWorld()
        world.answer(1)
        let clip = AudioClip(PartyWorld.tone(440, .milliseconds(100)))
        world.tell(1, .play(world.newJob(), FilePlayer.Job([clip], repetitions: nil), .application))
        world.run(.seconds(5))
        #expect(world.events.isEmpty)
        world.tell(1, .stop(.filePlayer))
        #expect(world.events(of: 1) == [.played(MediaJobID(rawValue: 1), .aborted)])
        world.tell(
            1, .play(world.newJob(), FilePlayer.Job([clip], repetitions: nil, timeout: .seconds(2)), .application))
        world.run(.seconds(3))
        #expect(world.events(of: 1).last == .played(MediaJobID(rawValue: 2), .timeout))
        world.tell(1, .play(world.newJob(), FilePlayer.Job([clip], repetitions: nil), .application))
        world.tell(1, .condition(.idle))
        #expect(world.events(of: 1).last == .played(MediaJobID(rawValue: 3), .hangup))
        let count = world.phones[1]?.heard.count
        world.run(.seconds(1))
        #expect(world.phones[1]?.heard.count == count)
    }

    @Test("a new digit ends a play with barge-in, one in the buffer does not, and it stays in the buffer")
    func bargeIn() {
        var world = PartyWorld()
        world.answer(1)
        let clip = AudioClip(PartyWorld.tone(440, .seconds(2)))
        world.press(1, "1")
        world.tell(1, .play(world.newJob(), FilePlayer.Job([clip], bargeIn: .anyDigit), .application))
        world.run(.milliseconds(500))
        #expect(world.events(of: 1).count == 1)
        world.press(1, "2")
        #expect(world.events(of: 1).last == .played(MediaJobID(rawValue: 1), .bargeIn))
        world.tell(1, .collect(world.newJob(), DigitRequest()))
        #expect(world.events(of: 1).last == .collected(MediaJobID(rawValue: 2), Array("12".utf8), .timeout))
        world.tell(1, .play(world.newJob(), FilePlayer.Job([clip], bargeIn: .digits(Array("#".utf8))), .application))
        world.press(1, "3")
        world.run(.milliseconds(100))
        #expect(world.events(of: 1).last == .digit(UInt8(ascii: "3"), .telephoneEvent))
        world.press(1, "#")
        #expect(world.events(of: 1).last == .played(MediaJobID(rawValue: 3), .bargeIn))
        world.tell(1, .play(world.newJob(), FilePlayer.Job([clip]), .application))
        world.press(1, "9")
        world.run(.seconds(3))
        #expect(world.events(of: 1).last == .played(MediaJobID(rawValue: 4), .normal))
    }

    @Test("every transmitter refuses with the document's reasons, in its order")
    func refusals() {
        func refusal(_ prepare: (inout PartyWorld) -> Void, _ digits: String = "1") -> [MediaRefusal?] {
            let commands: [(MediaJobID) -> PartyCommand] = [
                { .play($0, FilePlayer.Job([AudioClip([1, 2, 3])]), .application) },
                { .playTone($0, .busy, timeout: nil, .application) },
                { .playDigits($0, Array(digits.utf8)) },
            ]
            return commands.map { command in
                var world = PartyWorld()
                world.answer(1)
                world.answer(2)
                prepare(&world)
                let job = world.newJob()
                world.tell(1, command(job))
                for case .refused(job, let refusal) in world.events(of: 1) { return refusal }
                return nil
            }
        }
        let jobs = (MediaJobID(rawValue: 90), MediaJobID(rawValue: 91))
        #expect(refusal { _ in } == [nil, nil, nil])
        #expect(refusal { $0.tell(1, .condition(.idle)) } == [.hangup, .hangup, .hangup])
        #expect(refusal { $0.tell(1, .condition(.unanswered)) } == [.notAnswered, .notAnswered, .notAnswered])
        #expect(
            refusal { $0.tell(1, .playDigits(jobs.0, Array("1".utf8))) } == [
                .alreadyPlaying, .alreadyPlaying, .alreadyPlaying,
            ])
        #expect(
            refusal { $0.tell(1, .playTone(jobs.0, .busy, timeout: nil, .application)) } == [
                .alreadyPlaying, .alreadyPlaying, .alreadyPlaying,
            ])
        #expect(
            refusal { $0.tell(1, .connect(jobs.1, MediaSessionID(rawValue: 2))) } == [
                .externalSource, .externalSource, .externalSource,
            ])
        #expect(
            refusal { $0.tell(2, .connect(jobs.1, MediaSessionID(rawValue: 1))) } == [
                .externalSource, .externalSource, .externalSource,
            ])
        #expect(
            refusal { $0.tell(1, .join(jobs.1, RoomID(rawValue: 1), RoomTerms())) } == [
                .externalSource, .externalSource, .externalSource,
            ])
        #expect(refusal({ _ in }, String(repeating: "1", count: 33)).last == .tooLong(33))
        #expect(refusal({ _ in }, String(repeating: ",", count: 32)).last == .some(nil))
        #expect(refusal({ _ in }, "12a").last == .invalidCharacter(UInt8(ascii: "a")))
        #expect(refusal({ _ in }, "12 ").last == .invalidCharacter(UInt8(ascii: " ")))
        // Hangup is the only one of them that the original raises as Hangup.
        #expect(
            MediaRefusal.hangup.isHangup && !MediaRefusal.tooLong(33).isHangup && !MediaRefusal.notAnswered.isHangup)
    }

    @Test("ringing is heard before the answer when signalling plays it")
    func earlyMedia() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(1, .condition(.unanswered))
        world.tell(1, .playTone(world.newJob(), .ringing, timeout: .seconds(1), .signalling))
        world.run(.seconds(2))
        #expect(world.events(of: 1) == [.tonePlayed(MediaJobID(rawValue: 1), .timeout)])
        var detector = ToneDetector([425])
        detector.receive(world.audio(1))
        #expect(detector.heard.first?.duration == .milliseconds(1000))
    }

    @Test("a party on hold gets nothing, and the file goes on without it")
    func hold() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(
            1, .play(world.newJob(), FilePlayer.Job([AudioClip(PartyWorld.tone(440, .seconds(1)))]), .application))
        world.run(.milliseconds(200))
        let before = world.phones[1]?.heard.count ?? 0
        var agreement = AudioAgreement(.pcmu)
        agreement.isSending = false
        world.describe(1, agreement)
        world.run(.milliseconds(400))
        #expect(world.phones[1]?.heard.count == before)
        world.describe(1, AudioAgreement(.pcmu))
        world.run(.milliseconds(600))
        let heard = world.phones[1]?.heard ?? []
        #expect(heard[before].packet.marker)
        #expect(heard[before].packet.timestamp.distance(from: heard[before - 1].packet.timestamp) == 21 * 160)
        #expect(world.events(of: 1) == [.played(MediaJobID(rawValue: 1), .normal)])
    }

    @Test("linear audio and codecs of adapters are sent and heard with their own clocks")
    func otherCodecs() throws {
        final class Doubler: AudioTranscoder {
            func encode(_ samples: UnsafeBufferPointer<Int16>, into payload: inout [UInt8]) {
                for sample in samples { payload.append(UInt8(truncatingIfNeeded: Int(sample) >> 8 + 128)) }
            }
            func decode(_ payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
                for byte in payload { samples.append((Int16(byte) - 128) << 8) }
            }
        }
        let adapter = CodecAdapter(name: "x-half", sampleRate: .wideband) { Doubler() }
        for (codec, count, step) in [
            (AudioCodec.linear(.narrowband), 320, 160), (.linear(.wideband), 640, 320),
            (.external(name: "X-Half", clockRate: 16_000), 320, 320),
        ] {
            var world = PartyWorld(MediaCore.Options(adapters: [adapter]))
            world.answer(1)
            world.describe(1, AudioAgreement([AudioAgreement.Format(96, codec)], telephoneEvents: 101))
            world.tell(
                1, .play(world.newJob(), FilePlayer.Job([AudioClip(PartyWorld.tone(500, .seconds(1)))]), .application))
            world.run(.seconds(1))
            let heard = try #require(world.phones[1]?.heard)
            #expect(heard.count >= 49)
            // The first packet of a resampler is short of the filter's length.
            for (first, second) in zip(heard.dropFirst(2), heard.dropFirst(3)) {
                #expect(second.payload.count == count)
                #expect(second.packet.timestamp.distance(from: first.packet.timestamp) == step)
            }
            // What was sent, said back, is heard as the same tone.
            world.tell(1, .recordCall(world.newJob(), RecordingOptions(.linear), .mixed))
            for packet in heard {
                world.send(
                    1, packet.payload, type: 96, sequence: packet.packet.sequenceNumber.rawValue,
                    timestamp: packet.packet.timestamp.rawValue)
                world.run(.milliseconds(20))
            }
            world.tell(1, .stop(.wholeCallRecorder))
            let clip = try AudioClip(parsing: try #require(world.files[2]))
            #expect(PartyWorld.has(clip.samples, 500))
        }
    }
}
