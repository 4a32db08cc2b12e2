import Audio
import Testing

/// The vectors of conformance/MEDIA.md §4.3, made here, each at the gate that stands there or better.
@Suite struct DTMFToneDetectorTests {
    static let all = Array("123A456B789C*0#D".utf8)

    private func heard(_ samples: [Int16]) -> [UInt8] {
        var detector = DTMFToneDetector()
        var changes: [DTMFToneDetector.Change] = []
        // Through µ-law, as from a telephone, in pieces that are not the detector's own.
        let line = G711Codec.pcmu.decode(G711Codec.pcmu.encode(samples))
        for start in stride(from: 0, to: line.count, by: 160) {
            detector.receive(Array(line[start..<min(start + 160, line.count)]), into: &changes)
        }
        return changes.compactMap { if case .began(let digit) = $0 { digit } else { nil } }
    }

    @Test("16 digits of 50/50, 40/40 and 40/30 ms are exact", arguments: [(50, 50), (40, 40), (40, 30), (100, 100)])
    func timings(on: Int, off: Int) {
        let line = DTMFLine()
        #expect(heard(line.press(Self.all + Self.all, on: on, off: off)) == Self.all + Self.all)
    }

    @Test("tones of 10 to 23 ms are no digits", arguments: [10, 15, 20, 23])
    func shortTones(on: Int) {
        #expect(heard(DTMFLine().press(Self.all, on: on, off: 100)).isEmpty)
    }

    @Test("frequencies within 1.5 % are heard", arguments: [-0.015, -0.01, 0.01, 0.015])
    func offFrequency(offset: Double) {
        var line = DTMFLine()
        line.lowOffset = offset
        line.highOffset = offset
        #expect(heard(line.press(Self.all + Self.all, on: 60, off: 60)) == Self.all + Self.all)
    }

    @Test("one tone 3.5 % off is no digit", arguments: [(0.035, 0), (-0.035, 0), (0, 0.035), (0, -0.035)])
    func farOffFrequency(low: Double, high: Double) {
        var line = DTMFLine()
        line.lowOffset = low
        line.highOffset = high
        #expect(heard(line.press(Self.all, on: 60, off: 60)).isEmpty)
    }

    @Test("a twist of −8 to +4 dB is heard", arguments: [-8, -6, -4, 0, 2, 4])
    func twists(twist: Double) {
        var line = DTMFLine()
        line.highLevel = line.lowLevel + twist
        #expect(heard(line.press(Self.all + Self.all, on: 60, off: 60)) == Self.all + Self.all)
    }

    @Test("a twist of −16 or +14 dB is no digit", arguments: [(-8, -24), (-22, -8)])
    func farTwists(low: Double, high: Double) {
        var line = DTMFLine()
        line.lowLevel = low
        line.highLevel = high
        #expect(heard(line.press(Self.all, on: 60, off: 60)).isEmpty)
    }

    @Test(
        "levels from −3 to −25 dBm0 are heard, −56 is not",
        arguments: [(-3, true), (-10, true), (-25, true), (-56, false)])
    func levels(level: Double, isDigit: Bool) {
        var line = DTMFLine()
        line.lowLevel = level
        line.highLevel = level
        #expect(heard(line.press(Self.all, on: 60, off: 60)) == (isDigit ? Self.all : []))
    }

    @Test("a hole of 5 or 10 ms does not split a press", arguments: [5, 10])
    func holes(gap: Int) {
        let line = DTMFLine()
        var samples = line.silence(100)
        for digit in Self.all {
            samples += line.tone(digit, 60) + line.silence(gap) + line.tone(digit, 60) + line.silence(100)
        }
        #expect(heard(samples) == Self.all)
    }

    @Test("one key pressed again and again is as many digits")
    func repeats() {
        let fives = [UInt8](repeating: UInt8(ascii: "5"), count: 20)
        #expect(heard(DTMFLine().press(fives, on: 50, off: 50)) == fives)
    }

