import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct TelephoneEventReceiverTests {
    private typealias Packet = TelephoneEventReceiver.Packet

    /// A packet and when it arrives, in milliseconds.
    private struct Arrival {
        var at: Int
        var packet: Packet
    }

    /// Everything a sender transmits for `codes`, without a network.
    private func sent(_ codes: [UInt8], timing: TelephoneEventSender.Timing = .init()) -> [Arrival] {
        var sender = TelephoneEventSender(
            origin: .zero, timestamp: RTPTimestamp(rawValue: 0xFFFF_F000), timing: timing)
        var arrivals: [Arrival] = []
        var effects: [TelephoneEventSender.Effect] = []
        var now = Instant.zero
        sender.receive(.play(codes), at: now, into: &effects)
        while true {
            for case .transmit(let event, let timestamp, _) in effects {
                let packet = Packet(source: SSRC(rawValue: 7), timestamp: timestamp, event: event)
                arrivals.append(Arrival(at: Int(now.nanoseconds / 1_000_000), packet: packet))
            }
            effects.removeAll()
            guard let next = sender.nextDeadline else { return arrivals }
            now = next
            sender.timeElapsed(at: now, into: &effects)
        }
    }

    /// What a receiver makes of the arrivals, given in order of time, and of the silence after them.
    private func received(_ arrivals: [Arrival]) -> [TelephoneEventReceiver.Effect] {
        var receiver = TelephoneEventReceiver()
        var effects: [TelephoneEventReceiver.Effect] = []
        for arrival in arrivals.sorted(by: { $0.at < $1.at }) {
            let now = Instant.zero + .milliseconds(arrival.at)
            if let deadline = receiver.nextDeadline, deadline <= now { receiver.timeElapsed(at: now, into: &effects) }
            receiver.receive(arrival.packet, at: now, into: &effects)
        }
        if let deadline = receiver.nextDeadline { receiver.timeElapsed(at: deadline, into: &effects) }
        #expect(!receiver.isSounding)
        return effects
    }

    private func begun(_ effects: [TelephoneEventReceiver.Effect]) -> [UInt8] {
        effects.compactMap { if case .began(let code) = $0 { code } else { nil } }
    }

    private func digits(_ count: Int, _ dice: inout IdentifierSource) -> [UInt8] {
        (0..<count).map { _ in UInt8(dice.number(below: 16)) }
    }

    @Test("every digit begins and ends once, with its length")
    func inOrder() {
        let effects = received(sent([1, 1, 11]))
        #expect(
            effects == [
                .began(code: 1), .ended(code: 1, duration: 800), .began(code: 1), .ended(code: 1, duration: 800),
                .began(code: 11), .ended(code: 11, duration: 800),
            ])
    }

    @Test("of 10,000 digits at 10 % loss at least 9,990 arrive, none twice")
    func loss() {
        var dice = IdentifierSource(seed: 1)
        let codes = digits(10_000, &dice)
        let heard = begun(received(sent(codes).filter { _ in dice.number(below: 10) != 0 }))
        #expect(heard.count >= 9_990)
        #expect(heard.count <= 10_000)
    }

    @Test("doubled packets and packets up to 60 ms late change nothing", arguments: [UInt64(2), 3, 4])
    func duplicationAndReordering(seed: UInt64) {
        var dice = IdentifierSource(seed: seed)
        let codes = digits(2_000, &dice)
        var arrivals: [Arrival] = []
        for arrival in sent(codes) {
            for _ in 0..<(dice.number(below: 5) == 0 ? 2 : 1) {
                arrivals.append(Arrival(at: arrival.at + dice.number(below: 61), packet: arrival.packet))
            }
        }
        #expect(begun(received(arrivals)) == codes)
    }

    @Test("loss, doubling and reordering together at the shortest legal timing keep the order")
    func everythingAtOnce() {
        var dice = IdentifierSource(seed: 5)
        let codes = digits(5_000, &dice)
        let timing = TelephoneEventSender.Timing(tone: .milliseconds(60), pause: .milliseconds(60))
        let arrivals = sent(codes, timing: timing).filter { _ in dice.number(below: 20) != 0 }
            .map { Arrival(at: $0.at + dice.number(below: 31), packet: $0.packet) }
        let heard = begun(received(arrivals))
        #expect(heard.count >= 4_995 && heard.count <= 5_000)
    }

    @Test("end packets alone are a digit")
    func endOnly() {
        let ends = sent([7]).filter(\.packet.event.isEnd)
        #expect(received(ends) == [.began(code: 7), .ended(code: 7, duration: 800)])
        #expect(received([ends[2]]) == [.began(code: 7), .ended(code: 7, duration: 800)])
    }

    @Test("without an end packet the digit is over 150 ms after its last packet")
    func noEnd() {
        var receiver = TelephoneEventReceiver()
        var effects: [TelephoneEventReceiver.Effect] = []
        let first = sent([7])[0].packet
        receiver.receive(first, at: .zero, into: &effects)
        #expect(receiver.nextDeadline == .zero + .milliseconds(150))
        receiver.timeElapsed(at: .zero + .milliseconds(149), into: &effects)
        #expect(effects == [.began(code: 7)])
        receiver.timeElapsed(at: .zero + .milliseconds(150), into: &effects)
        #expect(effects == [.began(code: 7), .ended(code: 7, duration: 160)])
        receiver.receive(first, at: .zero + .milliseconds(170), into: &effects)
        #expect(effects.count == 2)
    }

    @Test("the same timestamp and code of another source is another digit")
    func sources() {
        let packets = sent([3])
        let other = packets.map { arrival in
            var packet = arrival.packet
            packet.source = SSRC(rawValue: 8)
            return Arrival(at: arrival.at + 300, packet: packet)
        }
        #expect(begun(received(packets + other)) == [3, 3])
    }

    @Test("a ten-second digit in two segments is one digit")
    func segments() {
        let effects = received(sent([4], timing: TelephoneEventSender.Timing(tone: .seconds(10))))
        #expect(effects == [.began(code: 4), .ended(code: 4, duration: 80_000)])
    }

    @Test("payloads are read and written alike, and short ones refused")
    func payloads() throws {
        let event = TelephoneEvent(code: 11, isEnd: true, volume: 10, duration: 800)
        #expect(event.payload == [11, 0x8A, 0x03, 0x20])
        #expect(TelephoneEvent(parsing: event.payload) == event)
        #expect(TelephoneEvent(parsing: [11, 0xCA, 3, 0x20, 99]) == event)
        #expect(TelephoneEvent(parsing: [11, 0x8A, 3]) == nil)
        for digit in "0123456789*#ABCD".utf8 {
            let code = try #require(TelephoneEvent.code(of: digit))
            #expect(TelephoneEvent.digit(of: code) == digit)
        }
        #expect(TelephoneEvent.code(of: UInt8(ascii: "d")) == 15)
        #expect(TelephoneEvent.code(of: UInt8(ascii: "x")) == nil)
        #expect(TelephoneEvent(code: TelephoneEvent.flash, duration: 0).digit == nil)
        #expect(TelephoneEvent(code: 1, volume: 200, duration: 0).volume == 63)
    }
}
