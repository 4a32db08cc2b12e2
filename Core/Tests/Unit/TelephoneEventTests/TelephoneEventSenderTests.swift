import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct TelephoneEventSenderTests {
    private struct Sent: Equatable {
        var at: Int
        var event: TelephoneEvent
        var timestamp: UInt32
        var marker: Bool
    }

    /// Runs a sender to its end and returns what it sent, with milliseconds of virtual time.
    private func run(
        _ sender: inout TelephoneEventSender, _ codes: [UInt8], at start: Int = 0, stopAt stop: Int? = nil
    ) -> (packets: [Sent], finished: [UInt8], idleAt: Int?) {
        var packets: [Sent] = []
        var finished: [UInt8] = []
        var idleAt: Int?
        var effects: [TelephoneEventSender.Effect] = []
        var now = Instant.zero + .milliseconds(start)
        var isStopped = false
        sender.receive(.play(codes), at: now, into: &effects)
        while true {
            let milliseconds = Int(now.nanoseconds / 1_000_000)
            for effect in effects {
                switch effect {
                case .transmit(let event, let timestamp, let marker):
                    packets.append(
                        Sent(at: milliseconds, event: event, timestamp: timestamp.rawValue, marker: marker))
                case .finished(let code): finished.append(code)
                case .idle: idleAt = milliseconds
                }
            }
            effects.removeAll()
            guard var next = sender.nextDeadline else { return (packets, finished, idleAt) }
            if let stop, !isStopped, next >= Instant.zero + .milliseconds(stop) {
                next = Instant.zero + .milliseconds(stop)
                now = next
                isStopped = true
                sender.receive(.stop, at: now, into: &effects)
            } else {
                now = next
                sender.timeElapsed(at: now, into: &effects)
            }
        }
    }

    @Test("a digit is five growing packets 20 ms apart, the last one three times, then a pause")
    func oneDigit() {
        var sender = TelephoneEventSender(origin: .zero, timestamp: RTPTimestamp(rawValue: 5000))
        let (packets, finished, idleAt) = run(&sender, [1])
        #expect(packets.map(\.at) == [0, 20, 40, 60, 80, 100, 120])
        #expect(packets.map(\.event.duration) == [160, 320, 480, 640, 800, 800, 800])
        #expect(packets.map(\.event.isEnd) == [false, false, false, false, true, true, true])
        #expect(packets.map(\.marker) == [true] + [Bool](repeating: false, count: 6))
        #expect(packets.allSatisfy { $0.timestamp == 5000 && $0.event.code == 1 && $0.event.volume == 10 })
        #expect(finished == [1])
        #expect(idleAt == 200)
        #expect(sender.state == .idle)
        #expect(sender.nextDeadline == nil)
    }

    @Test("the next digit begins after the pause, in step with the audio's packets")
    func severalDigits() {
        var sender = TelephoneEventSender(origin: .zero, timestamp: RTPTimestamp(rawValue: .max))
        let (packets, finished, _) = run(&sender, [1, 2, 11], at: 7)
        #expect(packets.filter(\.marker).map(\.at) == [20, 220, 420])
        #expect(packets.filter(\.marker).map(\.timestamp) == [159, 1759, 3359])
        #expect(packets.count == 21)
        #expect(finished == [1, 2, 11])
    }

    @Test("digits asked for while others play follow them")
    func queueing() {
        var sender = TelephoneEventSender(origin: .zero, timestamp: RTPTimestamp(rawValue: 0))
        var effects: [TelephoneEventSender.Effect] = []
        sender.receive(.play([3]), at: .zero, into: &effects)
        let (packets, finished, _) = run(&sender, [4], at: 30)
        #expect(finished == [3, 4])
        #expect(packets.filter(\.marker).map(\.event.code) == [4])
    }

    @Test("stopping ends the digit at its next packet, which still comes three times")
    func stopping() {
        var sender = TelephoneEventSender(
            origin: .zero, timestamp: RTPTimestamp(rawValue: 0),
            timing: TelephoneEventSender.Timing(tone: .seconds(10), pause: .milliseconds(40)))
        let (packets, finished, idleAt) = run(&sender, [5, 6], stopAt: 50)
        #expect(packets.map(\.event.duration) == [160, 320, 480, 640, 640, 640])
        #expect(packets.map(\.event.isEnd) == [false, false, false, true, true, true])
        #expect(finished == [5])
        #expect(idleAt == 120)
    }

    @Test("an event longer than the duration field goes on in a new segment without marker or end")
    func segments() {
        var sender = TelephoneEventSender(
            origin: .zero, timestamp: RTPTimestamp(rawValue: 0),
            timing: TelephoneEventSender.Timing(tone: .seconds(10)))
        let (packets, _, _) = run(&sender, [5])
        #expect(packets.count == 502)
        #expect(packets.filter(\.marker).count == 1)
        #expect(Set(packets.map(\.timestamp)) == [0, 65440])
        #expect(packets.count(where: \.event.isEnd) == 3)
        let last = packets.last
        #expect(Int(last?.timestamp ?? 0) + Int(last?.event.duration ?? 0) == 80_000)
    }

    @Test("no digits, a stop without digits and absurd lengths do no harm")
    func edges() {
        var sender = TelephoneEventSender(
            origin: .zero, timestamp: RTPTimestamp(rawValue: 0),
            timing: TelephoneEventSender.Timing(tone: .zero, pause: .seconds(-5)))
        var effects: [TelephoneEventSender.Effect] = []
        sender.receive(.play([]), at: .zero, into: &effects)
        sender.receive(.stop, at: .zero, into: &effects)
        #expect(effects.isEmpty)
        let (packets, _, _) = run(&sender, [9])
        #expect(packets.map(\.event.duration) == [160, 320, 320, 320])
    }
}
