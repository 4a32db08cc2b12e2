import Audio
import MartletTesting
import Testing
import VoiceApplications

/// Every built-in application, against callers of a script, with its audio.
@Suite struct BuiltinApplicationTests {
    /// A switch on which 1000 leads to a built-in application.
    static func world(_ name: String, parameters: [String: String] = [:]) -> TestSwitch {
        let world = TestSwitch()
        world.serve("1000", parameters: parameters) { run in
            try await ApplicationCatalogue.builtin.application(name)?.main(run) ?? -2
        }
        return world
    }

    @Test("the tone is heard for ten seconds, and then the call ends")
    func tone() throws {
        let world = Self.world("tone")
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsAnswer()
        try caller.hears(.tone(1000, for: .seconds(9)))
        try caller.expectsHangUp()
        #expect(try world.results() == [0])
        world.passes(.seconds(60))
        #expect(world.isQuiet)
    }

    @Test("the echo sends back what the caller says")
    func echo() throws {
        let world = Self.world("echo")
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsAnswer()
        let clip = AudioClip(.once(600, for: .milliseconds(500)))
        caller.says(clip)
        try caller.hears(.clip(clip))
        caller.hangsUp()
        _ = try world.results()
    }

    @Test("a call that is rejected as busy is refused with 486")
    func rejectBusy() throws {
        let world = Self.world("reject-busy")
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsRefusal(486)
        #expect(try world.results() == [0])
    }

    @Test("digits up to the square come back as digits")
    func digitEcho() throws {
        let world = Self.world("dtmf-echo")
        let caller = world.party("2025550100")
        caller.dials("1000")
        caller.presses("1234#")
        try caller.hears(.digits("1234"))
        caller.presses("99#")
        try caller.hears(.digits("99"))
        try caller.expectsHangUp(within: .seconds(40))
    }

    @Test("the front desk plays its prompt, and a digit during it leads on")
    func frontDesk() throws {
        let world = Self.world("front-desk")
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.expectsRinging()
        try caller.hears(.tone(700))
        try caller.hears(.tone(900))
        caller.presses("1")
        try caller.hears(.tone(1000, for: .seconds(5)))
        try caller.expectsHangUp()
        #expect(try world.results() == [0])
    }

    @Test("the front desk leads to the echo with 6")
    func frontDeskEcho() throws {
        let world = Self.world("front-desk")
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.hears(.tone(700))
        caller.presses("6")
        world.passes(.seconds(1))
        let clip = AudioClip(.once(600, for: .milliseconds(500)))
        caller.says(clip)
        try caller.hears(.clip(clip))
        caller.hangsUp()
        _ = try world.results()
    }

    @Test("who presses nothing at the front desk hears the prompt three times, and is let go")
    func silentCaller() throws {
        let world = Self.world("front-desk")
        let caller = world.party("2025550100")
        caller.dials("1000")
        for _ in 0..<3 { try caller.hears(.tone(1300)) }
        try caller.expectsHangUp()
        #expect(try world.results() == [1])
    }

    @Test("a message is recorded until its caller is silent; silence alone leaves no file")
    func voicemail() throws {
        let world = Self.world("voicemail")
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.hears(.beep)
        caller.speaks(for: .seconds(2))
        try caller.expectsHangUp()
        let second = world.party("2025550101")
        second.dials("1000")
        try second.expectsHangUp()
        #expect(try world.results(2) == [0, 0])
        #expect(world.recordings(in: "voicemail").count == 1)
    }

    @Test("voicemail says its greeting before the beep, and a digit skips it", arguments: [false, true])
    func greeting(isSkipped: Bool) throws {
        let world = Self.world("voicemail", parameters: ["greeting": "Nobody is here. Please leave a message."])
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.hears(.text("Nobody"))
        if isSkipped { caller.presses("1") } else { try caller.hears(.text("leave a message.")) }
        try caller.hears(.beep, within: .seconds(isSkipped ? 2 : 10))
        caller.speaks(for: .seconds(2))
        try caller.expectsHangUp()
        #expect(try world.results() == [0])
        #expect(world.recordings(in: "voicemail").count == 1)
    }

    @Test("voicemail whose greeting is a file that is not there beeps nevertheless")
    func missingGreeting() throws {
        let world = Self.world("voicemail", parameters: ["greeting": "none.wav"])
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.hears(.beep)
    }

    @Test("two callers in a conference hear each other, and not themselves")
    func conference() throws {
        let world = Self.world("conference")
        let (first, second) = (world.party("2025550100"), world.party("2025550101"))
        first.dials("1000")
        try first.hears(.beep)
        second.dials("1000")
        try second.hears(.beep)
        world.passes(.seconds(1))
        first.says(AudioClip(.once(800, for: .seconds(2))))
        try second.hears(.tone(800))
        second.says(AudioClip(.once(1500, for: .seconds(2))))
        try first.hears(.tone(1500))
        first.presses("#")
        try first.expectsHangUp()
    }

    @Test("a caller is transferred with ringback, and taken back when the target hangs up")
    func retrievableTransfer() throws {
        let world = Self.world("retrievable-transfer", parameters: ["to": "2025550199"])
        let (caller, target) = (world.party("2025550100"), world.party("2025550199", .answers(after: .seconds(3))))
        caller.dials("1000")
        try caller.hears(.ringback)
        try target.expectsAnswer()
        world.passes(.seconds(1))
        target.says(AudioClip(.once(1500, for: .seconds(1))))
        try caller.hears(.tone(1500))
        caller.says(AudioClip(.once(800, for: .seconds(1))))
        try target.hears(.tone(800))
        target.hangsUp()
        try caller.hears(.beep)
        try caller.expectsHangUp()
        #expect(try world.results() == [0])
    }

    @Test("a target that is busy is heard of as the busy tone")
    func refusedTransfer() throws {
        let world = Self.world("retrievable-transfer", parameters: ["to": "2025550199"])
        _ = world.party("2025550199", .refuses(486))
        let caller = world.party("2025550100")
        caller.dials("1000")
        try caller.hears(.busy)
        try caller.expectsHangUp()
        #expect(try world.results() == [2])
    }
}
