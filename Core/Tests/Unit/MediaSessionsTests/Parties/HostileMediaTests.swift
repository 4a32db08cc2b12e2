import Addresses
import Audio
import MediaSessions
import RTP
import Testing
import Timeline

/// Media that nobody should send: what is made of it is what was said, or silence, and never louder than that.
@Suite("Hostile media")
struct HostileMediaTests {
    /// A party that is recorded, listened to for tones, and connected to one of another codec.
    private struct Line {
        var world = PartyWorld()
        let recording: MediaJobID

        init() {
            var settings = PartySettings()
            settings.toneHearing = .always
            world.answer(1, settings: settings)
            world.answer(2, .pcma)
            recording = world.newJob()
            world.tell(1, .record(recording, RecordingOptions(.linear), beep: nil))
            world.tell(1, .connect(world.newJob(), MediaSessionID(rawValue: 2)))
        }

        /// A packet every 20 ms, of 1000 Hz at −20 dBm0.
        mutating func speak(_ count: Int, _ number: (Int) -> (sequence: UInt16, timestamp: UInt32)) {
            let tone = PartyWorld.tone(1000, .milliseconds(20), dBm0: -20)
            for index in 0..<count {
                let (sequence, timestamp) = number(index)
                world.send(1, G711Codec.pcmu.encode(tone), type: 0, sequence: sequence, timestamp: timestamp)
                world.run(.milliseconds(20))
            }
        }

        /// What was recorded of it; ends the recording.
        mutating func recorded() throws -> [Int16] {
            world.tell(1, .stop(.fileRecorder))
            return try AudioClip(parsing: try #require(world.files[recording.rawValue])).samples
        }

        var digits: [UInt8] {
            world.events(of: 1).compactMap { if case .digit(let digit, _) = $0 { digit } else { nil } }
        }
    }

    /// The loudest sample of what was said, and a fifth of it more for what is made up between its pieces.
    private static let loudest = Int(SignalLevel(dBm0: -20).peak * 1.2)

    private static func isNoLouder(_ samples: [Int16]) -> Bool { samples.allSatisfy { abs(Int($0)) <= loudest } }

    /// Whether the last half second of a recording is the tone that was sent last.
    private static func endsWell(_ samples: [Int16]) -> Bool { PartyWorld.has(Array(samples.suffix(4000)), 1000) }

    @Test("strangers are not heard, not recorded and not passed on, whatever they send")
    func strangers() throws {
        var line = Line()
        line.speak(10) { (UInt16($0), UInt32($0) * 160) }
        let loud = G711Codec.pcmu.encode(PartyWorld.tone(2000, .milliseconds(20), dBm0: 3))
        let passed = line.world.phones[2]?.heard.count ?? 0
        for index in 0..<200 as Range<UInt16> {
            let stranger = Endpoint(IPAddress(v4: 0xC633_6400 + UInt32(index % 5)), 40_000 + index)
            let event = TelephoneEvent(code: 5, isEnd: index % 3 == 0, duration: 160)
            for (type, payload) in [(0, loud), (101, event.payload)] as [(UInt8, [UInt8])] {
                let bytes = PartyWorld.packet(
                    payload, type: type, sequence: 10 + index, timestamp: 1600 + UInt32(index) * 160)
                line.world.send(1, bytes, from: stranger)
            }
            line.world.run(.milliseconds(5))
        }
        #expect(line.world.phones[2]?.heard.count == passed)
        #expect(line.digits.isEmpty)
        line.speak(50) { (UInt16(60 + $0), UInt32(60 + $0) * 160) }
        let samples = try line.recorded()
        #expect(Self.isNoLouder(samples) && !PartyWorld.has(samples, 2000) && Self.endsWell(samples))
    }

    @Test(
        "payload types that were not agreed are neither heard nor passed on", arguments: [1, 3, 13, 18, 96, 102, 127])
    func payloadTypes(type: UInt8) throws {
        var line = Line()
        let noise = (0..<160).map { UInt8(truncatingIfNeeded: $0 * 89) }
        for index in 0..<50 as Range<UInt16> {
            line.world.send(1, noise, type: type, sequence: index, timestamp: UInt32(index) * 160)
            line.world.run(.milliseconds(20))
        }
        #expect(try line.recorded().allSatisfy { $0 == 0 })
        #expect(line.world.phones[2]?.heard.isEmpty == true && line.digits.isEmpty)
    }

