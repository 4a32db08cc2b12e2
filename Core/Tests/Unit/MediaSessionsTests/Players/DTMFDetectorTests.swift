import Audio
import MediaSessions
import RTP
import Testing
import Timeline

@Suite struct DTMFDetectorTests {
    private struct Scene {
        var detector = DTMFDetector(hearsTones: true)
        var now = Instant.zero
        var effects: [DTMFDetector.Effect] = []

        var digits: String {
            String(
                decoding: effects.compactMap { if case .digit(let digit, _) = $0 { digit } else { nil } }, as: UTF8.self
            )
        }

        mutating func event(_ digit: Character, _ timestamp: UInt32, duration: UInt16 = 160, isEnd: Bool = false) {
            let event = TelephoneEvent(
                code: TelephoneEvent.code(of: digit.asciiValue ?? 0) ?? 0, isEnd: isEnd, duration: duration)
            let packet = TelephoneEventReceiver.Packet(
                source: SSRC(rawValue: 1), timestamp: RTPTimestamp(rawValue: timestamp), event: event)
            detector.receive(packet, at: now, into: &effects)
        }

        mutating func tone(_ digit: Character, _ milliseconds: Int) {
            var generator = ToneGenerator(
                TonePlan.digit(digit.asciiValue ?? 0, tone: .milliseconds(milliseconds)) ?? TonePlan([]))
            for _ in 0..<(milliseconds / 20 + 5) {
                detector.receive(audio: generator.nextFrame().samples, at: now, into: &effects)
                now = now + .milliseconds(20)
                if let deadline = detector.nextDeadline, deadline <= now {
                    detector.timeElapsed(at: now, into: &effects)
                }
            }
        }
    }

    @Test("a key that comes as event, as tone and by INFO is one digit, pressed twice two")
    func threeWays() {
        var scene = Scene()
        for round in 0..<2 as Range<UInt32> {
            scene.event("5", round * 2400)
            scene.event("5", round * 2400, duration: 800, isEnd: true)
            scene.tone("5", 100)
            scene.detector.receive(info: UInt8(ascii: "5"), at: scene.now, into: &scene.effects)
        }
        #expect(scene.digits == "55")
        var other = Scene()
        other.tone("7", 100)
        other.event("7", 0)
        other.event("8", 1600)
        other.tone("8", 60)
        #expect(other.digits == "78")
    }

    @Test("of 10,000 digits none is lost or doubled by 10 % loss, by reordering of up to 60 ms, or by both")
    func impairedNetwork() {
        for (loss, delay) in [(10, 0), (0, 60), (10, 60)] {
            var dice = IdentifierSource(seed: UInt64(loss + delay))
            var scene = Scene()
            scene.detector = DTMFDetector()
            var arriving: [(time: Int, digit: Int, duration: UInt16, isEnd: Bool)] = []
            let keys = Array("0123456789*#ABCD")
            let digits = (0..<10_000).map { _ in dice.number(below: keys.count) }
            for place in digits.indices {
                for number in 1...7 where dice.number(below: 100) >= loss {
                    let time = place * 200 + number * 20 + dice.number(below: delay + 1)
                    arriving.append((time, place, UInt16(min(number, 5) * 160), number >= 5))
                }
            }
            for packet in arriving.sorted(by: { ($0.time, $0.digit) < ($1.time, $1.digit) }) {
                scene.now = Instant.zero + .milliseconds(packet.time)
                if let deadline = scene.detector.nextDeadline, deadline <= scene.now {
                    scene.detector.timeElapsed(at: scene.now, into: &scene.effects)
                }
                scene.event(
                    keys[digits[packet.digit]], UInt32(truncatingIfNeeded: packet.digit * 1600 - 4_000_000),
                    duration: packet.duration, isEnd: packet.isEnd)
            }
            #expect(scene.digits == String(digits.map { keys[$0] }))
        }
    }

    @Test("one way alone counts every press")
    func oneWay() {
        var scene = Scene()
        for _ in 0..<3 { scene.tone("1", 60) }
        #expect(scene.digits == "111")
        for digit in "22d" { scene.detector.receive(info: digit.asciiValue ?? 0, at: scene.now, into: &scene.effects) }
        scene.detector.receive(info: UInt8(ascii: "x"), at: scene.now, into: &scene.effects)
        #expect(scene.digits == "11122D")
    }

    @Test("a press of the same key three seconds later by another way is another digit")
    func laterPress() {
        var scene = Scene()
        scene.event("3", 0, isEnd: true)
        scene.now = scene.now + .seconds(3)
        scene.detector.receive(info: UInt8(ascii: "3"), at: scene.now, into: &scene.effects)
        #expect(scene.digits == "33")
    }

    @Test("tones are not looked for unless asked")
    func tonesOff() {
        var scene = Scene()
        scene.detector.hearsTones = false
        scene.tone("1", 100)
        #expect(scene.digits.isEmpty)
    }
}
