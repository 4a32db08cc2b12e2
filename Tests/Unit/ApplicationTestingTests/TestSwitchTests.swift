import Audio
import MartletTesting
import SwitchSimulation
import Testing
import VoiceApplications

/// The testing kit itself: it fails where it should, its time is virtual, and it is the same every time.
@Suite struct TestSwitchTests {
    static func world(
        seed: UInt64 = 1, _ body: @escaping @Sendable (ApplicationRun) async throws -> Int
    ) -> TestSwitch {
        let world = TestSwitch(seed: seed)
        world.serve("1000", body)
        return world
    }

    @Test("what was not heard is told with what was heard, and when")
    func failure() throws {
        let world = Self.world { run in
            try await run.channel.answer()
            try await run.channel.tonePlayer.play(.once(700, for: .seconds(1)))
            try await run.channel.waitForIdle()
            return 0
        }
        let caller = world.party("2025550100")
        caller.dials("1000")
        let error = #expect(throws: Unmet.self) { try caller.hears(.tone(1000), within: .seconds(5)) }
        let text = error?.description ?? ""
        #expect(text.contains("2025550100 expected a tone of 1000 Hz within 5.0 seconds"))
        #expect(text.contains("700 Hz") && text.contains("dials 1000") && text.contains("the call is answered"))
    }

    @Test("nobody is heard where nobody called")
    func noCall() {
        let world = Self.world { _ in 0 }
        let party = world.party("2025550100")
        #expect(throws: Unmet.self) { try party.hears(.beep) }
        #expect(throws: Unmet.self) { try party.expectsCall() }
    }

    @Test("a sound is not recognised as another one", arguments: [(700.0, 750.0), (1000, 900)])
    func otherTones(played: Double, expected: Double) {
        let world = Self.world { run in
            try await run.channel.answer()
            try await run.channel.tonePlayer.play(.once(played, for: .seconds(2)))
            return 0
        }
        let caller = world.party("2025550100")
        caller.dials("1000")
        #expect(throws: Unmet.self) { try caller.hears(.tone(expected), within: .seconds(5)) }
    }

    @Test("a text is not taken for another text")
    func otherText() throws {
        let world = Self.world { run in
            try await run.channel.answer()
            try await run.channel.say("one two three")
            try await run.channel.say("four five six")
            return 0
        }
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.hears(.text("four five"))
        let other = world.party("2025550101")
        other.dials("1000")
        #expect(throws: Unmet.self) { try other.hears(.text("two one"), within: .seconds(5)) }
    }

    @Test("an hour of sleep is an hour of the run and of its record, and a moment of the test")
    func anHour() throws {
        let world = Self.world { run in
            try await run.sleep(for: .seconds(3600))
            return 7
        }
        try world.start("1000")
        #expect(try world.results(within: .seconds(4000)) == [7])
        #expect(world.elapsed >= .seconds(3600) && world.elapsed < .seconds(3610))
        #expect(world.records[0].duration >= .seconds(3600))
    }

    @Test("a hang-up ends a sleep, and a run that throws has the result of −1")
    func hangUpDuringSleep() throws {
        let world = Self.world { run in
            try await run.channel.answer()
            try await run.sleep(for: .seconds(3600))
            return 7
        }
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsAnswer()
        caller.hangsUp()
        #expect(try world.results(within: .seconds(5)) == [-1])
    }

    @Test("the same seed gives the same call, sample by sample")
    func deterministic() throws {
        func heard(_ seed: UInt64) throws -> [Int16] {
            let world = Self.world(seed: seed) { run in
                try await run.channel.answer()
                async let digits = run.channel.dtmfDetector.getDigits(count: 2, predigits: .seconds(9))
                try await run.channel.tonePlayer.play(.ringing, for: .seconds(2))
                try await run.channel.dtmfPlayer.play(try await digits)
                try await run.channel.tonePlayer.play(.beep)
                return 0
            }
            let caller = world.party("2025550100")
            caller.dials("1000")
            caller.presses("42")
            try caller.hears(.beep)
            return caller.recording
        }
        let (first, second) = (try heard(5), try heard(5))
        #expect(first == second && first.count > 16_000)
    }

    @Test("over a network that loses five of a hundred datagrams digits arrive, each once")
    func lossyNetwork() throws {
        for seed in UInt64(1)...5 {
            var conditions = NetworkConditions.perfect
            conditions.lostPerMille = 50
            conditions.jitter = .milliseconds(40)
            let world = TestSwitch(seed: seed, network: conditions)
            world.serve("1000") { run in
                try await run.channel.answer()
                let digits = try await run.channel.dtmfDetector.getDigits(predigits: .seconds(10), end: "#")
                try await run.channel.dtmfPlayer.play(digits)
                return Int(digits) ?? -2
            }
            let caller = world.party("2025550100")
            caller.dials("1000")
            caller.presses("123456#")
            try caller.hears(.digits("123456"))
            #expect(try world.results() == [123_456])
        }
    }

    @Test("thirty callers at the same time are served, and nothing is left")
    func crowd() throws {
        let world = Self.world { run in
            try await run.channel.answer()
            try await run.channel.say("Hello.")
            return Int(run.channel.details.callFrom.suffix(2)) ?? -2
        }
        let callers = (10..<40).map { world.party("20255501\($0)") }
        for caller in callers { caller.dials("1000") }
        for caller in callers { try caller.hears(.text("Hello.")) }
        #expect(Set(try world.results(30)) == Set(10..<40))
        world.passes(.seconds(60))
        #expect(world.isQuiet)
    }
}
