import Martlet
import MartletTesting
import Testing

/// The examples in which a caller talks to the machine.
@Suite struct MenuExampleTests {
    @Test("1: rings for two seconds, answers, and waits for the caller to hang up")
    func answerAndWait() throws {
        let example = ExampleWorld("answer-and-wait")
        example.caller.dials("1000")
        try example.caller.expectsRinging()
        example.world.passes(.seconds(1))
        #expect(!example.caller.isInCall)
        try example.caller.expectsAnswer()
        example.world.passes(.seconds(600))
        #expect(example.caller.isInCall)
        example.caller.hangsUp()
        try example.world.results()
    }

    @Test("3: a digit during the menu branches at once")
    func menu() throws {
        let example = ExampleWorld("menu")
        try example.answeredCall()
        try example.caller.hears(.text("For opening hours"))
        example.caller.presses("2")
        try example.caller.hears(.text("We are at the harbour."))
        try example.caller.expectsHangUp()
        #expect(try example.world.results() == [0])
    }

    @Test("3: a wrong digit and then nothing repeat the menu")
    func menuRepeated() throws {
        let example = ExampleWorld("menu")
        try example.answeredCall()
        example.caller.presses("9")
        for _ in 0..<2 { try example.caller.hears(.text("for our address press two.")) }
        try example.caller.hears(.text("Goodbye."))
        #expect(try example.world.results() == [1])
    }

    @Test("3: a caller who hangs up in the middle ends the run")
    func menuAbandoned() throws {
        let example = ExampleWorld("menu")
        try example.answeredCall()
        example.world.passes(.seconds(1))
        example.caller.hangsUp()
        #expect(try example.world.results() == [-1])
        example.world.passes(.seconds(60))
        #expect(example.world.isQuiet)
    }

    @Test("4: a number is said back and confirmed")
    func numberEntry() throws {
        let example = ExampleWorld("number-entry")
        try example.answeredCall()
        try example.caller.hears(.text("Please enter"))
        example.caller.presses("47#")
        try example.caller.hears(.text("You entered 4 7."))
        try example.caller.hears(.text("Press one."))
        example.caller.presses("1")
        try example.caller.hears(.text("Thank you."))
        #expect(try example.world.results() == [0])
    }

    @Test("5: a message is kept in the mailbox of the number that was dialled")
    func voicemail() throws {
        let example = ExampleWorld("voicemail-deposit")
        try example.answeredCall()
        try example.caller.hears(.beep)
        example.caller.speaks(for: .seconds(2))
        try example.caller.hears(.text("Thank you. Goodbye."))
        #expect(try example.world.results() == [0])
        #expect(example.world.recordings(in: "mailbox/1000").count == 1)
    }

    @Test("5: silence leaves no message")
    func emptyVoicemail() throws {
        let example = ExampleWorld("voicemail-deposit")
        try example.answeredCall()
        try example.caller.expectsHangUp()
        #expect(try example.world.results() == [1])
        #expect(example.world.recordings(in: "drafts").isEmpty)
    }

    @Test("7: one caller is busy, another gets 603 after 301 could not be sent, a third is welcome")
    func screening() throws {
        let example = ExampleWorld("call-screening", parameters: ["busy": "2025550666", "moved": "2025550301"])
        let (busy, moved) = (example.world.party("2025550666"), example.world.party("2025550301"))
        busy.dials("1000")
        try busy.expectsRefusal(486)
        moved.dials("1000")
        try moved.expectsRefusal(603)
        try example.answeredCall()
        try example.caller.hears(.text("Welcome."))
        #expect(try example.world.results(3) == [1, 1, 0])
    }

    @Test("25: yes, no, and something else")
    func yesOrNo() throws {
        let example = ExampleWorld("yes-or-no")
        try example.answeredCall()
        example.caller.presses("7")
        try example.caller.hears(.text("I did not understand."))
        try example.caller.hears(.text("Do you agree?"))
        example.caller.presses("2")
        try example.caller.hears(.text("No."))
        #expect(try example.world.results() == [1])
    }

    @Test("15: a guest hears it ring until the leader comes, 0 mutes, 1 ends that, and the square leaves")
    func conference() throws {
        let example = ExampleWorld("conference-room", parameters: ["pin": "4712", "leader": "4711"])
        let guest = example.world.party("2025550101")
        try enter(guest, "4712")
        try guest.hears(.ringback)
        try enter(example.caller, "4711")
        example.world.passes(.seconds(1))
        guest.says(AudioClip(.once(800, for: .seconds(1))))
        try example.caller.hears(.tone(800))
        guest.presses("0")
        example.world.passes(.seconds(2))
        guest.says(AudioClip(.once(1500, for: .seconds(1))))
        try example.caller.doesNotHear(.tone(1500), for: .seconds(3))
        guest.presses("1")
        guest.says(AudioClip(.once(1500, for: .seconds(1))))
        try example.caller.hears(.tone(1500))
        guest.presses("#")
        try guest.hears(.text("Goodbye."))
        try example.caller.hears(.text("has left."))
        #expect(try example.world.results() == [0])
        #expect(example.caller.isInCall)
    }

    @Test("15: the room ends with its leader, and who does not know a PIN never comes in")
    func conferenceEnded() throws {
        let example = ExampleWorld("conference-room", parameters: ["pin": "4712", "leader": "4711"])
        let (guest, stranger) = (example.world.party("2025550101"), example.world.party("2025550102"))
        try enter(example.caller, "4711")
        try enter(guest, "4712")
        stranger.dials("1000")
        try stranger.expectsAnswer()
        stranger.presses("0000")
        try stranger.hears(.text("Goodbye."), within: .seconds(40))
        #expect(guest.isInCall)
        example.caller.presses("#")
        try guest.hears(.text("Goodbye."))
        #expect(try example.world.results(3).sorted() == [0, 0, 1])
        example.world.passes(.seconds(60))
        #expect(example.world.isQuiet)
    }

    private func enter(_ party: Party, _ pin: String) throws {
        party.dials("1000")
        try party.hears(.text("Please enter your PIN."))
        party.presses(pin)
        party.world.passes(.seconds(2))
    }
}
