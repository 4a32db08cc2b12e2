import Audio
import MediaSessions
import Testing
import Timeline

@Suite("Tones that say a call has failed")
struct FailureToneTests {
    /// What is heard in 20 seconds of samples, and after how long.
    private func judge(_ samples: [Int16]) -> (FailureToneDetector.Tone, Duration)? {
        var detector = FailureToneDetector()
        for start in stride(from: 0, to: samples.count - 159, by: 160) {
            detector.receive(Array(samples[start..<start + 160]))
            if let tone = detector.tone { return (tone, SampleCount(start + 160).duration) }
        }
        return nil
    }

    private func samples(_ plan: TonePlan, after silence: Duration = .milliseconds(333)) -> [Int16] {
        var generator = ToneGenerator(plan)
        return [Int16](repeating: 3, count: SampleCount(silence).value) + generator.next(SampleCount(.seconds(20)))
    }

    @Test("busy and congestion of each country are heard within five seconds, through G.711")
    func failures() throws {
        for name in ["BUSY", "BUSY_EU", "BUSY_UK", "CONGESTION", "CONGESTION_EU", "CONGESTION_UK"] {
            let plan = try #require(ToneCatalogue()[name])
            let wanted: FailureToneDetector.Tone = name.hasPrefix("BUSY") ? .busy : .congestion
            for offset in [0, 3, 7, 11, 17] {
                let sent = samples(plan, after: .milliseconds(300 + offset))
                for codec in G711Codec.allCases {
                    let heard = judge(codec.decode(codec.encode(sent)))
                    #expect(heard?.0 == wanted, "\(name)")
                    #expect(heard?.1 ?? .seconds(99) < .seconds(5))
                }
            }
        }
    }

    @Test("the three rising tones are heard before they have ended, in their lengths", arguments: [274, 330, 380])
    func information(length: Int) {
        let steps = [(913.8, length), (1370.6, length), (1776.7, 380)].map { frequency, length in
            ToneStep(
                [Tone(frequency: frequency, level: SignalLevel(dBm0: -14))], duration: .milliseconds(length))
        }
        #expect(judge(samples(TonePlan(steps: steps, repetitions: 1)))?.0 == .information)
        #expect(judge(samples(TonePlan(steps: steps.reversed(), repetitions: 1))) == nil)
    }

    @Test("ringing, dial tone, digits, silence, noise and what is like speech are no failure")
    func others() {
        for name in ["RINGBACK", "RINGBACK_EU", "RINGBACK_UK"] {
            #expect(judge(samples(ToneCatalogue()[name] ?? .ringing)) == nil, "\(name)")
        }
        #expect(judge(samples(TonePlan([Tone(350, dBm0: -13), Tone(440, dBm0: -13)]))) == nil)
        #expect(judge(samples(.continuous(425))) == nil)
        #expect(judge([Int16](repeating: 0, count: 160_000)) == nil)
        let digits = "12345678901234567890".utf8.compactMap {
            TonePlan.digit($0, tone: .milliseconds(250), pause: .milliseconds(250))
        }
        #expect(judge(digits.flatMap { AudioClip($0).samples }) == nil)
        var dice = IdentifierSource(seed: 4)
        let noise = (0..<160_000).map { _ in Int16(truncatingIfNeeded: dice.number(below: 4000) - 2000) }
        #expect(judge(noise) == nil)
        // Syllables of a voice of 110 Hz: many harmonics, in bursts of 250 ms.
        var voice = [Int16](repeating: 0, count: 160_000)
        for harmonic in 1...12 {
            var generator = ToneGenerator(
                TonePlan(
                    [Tone(110 * harmonic, dBm0: -18 - harmonic)],
                    cadences: [.init(on: .milliseconds(250), off: .milliseconds(250))]))
            let part = generator.next(SampleCount(voice.count))
            for index in voice.indices { voice[index] = Int16(clamping: Int(voice[index]) + Int(part[index])) }
        }
        #expect(judge(voice) == nil)
    }
}
