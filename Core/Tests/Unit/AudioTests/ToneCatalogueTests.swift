import Audio
import Testing

@Suite struct ToneCatalogueTests {
    private func heard(_ plan: TonePlan, from: Duration = .zero, for length: Duration) -> Set<Double> {
        var generator = ToneGenerator(plan)
        _ = generator.next(SampleCount(from))
        var detector = ToneDetector([350, 400, 425, 440, 450, 480, 620, 900, 1000, 1100], run: .milliseconds(100))
        detector.receive(generator.next(SampleCount(length)))
        return Set(detector.heard.map(\.frequency))
    }

    @Test("every predefined tone has its frequencies when it begins")
    func predefined() throws {
        let expected: [String: Set<Double>] = [
            "RINGBACK": [440, 480], "RINGBACK_EU": [425], "RINGBACK_UK": [400, 450], "BUSY": [480, 620],
            "BUSY_EU": [425], "BUSY_UK": [400], "CONGESTION": [480, 620], "CONGESTION_EU": [425],
            "CONGESTION_UK": [400],
        ]
        let catalogue = ToneCatalogue()
        #expect(catalogue.names == expected.keys.sorted())
        for (name, frequencies) in expected {
            #expect(heard(try #require(catalogue[name]), for: .milliseconds(200)) == frequencies)
        }
        #expect(
            heard(try #require(catalogue["RINGBACK_UK"]), from: .milliseconds(410), for: .milliseconds(180)).isEmpty)
        #expect(
            heard(try #require(catalogue["RINGBACK_UK"]), from: .milliseconds(600), for: .milliseconds(400)).count == 2)
        #expect(heard(try #require(catalogue["RINGBACK"]), from: .milliseconds(2010), for: .milliseconds(3900)).isEmpty)
        #expect(catalogue["NOSUCH"] == nil)
    }

    @Test("the default is RINGBACK until another existing one is set")
    func standard() {
        var catalogue = ToneCatalogue()
        #expect(catalogue.standard == catalogue["RINGBACK"])
        let isSet = [catalogue.setDefault("NOSUCH"), catalogue.setDefault("RINGBACK_UK")]
        #expect(isSet == [false, true])
        #expect(catalogue.standard == catalogue["RINGBACK_UK"])
    }

    @Test("a tone of own steps is played: a sum, a pause, a modulation")
    func ownSteps() throws {
        var catalogue = ToneCatalogue()
        try catalogue.create(
            [
                ToneStep([Tone(350, dBm0: -10), Tone(620, dBm0: -10)], duration: .milliseconds(400)),
                ToneStep([Tone(0, dBm0: 0), Tone(0, dBm0: 0)], duration: .milliseconds(300)),
                ToneStep([Tone(1000, dBm0: -10), Tone(100, dBm0: 0)], .modulation, duration: .milliseconds(400)),
            ], named: "mine", repetitions: 1)
        let plan = try #require(catalogue["mine"])
        #expect(heard(plan, for: .milliseconds(400)) == [350, 620])
        #expect(heard(plan, from: .milliseconds(400), for: .milliseconds(300)).isEmpty)
        // A full modulation by 100 Hz puts half the carrier's amplitude on either side of it.
        #expect(heard(plan, from: .milliseconds(700), for: .milliseconds(400)) == [900, 1000, 1100])
        var generator = ToneGenerator(plan)
        _ = generator.next(SampleCount(.milliseconds(1099)))
        #expect(!generator.isFinished)
        _ = generator.next(SampleCount(16))
        #expect(generator.isFinished)
    }

    @Test("what no tone can be is refused by name")
    func refusals() {
        func step(_ frequency: Double, _ level: Double, _ length: Duration?) -> ToneStep {
            ToneStep([Tone(frequency: frequency, level: SignalLevel(dBm0: level))], duration: length)
        }
        func failure(_ steps: [ToneStep], named name: String = "x") -> ToneCatalogue.Failure? {
            var catalogue = ToneCatalogue()
            do throws(ToneCatalogue.Failure) {
                try catalogue.create(steps, named: name)
                return nil
            } catch {
                return error
            }
        }
        let second = Duration.seconds(1)
        #expect(failure([]) == .stepCount(0))
        #expect(failure([step(1, 0, .zero)]) == .stepCount(1))
        #expect(failure([ToneStep](repeating: step(1, 0, second), count: 101)) == .stepCount(101))
        #expect(failure([step(10_000, 0, second)]) == .frequency(10_000))
        #expect(failure([step(-1, 0, second)]) == .frequency(-1))
        #expect(failure([step(1, 1, second)]) == .level(1))
        #expect(failure([step(1, -100, second)]) == .level(-100))
        #expect(failure([step(1, 0, .seconds(10))]) == .duration(.seconds(10)))
        #expect(failure([step(1, 0, nil)]) == .duration(nil))
        #expect(failure([step(1, 0, second)], named: "RINGBACK") == .name("RINGBACK"))
        #expect(failure([step(1, 0, second)], named: "") == .name(""))
        let three = [Tone](repeating: Tone(1, dBm0: 0), count: 3)
        #expect(failure([ToneStep(three, duration: second)]) == .toneCount(3))
        #expect(failure([step(9999, -99, .milliseconds(9999))]) == nil)
    }
}
