import Audio
import Testing

@Suite struct AnalysisTests {
    private func frames(_ plan: TonePlan, _ count: Int) -> [[Int16]] {
        var generator = ToneGenerator(plan)
        return (0..<count).map { _ in generator.nextFrame().samples }
    }

    @Test("a tone between silences begins and ends activity, with onset and hang-over")
    func activity() {
        var detector = ActivityDetector()
        var changes: [ActivityDetector.Change] = []
        let silence = [Int16](repeating: 3, count: 160)
        for _ in 0..<20 { changes.append(detector.receive(silence)) }
        for frame in frames(.continuous(400, level: SignalLevel(dBm0: -25)), 20) {
            changes.append(detector.receive(frame))
        }
        for _ in 0..<20 { changes.append(detector.receive(silence)) }
        #expect(changes.firstIndex(of: .began) == 21)
        #expect(changes.firstIndex(of: .ended) == 49)
        #expect(changes.filter { $0 != .none }.count == 2)
    }

    @Test("the noise of a line is silence, speech above it is not")
    func noise() {
        var detector = ActivityDetector()
        var state: UInt64 = 1
        func noise(_ peak: Int) -> [Int16] {
            (0..<160).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return Int16((Int(state >> 40) % (2 * peak)) - peak)
            }
        }
        for _ in 0..<200 { _ = detector.receive(noise(120)) }
        #expect(!detector.isActive)
        for _ in 0..<5 { _ = detector.receive(noise(3000)) }
        #expect(detector.isActive)
    }

    @Test(
        "a beep is one tone with its frequency and length; speech-like sums are none",
        arguments: [440.0, 850, 1000, 1400, 2100])
    func beeps(frequency: Double) {
        var detector = PureToneDetector()
        for frame in frames(.continuous(frequency, level: SignalLevel(dBm0: -12)), 10) {
            detector.receive(G711Codec.pcmu.decode(G711Codec.pcmu.encode(frame)))
        }
        #expect(abs(Double(detector.frequency ?? 0) - frequency) < 12)
        #expect(detector.duration >= .milliseconds(180))
        let sum = TonePlan([Tone(500, dBm0: -12), Tone(720, dBm0: -14), Tone(1300, dBm0: -15)])
        for frame in frames(sum, 5) { detector.receive(frame) }
        #expect(detector.frequency == nil)
        #expect(detector.duration == .zero)
    }

    @Test("a lost frame of a tone is replaced by its continuation, three and more become silence")
    func concealment() {
        var filter = ConcealmentFilter()
        let original = frames(.continuous(200, level: SignalLevel(dBm0: -10)), 12)
        for number in 0..<5 {
            var frame = original[number]
            filter.accept(&frame)
            #expect(frame == original[number])
        }
        var lost = [Int16](repeating: 0, count: 160)
        filter.conceal(&lost)
        var error = 0.0
        var power = 0.0
        for index in 0..<80 {
            error +=
                (Double(lost[index]) - Double(original[5][index])) * (Double(lost[index]) - Double(original[5][index]))
            power += Double(original[5][index]) * Double(original[5][index])
        }
        #expect(error < power / 20)
        var next = original[6]
        filter.accept(&next)
        #expect(Array(next[40...]) == Array(original[6][40...]))
        for _ in 0..<3 { filter.conceal(&lost) }
        #expect(
            abs(lost[159]) < 100 && ActivityDetector.meanSquare(lost) < ActivityDetector.meanSquare(original[0]) / 4)
        filter.conceal(&lost)
        #expect(lost.allSatisfy { $0 == 0 })
    }

    @Test(
        "rates are changed without a change of level, and what does not fit is gone",
        arguments: [
            (SampleRate.hertz11025, SampleRate.narrowband), (.narrowband, .hertz11000), (.fullband, .narrowband),
            (.narrowband, .wideband), (.wideband, .narrowband), (.hertz6000, .narrowband), (.narrowband, .fullband),
        ])
    func resampling(source: SampleRate, target: SampleRate) throws {
        func tone(_ frequency: Double) -> [Int16] {
            (0..<Int(source.rawValue)).map { index in
                Int16(
                    ElementaryFunctions.sineAndCosine(turns: frequency * Double(index) / Double(source.rawValue)).sine
                        * 10_000)
            }
        }
        func peak(_ samples: [Int16]) -> Double {
            (Double(ActivityDetector.meanSquare(Array(samples[1000..<samples.count - 1000]))) * 2).squareRoot()
        }
        let converted = Resampler.convert(tone(1000), from: source, to: target)
        #expect(converted.count == Int(target.rawValue))
        #expect(abs(peak(converted) - 10_000) < 200)
        let lower = Double(min(source, target).rawValue)
        #expect(abs(peak(Resampler.convert(tone(lower * 0.38), from: source, to: target)) - 10_000) < 600)
        if target < source {
            let tooHigh = lower * 0.55
            if tooHigh < Double(source.rawValue) * 0.5 {
                #expect(peak(Resampler.convert(tone(tooHigh), from: source, to: target)) < 60)
            }
        }
        var resampler = try #require(Resampler(from: source, to: target))
        var pieces: [Int16] = []
        let whole = tone(700)
        for start in stride(from: 0, to: whole.count, by: 97) {
            Array(whole[start..<min(start + 97, whole.count)]).withUnsafeBufferPointer {
                resampler.receive($0, into: &pieces)
            }
        }
        resampler.finish(into: &pieces)
        let together = Resampler.convert(whole, from: source, to: target)
        #expect(Array(pieces.prefix(together.count)) == together)
        #expect(Resampler(from: SampleRate(rawValue: 7919), to: SampleRate(rawValue: 7907)) == nil)
    }
}