    @Test("noise of 15 dB below the press and an echo of 20 ms leave it exact")
    func disturbances() {
        var line = DTMFLine()
        line.noise = SignalLevel(dBm0: -10 - 15).peak * 1.4
        #expect(heard(line.press(Self.all + Self.all, on: 60, off: 60)) == Self.all + Self.all)
        line.noise = 0
        var samples = line.press(Self.all + Self.all, on: 60, off: 60)
        let dry = samples
        for index in 160..<samples.count {
            samples[index] = Int16(clamping: Int(dry[index]) + Int(dry[index - 160]) * 316 / 1000)
        }
        #expect(heard(samples) == Self.all + Self.all)
    }

    @Test("silence, noise, call progress tones, single tones and a sweep are no digits")
    func talkOff() {
        var line = DTMFLine()
        #expect(heard(line.silence(5000)).isEmpty)
        line.noise = 3000
        #expect(heard(line.silence(10_000)).isEmpty)
        for plan in ToneCatalogue.predefined.values {
            var generator = ToneGenerator(plan)
            #expect(heard(generator.next(SampleCount(.seconds(6)))).isEmpty)
        }
        for frequency in [697, 770, 852, 941, 1209, 1336, 1477, 1633, 985, 1429, 1777] as [Double] {
            var generator = ToneGenerator(.once(frequency, for: .milliseconds(500), level: SignalLevel(dBm0: -8)))
            #expect(heard(generator.next(SampleCount(.milliseconds(600)))).isEmpty)
        }
        var turns = 0.0
        let sweep = (0..<64_000).map { index -> Int16 in
            turns += (300 + Double(index) * 3100 / 64_000) / 8000
            return Int16(ElementaryFunctions.sineAndCosine(turns: turns).sine * 9000)
        }
        #expect(heard(sweep).isEmpty)
    }

    @Test("a digit begins within 60 ms and ends after it is over")
    func times() {
        var detector = DTMFToneDetector()
        var changes: [DTMFToneDetector.Change] = []
        let tone = DTMFLine().tone(UInt8(ascii: "7"), 500)
        detector.receive(Array(tone[..<480]), into: &changes)
        #expect(changes == [.began(digit: UInt8(ascii: "7"))])
        #expect(detector.sounding == UInt8(ascii: "7"))
        detector.receive(Array(tone[480...]), into: &changes)
        #expect(changes.count == 1)
        detector.receive([Int16](repeating: 0, count: 400), into: &changes)
        #expect(changes == [.began(digit: UInt8(ascii: "7")), .ended(digit: UInt8(ascii: "7"))])
    }
}

/// Makes push-button tones with faults.
struct DTMFLine {
    var lowLevel = -10.0
    var highLevel = -10.0
    var lowOffset = 0.0
    var highOffset = 0.0
    /// Peak of white noise in sample units.
    var noise = 0.0

    func press(_ digits: [UInt8], on: Int, off: Int) -> [Int16] {
        var samples = silence(100)
        for (number, digit) in digits.enumerated() { samples += tone(digit, on, seed: number) + silence(off) }
        return samples + silence(100)
    }

    func tone(_ digit: UInt8, _ milliseconds: Int, seed: Int = 0) -> [Int16] {
        let position = DTMFKeypad.digits.firstIndex(of: digit) ?? 0
        let low = [697.0, 770, 852, 941][position / 4] * (1 + lowOffset)
        let high = [1209.0, 1336, 1477, 1633][position % 4] * (1 + highOffset)
        let lowPeak = SignalLevel(dBm0: lowLevel).peak
        let highPeak = SignalLevel(dBm0: highLevel).peak
        let phase = Double(seed) * 0.137
        return disturbed(
            (0..<milliseconds * 8).map { index in
                let time = Double(index) / 8000
                return ElementaryFunctions.sineAndCosine(turns: low * time + phase).sine * lowPeak
                    + ElementaryFunctions.sineAndCosine(turns: high * time + 2 * phase).sine * highPeak
            })
    }

    func silence(_ milliseconds: Int) -> [Int16] { disturbed([Double](repeating: 0, count: milliseconds * 8)) }

    private func disturbed(_ samples: [Double]) -> [Int16] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return samples.map { sample in
            var sum = sample
            if noise > 0 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                sum += (Double(state >> 40) / Double(1 << 23) - 1) * noise
            }
            return Int16(max(-32768, min(sum.rounded(), 32767)))
        }
    }
}
