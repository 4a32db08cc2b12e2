import Audio
import Testing

@Suite struct ToneTests {
    private func listen(to samples: [Int16], for frequencies: [Double] = ToneDetector.usualFrequencies) -> ToneDetector
    {
        var detector = ToneDetector(frequencies)
        detector.receive(samples)
        return detector
    }

    @Test("a generated tone is detected at its frequency and level, through both codecs", arguments: G711Codec.allCases)
    func roundTrip(codec: G711Codec) {
        for frequency in ToneDetector.usualFrequencies {
            var generator = ToneGenerator(.continuous(frequency))
            let samples = generator.next(SampleCount(4000))
            let heard = listen(to: codec.decode(codec.encode(samples))).heard
            #expect(heard.map(\.frequency) == [frequency])
            #expect(abs((heard.first?.level.dBm0 ?? 0) + 10) < 0.2)
            #expect(heard.first?.duration == .milliseconds(500))
        }
    }

    @Test("a tone between two known frequencies is reported as the nearer one only")
    func neighbours() {
        var generator = ToneGenerator(.continuous(438))
        #expect(listen(to: generator.next(SampleCount(4000))).heard.map(\.frequency) == [440])
    }

    @Test("silence, noise and a sweep are no tone")
    func noTones() {
        var generator = SystemFreeNoise(state: 7)
        let noise = (0..<16000).map { _ in generator.next() }
        #expect(listen(to: noise).heard.isEmpty)
        #expect(listen(to: [Int16](repeating: 0, count: 8000)).heard.isEmpty)
        #expect(listen(to: [Int16](repeating: 3000, count: 8000)).heard.isEmpty)
        var turns = 0.0
        let sweep = (0..<16000).map { position -> Int16 in
            turns += (300 + Double(position) * 0.17) / 8000
            return Int16(ElementaryFunctions.sineAndCosine(turns: turns).sine * 8000)
        }
        #expect(listen(to: sweep).heard.isEmpty)
    }

    @Test("a DTMF digit is its two frequencies at −11 and −9 dBm0", arguments: Array("1590D*#".utf8))
    func digits(digit: UInt8) throws {
        let plan = try #require(TonePlan.digit(digit, tone: .milliseconds(500)))
        var generator = ToneGenerator(plan)
        let frequencies: [Double] = [697, 770, 852, 941, 1209, 1336, 1477, 1633]
        let heard = listen(to: generator.next(SampleCount(.milliseconds(600))), for: frequencies).heard
        #expect(Set(heard.map(\.frequency)) == Set(plan.steps[0].tones.map(\.frequency)))
        for tone in plan.steps[0].tones {
            let level = heard.first { $0.frequency == tone.frequency }?.level.dBm0 ?? 0
            #expect(abs(level - tone.level.dBm0) < 0.3)
        }
        #expect(generator.isFinished)
        #expect(TonePlan.digit(UInt8(ascii: "x")) == nil)
    }

    @Test("a cadence is on and off for its lengths, swells in its ramp and repeats")
    func cadence() {
        let plan = TonePlan(
            [Tone(frequency: 1000, level: SignalLevel(dBm0: 0))],
            cadences: [TonePlan.Cadence(on: .milliseconds(20), off: .milliseconds(10))], ramp: .milliseconds(2))
        var generator = ToneGenerator(plan)
        let samples = generator.next(SampleCount(480))
        #expect(samples[160..<240].allSatisfy { $0 == 0 })
        #expect(samples[400..<480].allSatisfy { $0 == 0 })
        #expect(samples[20..<140].contains { abs(Int($0)) > 20_000 })
        #expect(samples[0..<4].allSatisfy { abs(Int($0)) < 8000 })
        #expect(samples[156..<160].allSatisfy { abs(Int($0)) < 8000 })
        #expect(samples[260..<380].contains { abs(Int($0)) > 20_000 })
        #expect(!generator.isFinished)
    }

    @Test("minutes of tone keep their level")
    func stability() {
        var generator = ToneGenerator(.continuous(1004, level: SignalLevel(dBm0: 0)))
        for _ in 0..<10 { _ = generator.next(SampleCount(160_000)) }
        let samples = generator.next(SampleCount(1600))
        let detector = listen(to: samples, for: [1004])
        #expect(abs((detector.present.first?.level.dBm0 ?? -99)) < 0.01)
    }

    @Test("plans that make no sense are silence or noise, never a trap")
    func senselessPlans() {
        let plans = [
            TonePlan([]), .continuous(.nan), .continuous(.infinity), .continuous(-1e300),
            .continuous(440, level: SignalLevel(dBm0: 400)), .continuous(440, level: SignalLevel(dBm0: .nan)),
            .once(440, for: .zero), .once(440, for: .seconds(-3)), .once(440, for: .seconds(Int64.max)),
        ]
        for plan in plans {
            var generator = ToneGenerator(plan)
            #expect(generator.next(SampleCount(320)).count == 320)
        }
        #expect(AudioFrame([1, 2, 3]).samples.count == 160)
        #expect(AudioFrame([Int16](repeating: 1, count: 400)).samples.count == 160)
        #expect(SampleCount(.milliseconds(20)).value == 160)
        #expect(SampleCount(160).duration == .milliseconds(20))
    }
}

/// White noise that is the same in every run.
private struct SystemFreeNoise {
    var state: UInt64

    mutating func next() -> Int16 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int16(truncatingIfNeeded: Int(state >> 48) - 32768) / 4
    }
}
