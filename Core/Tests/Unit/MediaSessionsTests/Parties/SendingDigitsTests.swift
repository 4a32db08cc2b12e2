import Audio
import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct SendingDigitsTests {
    private func events(_ world: PartyWorld) -> [(time: Instant, packet: RTPPacket, event: TelephoneEvent)] {
        (world.phones[1]?.heard ?? []).compactMap { heard in
            guard heard.packet.payloadType.rawValue == 101, let event = TelephoneEvent(parsing: heard.payload) else {
                return nil
            }
            return (heard.time, heard.packet, event)
        }
    }

    @Test(
        "digits are events of 100 ms: marker first, growing duration, three ends with their own numbers, in the audio's clock"
    )
    func figures() throws {
        var world = PartyWorld()
        world.answer(1)
        world.run(.milliseconds(100))
        world.tell(1, .playDigits(world.newJob(), Array("1234#".utf8)))
        world.run(.seconds(2))
        let sent = events(world)
        #expect(sent.count == 5 * 7)
        for digit in 0..<5 {
            let packets = Array(sent[digit * 7..<digit * 7 + 7])
            #expect(Set(packets.map(\.packet.timestamp)).count == 1)
            #expect(packets.map(\.packet.marker) == [true] + [Bool](repeating: false, count: 6))
            #expect(packets.map(\.event.duration) == [160, 320, 480, 640, 800, 800, 800])
            #expect(packets.map(\.event.isEnd) == [false, false, false, false, true, true, true])
            #expect(packets.map(\.event.code) == [UInt8](repeating: [1, 2, 3, 4, 11][digit], count: 7))
            for (first, second) in zip(packets, packets.dropFirst()) {
                #expect(second.time - first.time == .milliseconds(20))
            }
        }
        #expect(sent[7].packet.timestamp.distance(from: sent[0].packet.timestamp) == 1600)
        let heard = try #require(world.phones[1]?.heard)
        for (first, second) in zip(heard, heard.dropFirst()) {
            #expect(second.packet.sequenceNumber == first.packet.sequenceNumber.next)
            #expect(second.packet.source == first.packet.source)
        }
        // The event's timestamp is that of the audio packet in whose place it stands, and audio goes on in step.
        let first = try #require(heard.firstIndex { $0.packet.payloadType.rawValue == 101 })
        #expect(heard[first].packet.timestamp.distance(from: heard[first - 1].packet.timestamp) == 160)
        let after = try #require(heard.lastIndex { $0.packet.payloadType.rawValue == 101 })
        #expect(heard[after + 1].packet.marker)
        #expect(
            heard[after + 1].packet.timestamp.distance(from: heard[first - 1].packet.timestamp) == 160
                * (after + 2 - first))
        #expect(world.events(of: 1) == [.digitsPlayed(MediaJobID(rawValue: 1), .normal)])
    }

    @Test("digits count in the clock that was agreed last, also where that was agreed while others were sent")
    func clockRate() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(1, .playDigits(world.newJob(), Array("12".utf8)))
        world.run(.milliseconds(100))
        var agreement = AudioAgreement(.pcmu)
        agreement.eventClockRate = 48_000
        world.describe(1, agreement)
        world.run(.seconds(2))
        world.phones[1]?.heard = []
        world.tell(1, .playDigits(world.newJob(), Array("3".utf8)))
        world.run(.seconds(1))
        #expect(events(world).map(\.event.duration) == [960, 1920, 2880, 3840, 4800, 4800, 4800])
    }

    @Test("digits that are stopped end with the one under way, properly, and others can be sent after them")
    func stopped() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(1, .playDigits(world.newJob(), Array("12,3456789".utf8)))
        world.run(.milliseconds(50))
        world.tell(1, .stop(.dtmfPlayer))
        world.run(.milliseconds(200))
        #expect(Set(events(world).map(\.event.code)) == [1])
        #expect(events(world).suffix(3).map(\.event.isEnd) == [true, true, true])
        #expect(world.events(of: 1) == [.digitsPlayed(MediaJobID(rawValue: 1), .normal)])
        world.run(.seconds(3))
        world.tell(1, .stop(.dtmfPlayer))
        world.tell(1, .playDigits(world.newJob(), Array("#".utf8)))
        world.run(.seconds(1))
        #expect(Set(events(world).map(\.event.code)) == [1, 11])
        #expect(world.events(of: 1).last == .digitsPlayed(MediaJobID(rawValue: 2), .normal))
    }

    @Test("digits that wait behind a comma, are tones, or INFO without answer are stopped at once")
    func stoppedAtOnce() {
        for (transport, digits) in [(DTMFPlayer.Transport.telephoneEvents, ",1"), (.inBand, "123"), (.info, "123")] {
            var player = DTMFPlayer()
            var effects: [DTMFPlayer.Effect] = []
            var frame = [Int16](repeating: 0, count: 160)
            player.receive(.play(Array(digits.utf8), transport), at: .zero, into: &effects)
            _ = player.tick(.zero, timestamp: RTPTimestamp(rawValue: 0), frame: &frame, into: &effects)
            effects = []
            player.receive(.stop, at: Instant.zero + .milliseconds(10), into: &effects)
            #expect(effects == [.finished(.normal)] && player.state == .idle && player.cause == .normal)
            player.receive(.infoAnswered(isAccepted: false), at: Instant.zero + .milliseconds(20), into: &effects)
            #expect(player.state == .idle && player.nextDeadline == nil)
        }
    }

    @Test("each comma delays what follows by half a second")
    func commas() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(1, .playDigits(world.newJob(), Array(",1,,2".utf8)))
        world.run(.seconds(4))
        let starts = events(world).filter(\.packet.marker).map { $0.time - Instant.zero }
        #expect(starts.count == 2)
        #expect((Duration.milliseconds(500) ... .milliseconds(540)).contains(starts[0]))
        // 200 ms of the digit and its pause, and two commas.
        #expect(starts[1] - starts[0] == .milliseconds(1200))
        #expect(world.events(of: 1).count == 1)
    }

    @Test("32 digits survive 5 % loss and 40 ms of jitter, none lost, none doubled")
    func impairedNetwork() {
        var digits: [UInt8] = []
        var heard: [UInt8] = []
        for round in 0..<30 as Range<UInt64> {
            var world = PartyWorld()
            world.answer(1)
            world.answer(2)
            let text = Array("0123456789ABCD*#1122334455667788".utf8)
            digits += text
            world.tell(1, .playDigits(world.newJob(), text))
            world.run(.seconds(8))
            var dice = IdentifierSource(seed: round)
            var arriving: [(time: Instant, bytes: [UInt8])] = []
            for packet in world.phones[1]?.heard ?? [] where dice.number(below: 100) >= 5 {
                let bytes = PartyWorld.packet(
                    packet.payload, type: packet.packet.payloadType.rawValue,
                    sequence: packet.packet.sequenceNumber.rawValue, timestamp: packet.packet.timestamp.rawValue)
                let time = packet.time + .seconds(8) + dice.duration(in: .zero ... .milliseconds(40))
                arriving.append((time, bytes))
                if dice.number(below: 20) == 0 { arriving.append((time + .milliseconds(15), bytes)) }
            }
            for (time, bytes) in arriving.sorted(by: { $0.time < $1.time }) {
                world.run(time - world.now)
                world.send(2, bytes)
            }
            world.run(.seconds(1))
            for case .digit(let digit, .telephoneEvent) in world.events(of: 2) { heard.append(digit) }
        }
        #expect(heard == digits)
    }

    @Test("without telephone events digits are tones that a receiver hears, or INFO, as configured")
    func otherTransports() throws {
        var world = PartyWorld()
        world.answer(1, events: nil)
        world.tell(1, .playDigits(world.newJob(), Array("159D,*0#".utf8)))
        world.run(.seconds(4))
        var detector = DTMFToneDetector()
        var changes: [DTMFToneDetector.Change] = []
        detector.receive(world.audio(1), into: &changes)
        #expect(changes.compactMap { if case .began(let digit) = $0 { digit } else { nil } } == Array("159D*0#".utf8))
        #expect(events(world).isEmpty)
        #expect(world.events(of: 1) == [.digitsPlayed(MediaJobID(rawValue: 1), .normal)])

        var settings = PartySettings()
        settings.digitFallback = .info
        var other = PartyWorld()
        other.answer(1, settings: settings, events: nil)
        other.tell(1, .playDigits(other.newJob(), Array("12".utf8)))
        other.run(.seconds(1))
        #expect(
            other.events(of: 1) == [
                .inform(digit: UInt8(ascii: "1"), duration: .milliseconds(100)),
                .inform(digit: UInt8(ascii: "2"), duration: .milliseconds(100)),
            ])
        other.tell(1, .infoAnswered(isAccepted: true))
        other.tell(1, .infoAnswered(isAccepted: true))
        other.run(.milliseconds(100))
        #expect(other.events(of: 1).last == .digitsPlayed(MediaJobID(rawValue: 1), .normal))
        other.tell(1, .playDigits(other.newJob(), Array("3".utf8)))
        other.run(.milliseconds(100))
        other.tell(1, .infoAnswered(isAccepted: false))
        #expect(other.events(of: 1).last == .digitsPlayed(MediaJobID(rawValue: 2), .error))
        other.tell(1, .playDigits(other.newJob(), Array("4".utf8)))
        other.run(.seconds(40))
        #expect(other.events(of: 1).last == .digitsPlayed(MediaJobID(rawValue: 3), .timeout))
        other.tell(1, .playDigits(other.newJob(), Array("55".utf8)))
        other.tell(1, .condition(.idle))
        #expect(other.events(of: 1).last == .digitsPlayed(MediaJobID(rawValue: 4), .hangup))
    }

    @Test("the states and causes are those of document 004")
    func statesAndCauses() {
        var player = DTMFPlayer()
        var effects: [DTMFPlayer.Effect] = []
        var frame = [Int16](repeating: 0, count: 160)
        #expect(player.state == .idle && player.cause == .none)
        player.receive(.play(Array("1".utf8), .info), at: .zero, into: &effects)
        #expect(player.state == .playing && player.cause == .none)
        _ = player.tick(.zero, timestamp: RTPTimestamp(rawValue: 0), frame: &frame, into: &effects)
        player.receive(.infoAnswered(isAccepted: false), at: .zero, into: &effects)
        #expect(player.state == .error && player.cause == .error)
        player.receive(.play(Array("1".utf8), .inBand), at: .zero, into: &effects)
        #expect(player.state == .playing && player.cause == .none)
        player.receive(.hangUp, at: .zero, into: &effects)
        #expect(player.state == .idle && player.cause == .hangup)
        player.receive(.play([], .telephoneEvents), at: .zero, into: &effects)
        _ = player.tick(.zero, timestamp: RTPTimestamp(rawValue: 0), frame: &frame, into: &effects)
        #expect(player.state == .idle && player.cause == .normal)
        player.receive(.play(Array("1".utf8), .telephoneEvents), at: .zero, into: &effects)
        player.timeElapsed(at: Instant.zero + .seconds(60), into: &effects)
        #expect(player.state == .idle && player.cause == .timeout)
        #expect(Set(DTMFPlayer.Cause.allCases) == [.error, .normal, .hangup, .timeout, .none])
    }
}