    @Test("sequence numbers and timestamps that jump leave what was said, and no noise")
    func jumps() throws {
        var dice = IdentifierSource(seed: 9)
        var line = Line()
        line.speak(300) { index in
            // Another run of numbers every second, forwards or backwards, by a little or by much.
            guard index % 50 == 0, index > 0 else { return (UInt16(index), UInt32(index) * 160) }
            return (UInt16(truncatingIfNeeded: dice.next()), UInt32(truncatingIfNeeded: dice.next()))
        }
        for start in [70_000, 100, 3_000_000_000, 2_999_900_000] as [UInt32] {
            line.speak(50) { (UInt16(truncatingIfNeeded: Int(start) + $0), start &+ UInt32($0) * 160) }
        }
        let samples = try line.recorded()
        #expect(Self.isNoLouder(samples) && Self.endsWell(samples) && line.digits.isEmpty)
    }

    @Test("timestamps that run backwards are no noise, and the party is heard again once they do not")
    func backwards() throws {
        var line = Line()
        line.speak(50) { (UInt16($0), UInt32($0) * 160) }
        line.speak(200) { (UInt16(50 + $0), 0 &- UInt32($0) * 160) }
        line.speak(100) { (UInt16(250 + $0), UInt32($0) * 160) }
        let samples = try line.recorded()
        #expect(Self.isNoLouder(samples) && Self.endsWell(samples) && line.digits.isEmpty)
        // A clock that stands still is no better.
        var still = Line()
        still.speak(200) { (UInt16($0), 777) }
        still.speak(100) { (UInt16(200 + $0), 777 + UInt32($0) * 160) }
        let other = try still.recorded()
        #expect(Self.isNoLouder(other) && Self.endsWell(other))
    }

    @Test("datagrams of one byte, stumps of headers and packets without payload change nothing")
    func stumps() throws {
        var line = Line()
        for index in 0..<400 as Range<UInt16> {
            line.world.send(1, [UInt8(truncatingIfNeeded: index)])
            let whole = PartyWorld.packet([0x80], type: 0, sequence: index, timestamp: UInt32(index))
            line.world.send(1, Array(whole.prefix(Int(index) % 13)))
            line.world.send(1, [], type: 0, sequence: index, timestamp: UInt32(index) * 160)
            line.world.send(1, [], type: 101, sequence: index, timestamp: UInt32(index) * 160)
            line.world.send(1, [7, 0x0A], type: 101, sequence: index, timestamp: UInt32(index) * 160)
            line.world.run(.milliseconds(5))
        }
        line.speak(100) { (UInt16(400 + $0), UInt32(1_000_000 + $0 * 160)) }
        let samples = try line.recorded()
        #expect(Self.isNoLouder(samples) && Self.endsWell(samples) && line.digits.isEmpty)
    }

    @Test("a stream of one-byte payloads is heard as little as it is, and nothing grows")
    func tinyPackets() throws {
        var line = Line()
        for index in 0..<1000 as Range<UInt16> {
            line.world.send(1, [0x80], type: 0, sequence: index, timestamp: UInt32(index))
            if index % 8 == 0 { line.world.run(.milliseconds(5)) }
        }
        line.speak(100) { (UInt16(1000 + $0), UInt32(2000 + $0 * 160)) }
        #expect(Self.endsWell(try line.recorded()) && line.digits.isEmpty)
    }

