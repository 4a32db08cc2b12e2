import Addresses
import Audio
import MediaSessions
import RTP
import Testing
import Timeline

/// Parties that hear each other: connected, and in rooms.
@Suite struct JoiningTests {
    @Test("connected parties of one codec get each other's bytes as they come, with our count and clock")
    func passThrough() throws {
        var world = PartyWorld()
        world.answer(1)
        world.answer(2)
        world.run(.milliseconds(200))
        world.phones[1]?.speech = PartyWorld.tone(440, .seconds(2))
        world.phones[2]?.speech = PartyWorld.tone(1400, .seconds(2))
        world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
        #expect(world.events(of: 1) == [.connected(MediaJobID(rawValue: 1))])
        let before = world.phones[2]?.heard.count ?? 0
        world.run(.seconds(1))
        let heard = try #require(world.phones[2]?.heard)
        #expect(heard.count - before == 50)
        #expect(heard[before...].flatMap(\.payload) == G711Codec.pcmu.encode(PartyWorld.tone(440, .seconds(1))))
        for (first, second) in zip(heard, heard.dropFirst()) {
            #expect(second.packet.sequenceNumber == first.packet.sequenceNumber.next)
            #expect(second.packet.source == first.packet.source)
        }
        // The seam in the clock is that of the arrivals, within a packet.
        let seam = heard[before].packet.timestamp.distance(from: heard[before - 1].packet.timestamp)
        #expect((1...320).contains(seam) && heard[before].packet.marker)
        #expect(world.hears(1, 1400) && !world.hears(1, 440))
        world.tell(2, .disconnect)
        #expect(world.events(of: 1).last == .disconnected(from: MediaSessionID(rawValue: 2)))
        let after = world.phones[2]?.heard.count ?? 0
        world.run(.milliseconds(200))
        let silence = world.phones[2]?.heard[after...] ?? []
        #expect(silence.count == 10 && silence.allSatisfy { $0.payload.allSatisfy { $0 == 0xFF } })
        #expect(silence.first?.packet.marker == true)
        #expect(silence.first?.packet.sequenceNumber == world.phones[2]?.heard[after - 1].packet.sequenceNumber.next)
    }

    @Test("losses and reordering on one side stay what they are on the other")
    func gaps() throws {
        var world = PartyWorld()
        world.answer(1)
        world.answer(2)
        world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
        let order: [UInt16] = [65_534, 65_535, 1, 0, 4]
        for number in order {
            world.send(
                1, [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 160), type: 0, sequence: number,
                timestamp: UInt32(number &+ 2) * 160 &- 400)
        }
        let heard = try #require(world.phones[2]?.heard)
        let first = heard[0].packet
        #expect(heard.map { $0.packet.sequenceNumber.distance(from: first.sequenceNumber) } == [0, 1, 3, 2, 6])
        #expect(heard.map { $0.packet.timestamp.distance(from: first.timestamp) } == [0, 160, 480, 320, 960])
    }

    @Test(
        "parties of different codecs hear each other, transcoded",
        arguments: [
            (AudioCodec.g711(.pcmu), AudioCodec.g711(.pcma)), (.g711(.pcma), .linear(.narrowband)),
            (.linear(.wideband), .g711(.pcmu)),
        ])
    func transcoding(codec: AudioCodec, other: AudioCodec) throws {
        var world = PartyWorld()
        for (id, codec) in [(1, codec), (2, other)] as [(UInt64, AudioCodec)] {
            world.answer(id)
            world.describe(id, AudioAgreement([AudioAgreement.Format(96, codec)], telephoneEvents: 101))
        }
        world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
        for (sender, receiver, frequency) in [(1, 2, 440.0), (2, 1, 1000.0)] as [(UInt64, UInt64, Double)] {
            // A third party makes the payloads of the sender's codec.
            var maker = PartyWorld()
            maker.answer(9)
            let codecs = sender == 1 ? (codec, other) : (other, codec)
            maker.describe(9, AudioAgreement([AudioAgreement.Format(96, codecs.0)]))
            maker.tell(
                9,
                .play(
                    maker.newJob(), FilePlayer.Job([AudioClip(PartyWorld.tone(frequency, .seconds(1)))]), .application))
            maker.run(.seconds(1))
            for packet in maker.phones[9]?.heard ?? [] {
                world.send(
                    sender, packet.payload, type: 96, sequence: packet.packet.sequenceNumber.rawValue,
                    timestamp: packet.packet.timestamp.rawValue)
                world.run(.milliseconds(20))
            }
            let heard = world.phones[receiver]?.heard ?? []
            let step = heard[20].packet.timestamp.distance(from: heard[19].packet.timestamp)
            #expect(step == Int(codecs.1.clockRate) / 50)
            var listener = PartyWorld()
            listener.answer(8)
            listener.describe(8, AudioAgreement([AudioAgreement.Format(96, codecs.1)]))
            listener.tell(8, .record(listener.newJob(), RecordingOptions(.linear), beep: nil))
            for packet in heard {
                listener.send(
                    8, packet.payload, type: 96, sequence: packet.packet.sequenceNumber.rawValue,
                    timestamp: packet.packet.timestamp.rawValue)
                listener.run(.milliseconds(20))
            }
            listener.tell(8, .stop(.fileRecorder))
            #expect(PartyWorld.has(try AudioClip(parsing: try #require(listener.files[1])).samples, frequency))
        }
    }

