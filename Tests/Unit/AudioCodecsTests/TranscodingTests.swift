import Audio
import MediaSessions
import RTP
import Testing

@Suite struct TranscodingTests {
    static let codecs: [AudioCodec] = [
        .g711(.pcmu), .g711(.pcma), .g722, .opus, .linear(.narrowband), .linear(.wideband),
    ]

    @Test("connected parties hear each other, whatever codec each one has", arguments: codecs, codecs)
    func connected(near: AudioCodec, far: AudioCodec) throws {
        var world = CodecWorld()
        world.answer(1, near, type: 96)
        world.answer(2, far, type: 97)
        world.tell(1, .connect(MediaJobID(rawValue: 1), MediaSessionID(rawValue: 2)))
        world.say(1, CodecWorld.tone(440, .seconds(2)))
        world.say(2, CodecWorld.tone(1400, .seconds(2)))
        world.run(.seconds(2))
        let (first, second) = (try #require(world.phones[1]), try #require(world.phones[2]))
        #expect(CodecWorld.has(first.heard, 1400) && !CodecWorld.has(first.heard, 440))
        #expect(CodecWorld.has(second.heard, 440) && !CodecWorld.has(second.heard, 1400))
        for phone in [first, second] {
            let last = phone.packets.suffix(50)
            for (one, next) in zip(last, last.dropFirst()) {
                #expect(next.packet.sequenceNumber == one.packet.sequenceNumber.next)
                #expect(next.packet.timestamp.distance(from: one.packet.timestamp) == Int(phone.codec.clockRate) / 50)
            }
        }
    }

    @Test("where the codec is the same, connected parties get the bytes that were sent", arguments: codecs)
    func unchanged(codec: AudioCodec) throws {
        var world = CodecWorld()
        world.answer(1, codec, type: 96)
        world.answer(2, codec, type: 120)
        world.tell(1, .connect(MediaJobID(rawValue: 1), MediaSessionID(rawValue: 2)))
        world.send(1, [7, 1, 2, 3, 4, 5], type: 96, timestamp: 1_000)
        let got = try #require(world.phones[2]?.packets.first)
        #expect(got.payload == [7, 1, 2, 3, 4, 5] && got.packet.payloadType.rawValue == 120)
    }

    @Test("a file is heard, and what is said is recorded, in every codec", arguments: codecs)
    func playedAndRecorded(codec: AudioCodec) throws {
        var world = CodecWorld()
        world.answer(1, codec)
        let clip = AudioClip(CodecWorld.tone(700, .seconds(1)))
        world.tell(1, .play(MediaJobID(rawValue: 1), FilePlayer.Job([clip]), .application))
        world.say(1, CodecWorld.tone(1000, .seconds(2)))
        world.tell(1, .record(MediaJobID(rawValue: 2), RecordingOptions(.linear), beep: nil))
        world.run(.seconds(2))
        world.tell(1, .stop(.fileRecorder))
        #expect(CodecWorld.has(try #require(world.phones[1]).heard, 700))
        var file: [UInt8] = []
        for case (_, .write(_, let bytes, let offset)) in world.events {
            file += [UInt8](repeating: 0, count: max(offset + bytes.count - file.count, 0))
            file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        #expect(CodecWorld.has(try AudioClip(parsing: file).samples, 1000))
    }

    @Test("in a room of many codecs everybody hears the others and not themselves")
    func conference() throws {
        var world = CodecWorld()
        let tones: [UInt64: Double] = [1: 440, 2: 1000, 3: 2000]
        for (id, codec) in [(1, AudioCodec.opus), (2, .g722), (3, .g711(.pcma)), (4, .linear(.wideband))] {
            world.answer(UInt64(id), codec)
            world.tell(UInt64(id), .join(MediaJobID(rawValue: UInt64(id)), RoomID(rawValue: 1), RoomTerms()))
        }
        for (id, frequency) in tones { world.say(id, CodecWorld.tone(frequency, .seconds(2))) }
        world.run(.seconds(2))
        for (id, phone) in world.phones {
            for (talker, frequency) in tones {
                #expect(CodecWorld.has(phone.heard, frequency) == (talker != id), "\(id) and \(frequency) Hz")
            }
        }
    }

    @Test("tones of digits are heard through every codec, each digit once", arguments: codecs)
    func tonesOfDigits(codec: AudioCodec) throws {
        var world = CodecWorld()
        world.answer(1, codec, events: nil)
        let digits = "0123456789*#ABCD"
        let pieces = digits.utf8.flatMap { digit -> [Int16] in
            AudioClip(TonePlan.digit(digit, tone: .milliseconds(80), pause: .milliseconds(80))!).samples
        }
        world.say(1, [Int16](repeating: 0, count: 1_600) + pieces)
        world.run(.seconds(4))
        let heard = world.events.compactMap { event -> UInt8? in
            if case .digit(let digit, .tone) = event.event { digit } else { nil }
        }
        #expect(String(decoding: heard, as: UTF8.self) == digits)
    }

    @Test(
        "telephone events are counted in the clock of the codec beside them, on either side",
        arguments: [(AudioCodec.opus, AudioCodec.g711(.pcmu), 4_800, 800), (.g722, .opus, 800, 4_800)])
    func events(near: AudioCodec, far: AudioCodec, sent: UInt16, got: UInt16) throws {
        var world = CodecWorld()
        world.answer(1, near, type: 96, events: 100)
        world.answer(2, far, type: 97, events: 102)
        world.tell(1, .connect(MediaJobID(rawValue: 1), MediaSessionID(rawValue: 2)))
        world.run(.milliseconds(500))
        for duration in 1...5 as ClosedRange<UInt16> {
            let event = TelephoneEvent(code: 4, isEnd: duration == 5, duration: sent / 5 * duration)
            world.send(1, event.payload, type: 100, timestamp: 77_000)
        }
        world.run(.milliseconds(500))
        let packets = try #require(world.phones[2]?.packets)
        let events = packets.filter { $0.packet.payloadType.rawValue == 102 }
        #expect(events.compactMap { TelephoneEvent(parsing: $0.payload)?.duration } == (1...5).map { got / 5 * $0 })
        #expect(Set(events.map(\.packet.timestamp)).count == 1)
        #expect(Set(packets.map(\.packet.sequenceNumber.rawValue)).count == packets.count, "no number comes twice")
        #expect(world.events.contains { $0.party == 1 && $0.event == .digit(UInt8(ascii: "4"), .telephoneEvent) })
    }

    @Test("digits to a party with Opus last as long in its clock")
    func sentEvents() throws {
        var world = CodecWorld()
        world.answer(1, .opus, events: 102)
        world.tell(1, .playDigits(MediaJobID(rawValue: 1), Array("5".utf8)))
        world.run(.milliseconds(500))
        let events = try #require(world.phones[1]?.packets).filter { $0.packet.payloadType.rawValue == 102 }
        #expect(events.compactMap { TelephoneEvent(parsing: $0.payload)?.duration }.last == 4_800)
        #expect(Set(events.map(\.packet.timestamp)).count == 1)
    }
}