    @Test("telephone events that are doubled and reordered are each digit once, in their order")
    func shuffledEvents() {
        for seed in 0..<40 as Range<UInt64> {
            var dice = IdentifierSource(seed: seed)
            var line = Line()
            var arriving: [(time: Duration, bytes: [UInt8])] = []
            for (place, code) in ([1, 1, 2, 0, 11, 2] as [UInt8]).enumerated() {
                for number in 1...7 as ClosedRange<UInt16> {
                    let event = TelephoneEvent(code: code, isEnd: number >= 5, duration: min(number, 5) * 160)
                    let bytes = PartyWorld.packet(
                        event.payload, type: 101, sequence: UInt16(place) * 10 + number, timestamp: UInt32(place) * 1600
                    )
                    for _ in 0...dice.number(below: 3) {
                        let sent = Duration.milliseconds(place * 200 + Int(number) * 20)
                        arriving.append((sent + dice.duration(in: .zero ... .milliseconds(60)), bytes))
                    }
                }
            }
            var past = Duration.zero
            for (time, bytes) in arriving.sorted(by: { $0.time < $1.time }) {
                line.world.run(time - past)
                past = max(past, time)
                line.world.send(1, bytes)
            }
            line.world.run(.seconds(1))
            #expect(line.digits == Array("1120#2".utf8))
        }
    }

    @Test("an event without an end is one digit, whether it stops or goes on for ever, and the next one counts")
    func endlessEvents() {
        var line = Line()
        let start = TelephoneEvent(code: 4, isEnd: false, duration: 160).payload
        line.world.send(1, start, type: 101, sequence: 1, timestamp: 5000)
        line.world.run(.seconds(1))
        // Long behind its end the same event again, and one that stands still for a minute.
        line.world.send(1, start, type: 101, sequence: 2, timestamp: 5000)
        for index in 0..<3000 as Range<UInt16> {
            let event = TelephoneEvent(code: 6, isEnd: false, duration: index < 400 ? index * 160 : 64_000)
            line.world.send(1, event.payload, type: 101, sequence: 10 + index, timestamp: 90_000)
            line.world.run(.milliseconds(20))
        }
        line.world.press(1, "9")
        line.world.run(.seconds(1))
        #expect(line.digits == Array("469".utf8))
        // Codes that are no digits, the largest duration, reserved and volume bits.
        for code in 16...255 as ClosedRange<UInt8> {
            line.world.send(1, [code, 0xFF, 0xFF, 0xFF], type: 101, sequence: 9000, timestamp: UInt32(code) * 70_000)
        }
        line.world.run(.seconds(1))
        #expect(line.digits == Array("469".utf8))
    }

    @Test("WAV files that are cut, lie, or are of another kind say so, or play as they should")
    func files() throws {
        let tone = PartyWorld.tone(1000, .milliseconds(500), dBm0: -20)
        let good = WAVEWriter.file(tone)
        func error(_ change: (inout [UInt8]) -> Void) -> String {
            var file = good
            change(&file)
            do {
                let clip = try AudioClip(parsing: file)
                return "\(clip.sampleCount.value)"
            } catch { return "\(error)" }
        }
        #expect(error { _ in } == "4000")
        #expect(error { $0.removeLast(100) } == "its chunk at byte 0 is longer than the file")
        #expect(error { $0 = Array($0.prefix(30)) } == "its chunk at byte 0 is longer than the file")
        #expect(error { $0[43] = 0x7F } == "its chunk at byte 36 is longer than the file")
        #expect(error { $0[7] = 0xFF } == "its chunk at byte 0 is longer than the file")
        // A chunk that says less than there is holds that much.
        #expect(error { $0[41] = 0 } == "\(Int(good[40]) / 2)")
        #expect(
            error {
                $0[34] = 24
                $0[32] = 3
            } == "it has 24 bits a sample, or bytes a block; linear samples have 8 or 16 bits")
        #expect(error { $0[22] = 3 } == "it has 3 channels; what is played has one, or two where it is no ADPCM")
        #expect(error { $0[20] = 3 }.hasPrefix("its format is 3; what is played is"))
        #expect(error { $0[24] = 7 }.hasPrefix("it has 7943 samples a second; what is played has 6000,"))
        // Two channels become one, at the level of both.
        var stereo = good
        stereo[22] = 2
        stereo[32] = 4
        let clip = try AudioClip(parsing: stereo)
        #expect(clip.sampleCount.value == 2000 && Self.isNoLouder(clip.samples))
    }
}