    @Test("digits pass between connected parties and are heard on the way; both sides can be recorded")
    func digitsAndRecording() throws {
        var world = PartyWorld()
        world.answer(1)
        world.answer(2)
        world.phones[1]?.speech = PartyWorld.tone(440, .seconds(3))
        world.phones[2]?.speech = PartyWorld.tone(1400, .seconds(3))
        world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
        let job = world.newJob()
        world.tell(1, .recordCall(job, RecordingOptions(.linear), .separate))
        world.tell(1, .collect(world.newJob(), DigitRequest(count: 1, predigitsTimeout: .seconds(9))))
        world.run(.seconds(1))
        world.press(1, "4")
        world.run(.seconds(1))
        #expect(world.events(of: 1).contains(.collected(MediaJobID(rawValue: 3), Array("4".utf8), .count)))
        let events = (world.phones[2]?.heard ?? []).filter { $0.packet.payloadType.rawValue == 101 }
        #expect(events.count == 5 && events.allSatisfy { $0.payload[0] == 4 })
        world.tell(1, .stop(.wholeCallRecorder))
        let file = try #require(world.files[job.rawValue])
        let samples = stride(from: 44, to: file.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(file[$0]) | UInt16(file[$0 + 1]) << 8)
        }
        let left = stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
        let right = stride(from: 1, to: samples.count, by: 2).map { samples[$0] }
        #expect(PartyWorld.has(left, 440) && !PartyWorld.has(left, 1400))
        #expect(PartyWorld.has(right, 1400) && !PartyWorld.has(right, 440))
    }

    @Test("connecting is refused for the reasons of the document")
    func refusals() {
        func refusal(_ prepare: (inout PartyWorld) -> Void) -> MediaRefusal? {
            var world = PartyWorld()
            for id in 1...3 as ClosedRange<UInt64> { world.answer(id) }
            prepare(&world)
            let job = world.newJob()
            world.tell(1, .connect(job, MediaSessionID(rawValue: 2)))
            for case .refused(job, let refusal) in world.events(of: 1) { return refusal }
            return nil
        }
        let job = MediaJobID(rawValue: 77)
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.tell(1, .condition(.idle)) } == .hangup)
        #expect(refusal { $0.tell(1, .condition(.unanswered)) } == .notAnswered)
        #expect(refusal { $0.tell(2, .condition(.unanswered)) } == .noSuchParty)
        #expect(refusal { $0.tell(2, .condition(.idle)) } == .noSuchParty)
        #expect(refusal { $0.tell(2, .close) } == .noSuchParty)
        #expect(refusal { $0.tell(1, .playTone(job, .busy, timeout: nil, .application)) } == .alreadyPlaying)
        #expect(refusal { $0.tell(2, .playTone(job, .busy, timeout: nil, .application)) } == .alreadyPlaying)
        #expect(refusal { $0.tell(2, .connect(job, MediaSessionID(rawValue: 3))) } == .externalSource)
        #expect(refusal { $0.tell(1, .join(job, RoomID(rawValue: 4), RoomTerms())) } == .externalSource)
    }

    @Test("when one of two connected parties ends, the other is told and gets silence again")
    func oneEnds() {
        for end in [PartyCommand.close, .condition(.idle)] {
            var world = PartyWorld()
            world.answer(1)
            world.answer(2)
            world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
            world.tell(1, end)
            #expect(world.events(of: 2) == [.disconnected(from: MediaSessionID(rawValue: 1))])
            world.run(.milliseconds(100))
            #expect(world.phones[2]?.heard.count == 5)
            world.tell(2, .playTone(world.newJob(), .busy, timeout: nil, .application))
            #expect(world.events(of: 2).count == 1)
        }
    }

    @Test("in a room each hears all others and not itself; listeners and muted parties are not heard")
    func room() {
        var world = PartyWorld()
        let tones: [Double] = [440, 700, 1000, 1400, 2000]
        for id in 1...5 as ClosedRange<UInt64> {
            world.answer(id, id % 2 == 0 ? .pcma : .pcmu)
            world.run(.milliseconds(5))
            world.phones[id]?.speech = PartyWorld.tone(tones[Int(id) - 1], .seconds(6), dBm0: -16)
            world.tell(id, .join(world.newJob(), RoomID(rawValue: 1), RoomTerms(isHeard: id != 4)))
        }
        world.tell(5, .setTerms(RoomTerms(isHeard: false)))
        world.run(.seconds(1))
        func heard() -> [[Double]] {
            (1...5 as ClosedRange<UInt64>).map { id in tones.filter { world.hears(id, $0) } }
        }
        #expect(heard() == [[700, 1000], [440, 1000], [440, 700], [440, 700, 1000], [440, 700, 1000]])
        for id in world.phones.keys { world.phones[id]?.heard = [] }
        world.tell(5, .setTerms(RoomTerms()))
        world.tell(4, .setTerms(RoomTerms()))
        world.tell(1, .leave)
        world.run(.seconds(1))
        #expect(heard() == [[], [1000, 1400, 2000], [700, 1400, 2000], [700, 1000, 2000], [700, 1000, 1400]])
        #expect(world.core.partyCount(in: RoomID(rawValue: 1)) == 4)
        for id in 2...5 as ClosedRange<UInt64> { world.tell(id, .condition(.idle)) }
        #expect(world.core.roomCount == 0)
    }

    @Test("rooms that parties without a port open spread over the packet times, as parties do")
    func roomsSpread() throws {
        var world = PartyWorld()
        var phases: Set<Int64> = []
        for number in 1...4 as ClosedRange<UInt64> {
            world.tell(room: number, .open(MediaSessionID(rawValue: 100 + number), world.newJob(), RoomTerms()))
        }
        for number in 1...4 as ClosedRange<UInt64> {
            world.answer(number)
            world.tell(number, .join(world.newJob(), RoomID(rawValue: number), RoomTerms()))
        }
        world.run(.milliseconds(200))
        for number in 1...4 as ClosedRange<UInt64> {
            let last = try #require(world.phones[number]?.heard.last)
            phases.insert(last.time.nanoseconds % 20_000_000)
        }
        #expect(phases.count == 4)
    }

    @Test("an announcement is heard by everybody, and the end of a room is told")
    func announcements() {
        var world = PartyWorld()
        for id in 1...3 as ClosedRange<UInt64> {
            world.answer(id)
            world.tell(id, .join(world.newJob(), RoomID(rawValue: 9), RoomTerms()))
        }
        world.tell(
            room: 9,
            .announce(
                MediaJobID(rawValue: 70),
                FilePlayer.Job([
                    AudioClip(PartyWorld.tone(440, .seconds(1))), AudioClip(PartyWorld.tone(1000, .seconds(1))),
                ])))
        world.run(.seconds(3))
        for id in 1...3 as ClosedRange<UInt64> { #expect(world.hears(id, 440) && world.hears(id, 1000)) }
        world.tell(room: 9, .end)
        for id in 1...3 as ClosedRange<UInt64> { #expect(world.events(of: id).last == .roomEnded(RoomID(rawValue: 9))) }
        #expect(world.core.roomCount == 0)
    }

    @Test("a room holds forty, and the next one is refused; loud rooms are clipped, not noise")
    func fullRoom() {
        var world = PartyWorld()
        for id in 1...41 as ClosedRange<UInt64> {
            world.answer(id)
            world.phones[id]?.speech = PartyWorld.tone(440, .seconds(1), dBm0: 0)
            world.tell(id, .join(world.newJob(), RoomID(rawValue: 1), RoomTerms()))
        }
        #expect(world.events(of: 41) == [.refused(MediaJobID(rawValue: 41), .roomIsFull)])
        #expect(world.core.partyCount(in: RoomID(rawValue: 1)) == 40)
        world.run(.milliseconds(600))
        #expect(world.hears(1, 440))
        // Every packet of the room left in step.
        let heard = world.phones[7]?.heard ?? []
        #expect(
            zip(heard, heard.dropFirst()).allSatisfy {
                $1.packet.sequenceNumber == $0.packet.sequenceNumber.next && !$1.packet.marker
            })
    }

    @Test("in a room each is as loud to the others, and they to it, as its levels say, and never noise")
    func levels() {
        func power(_ prepare: (inout RoomLevels, inout RoomLevels) -> Void, dBm0: Double = -20) -> Double {
            var world = PartyWorld()
            var (talker, listener) = (RoomLevels(), RoomLevels())
            prepare(&talker, &listener)
            for (id, levels) in [(1, talker), (2, listener), (3, RoomLevels())] as [(UInt64, RoomLevels)] {
                world.answer(id, id == 2 ? .pcma : .pcmu)
                var terms = RoomTerms()
                terms.levels = levels
                world.tell(id, .join(world.newJob(), RoomID(rawValue: 1), terms))
            }
            world.phones[1]?.speech = PartyWorld.tone(1000, .seconds(4), dBm0: dBm0)
            world.phones[2]?.speech = PartyWorld.tone(440, .seconds(4), dBm0: -20)
            world.run(.seconds(2))
            // Whoever talks does not hear himself, however loud he is.
            #expect(!world.hears(1, 1000))
            var detector = ToneDetector([1000])
            detector.receive(world.audio(2))
            return detector.heard.first?.level.dBm0 ?? -99
        }
        let usual = power { _, _ in }
        #expect(abs(usual + 20) < 0.5)
        #expect(abs(power { talker, _ in talker.change(.talk, by: -1) } - usual + 4) < 0.3)
        #expect(abs(power { talker, _ in talker.change(.talk, by: 2) } - usual - 8) < 0.3)
        #expect(abs(power { _, listener in listener.change(.listen, by: -3) } - usual + 12) < 0.3)
        #expect(abs(power { _, listener in listener.change(.listen, by: 99) } - usual - 16) < 0.3)
        #expect(power({ talker, _ in talker.change(.talk, by: 4) }, dBm0: 3) < 5)
        #expect(
            abs(
                power { talker, _ in
                    talker.change(.talk, by: 3)
                    talker.change(.talk, by: nil)
                } - usual) < 0.1)
        // A gate lets through what is loud, and nothing else.
        #expect(power({ talker, _ in talker.change(.sensitivity, by: -1) }, dBm0: -40) > -42)
        #expect(power({ talker, _ in talker.change(.sensitivity, by: -4) }, dBm0: -40) == -99)
        #expect(power({ talker, _ in talker.change(.sensitivity, by: 4) }, dBm0: -40) > -42)
    }

    @Test("a mix is exact while it fits and clipped where it does not")
    func mixer() {
        var mixer = ConferenceMixer()
        let first = [Int16](repeating: 20_000, count: 160)
        let second = [Int16](repeating: 20_000, count: 160)
        let third = [Int16](repeating: -30_000, count: 160)
        for frame in [first, second, third] { mixer.add(frame) }
        var frame = [Int16](repeating: 0, count: 160)
        mixer.mix(into: &frame)
        #expect(frame.allSatisfy { $0 == 10_000 })
        mixer.mix(without: third, into: &frame)
        #expect(frame.allSatisfy { $0 == .max })
        mixer.mix(without: first, into: &frame)
        #expect(frame.allSatisfy { $0 == -10_000 })
        mixer.clear()
        mixer.mix(into: &frame)
        #expect(mixer.count == 0 && frame.allSatisfy { $0 == 0 })
    }
}
