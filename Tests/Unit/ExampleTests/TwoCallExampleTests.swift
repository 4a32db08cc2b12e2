import Martlet
import MartletTesting
import Testing

/// The examples in which applications call somebody.
@Suite struct TwoCallExampleTests {
    private static let low = AudioClip(.once(600, for: .seconds(1)))
    private static let high = AudioClip(.once(1500, for: .seconds(1)))

    /// Both sides hear each other.
    private func talk(_ one: Party, _ other: Party) throws {
        one.world.passes(.milliseconds(500))
        one.says(Self.low)
        try other.hears(.tone(600))
        other.says(Self.high)
        try one.hears(.tone(1500))
    }

    @Test("9: caller and agent talk, the conversation is recorded, and one who leaves ends it")
    func bridge() throws {
        let example = ExampleWorld("bridge", parameters: ["agent": "2025550101"])
        let agent = example.world.party("2025550101")
        try example.answeredCall()
        try agent.expectsAnswer()
        try talk(example.caller, agent)
        agent.hangsUp()
        try example.caller.expectsHangUp()
        #expect(try example.world.results() == [0])
        #expect(example.world.recordings(in: "bridges").count == 1)
    }

    @Test("9: an agent who is busy leaves the caller with a word")
    func busyAgent() throws {
        let example = ExampleWorld("bridge", parameters: ["agent": "2025550101"])
        _ = example.world.party("2025550101", .refuses(486))
        try example.answeredCall()
        try example.caller.hears(.text("Nobody is free."))
        #expect(try example.world.results() == [1])
    }

    @Test("10: the first is busy, the second lets it ring for 20 seconds, the third answers")
    func followMe() throws {
        let example = ExampleWorld("follow-me", parameters: ["numbers": "2025550101 2025550102 2025550103"])
        _ = example.world.party("2025550101", .refuses(486))
        let second = example.world.party("2025550102", .rings)
        let third = example.world.party("2025550103")
        try example.answeredCall()
        try example.caller.hears(.tone(425))
        try second.expectsCall()
        try third.expectsAnswer(within: .seconds(40))
        #expect(second.status == 487)
        try talk(example.caller, third)
        example.caller.hangsUp()
        try third.expectsHangUp()
    }

    @Test("11: all ring, the first who answers has the caller, the others stop ringing")
    func parallelRing() throws {
        let example = ExampleWorld("parallel-ring", parameters: ["numbers": "2025550101 2025550102"])
        let slow = example.world.party("2025550101", .rings)
        let quick = example.world.party("2025550102", .answers(after: .seconds(3)))
        try example.answeredCall()
        #expect(quick.isInCall)
        try talk(example.caller, quick)
        #expect(slow.status == 487)
        example.caller.hangsUp()
        try quick.expectsHangUp()
    }

    @Test("12: the caller hears it ring, talks, and is asked afterwards whether there is anything else")
    func transfer() throws {
        let example = ExampleWorld("transfer-with-return", parameters: ["to": "2025550101"])
        let target = example.world.party("2025550101", .answers(after: .seconds(4)))
        try example.answeredCall()
        try example.caller.hears(.tone(400, 450, for: .milliseconds(300)))
        try target.expectsAnswer()
        try talk(example.caller, target)
        target.hangsUp()
        try example.caller.hears(.text("Is there anything else?"))
        #expect(try example.world.results() == [0])
    }

    @Test("12: a target that is busy, and one that never answers", arguments: [true, false])
    func failedTransfer(isBusy: Bool) throws {
        let example = ExampleWorld("transfer-with-return", parameters: ["to": "2025550101"])
        _ = example.world.party("2025550101", isBusy ? .refuses(486) : .rings)
        try example.answeredCall()
        try example.caller.hears(.text(isBusy ? "They are busy." : "They do not answer."), within: .seconds(90))
        #expect(try example.world.results() == [1])
    }

    @Test("13: the application takes the caller back after ten seconds")
    func recall() throws {
        let example = ExampleWorld("recall", parameters: ["to": "2025550101"])
        let target = example.world.party("2025550101")
        try example.answeredCall()
        try target.expectsAnswer()
        try talk(example.caller, target)
        try example.caller.hears(.text("Your time is over."))
        #expect(target.status == 200 && !target.isInCall)
        #expect(try example.world.results() == [0])
    }

    @Test("14: the caller talks to the other service by digits, and is back when that hangs up")
    func service() throws {
        let example = ExampleWorld("transfer-to-service", parameters: ["service": "2000"])
        example.world.serve("2000") { run in
            try await ApplicationCatalogue.examples.application("menu")?.main(run) ?? -2
        }
        try example.answeredCall()
        try example.caller.hears(.text("We are putting you through."))
        try example.caller.hears(.ringback)
        try example.caller.hears(.text("For opening hours"))
        example.caller.presses("2")
        try example.caller.hears(.text("We are at the harbour."))
        try example.caller.hears(.text("Thank you for calling."))
        #expect(try example.world.results(2) == [0, 0])
        example.world.passes(.seconds(60))
        #expect(example.world.isQuiet)
    }

    @Test("14: a service that is not there leaves the caller with a word")
    func noService() throws {
        let example = ExampleWorld("transfer-to-service", parameters: ["service": "nobody"])
        try example.answeredCall()
        try example.caller.hears(.text("They are closed."))
        #expect(try example.world.results() == [1])
    }

    /// Something with the rhythm of speech, and no pure tone.
    private static func words(for time: Duration) -> AudioClip {
        AudioClip(
            TonePlan(
                [Tone(700, dBm0: -15), Tone(1100, dBm0: -15), Tone(1700, dBm0: -15)],
                cadences: [TonePlan.Cadence(on: time, off: .zero)], isRepeated: false))
    }

    @Test("18: a person who says a word hears the message at once, and a fax machine none")
    func detection() throws {
        let example = ExampleWorld("dialler")
        let (person, fax) = (example.world.party("2025550101"), example.world.party("2025550102"))
        let runs = try example.start("2025550101,2025550102", delimiter: ",")
        try person.expectsAnswer()
        try fax.expectsAnswer()
        person.says(Self.words(for: .milliseconds(700)))
        fax.says(AudioClip(.once(2100, for: .seconds(2))))
        try fax.expectsHangUp(within: .seconds(2))
        try person.hears(.text("Your parcel is here."), within: .seconds(4))
        try example.world.results(2)
        #expect(runs.map(example.world.status) == [.completed(1), .completed(6)])
    }

    @Test("18: an answering machine gets the message after its beep")
    func machine() throws {
        let example = ExampleWorld("dialler")
        let machine = example.world.party("2025550101")
        let runs = try example.start("2025550101")
        try machine.expectsAnswer()
        machine.says(Self.words(for: .seconds(4)))
        machine.says(AudioClip(.once(1000, for: .milliseconds(500))))
        try machine.doesNotHear(.text("Your parcel is here."), for: .milliseconds(4400))
        try machine.hears(.text("Your parcel is here."), within: .seconds(4))
        try example.world.results()
        #expect(runs.map(example.world.status) == [.completed(5)])
    }

    @Test("18: three are called: one confirms, one is busy, one never answers")
    func dialler() throws {
        let example = ExampleWorld("dialler")
        let willing = example.world.party("2025550101")
        _ = example.world.party("2025550102", .refuses(486))
        _ = example.world.party("2025550103", .rings)
        let runs = try example.start("2025550101,2025550102,2025550103", delimiter: ",")
        try willing.hears(.text("Your parcel is here."))
        willing.presses("1")
        try willing.hears(.text("We look forward to it."))
        try example.world.results(3)
        #expect(runs.map(example.world.status) == [.completed(0), .completed(2), .completed(3)])
    }

    @Test("19: who presses three talks to the agent")
    func reminder() throws {
        let example = ExampleWorld("reminder", parameters: ["agent": "2025550109"])
        let patient = example.world.party("2025550101")
        let agent = example.world.party("2025550109")
        let runs = try example.start("2025550101")
        try patient.hears(.text("Your appointment is tomorrow"))
        patient.presses("3")
        try agent.expectsAnswer()
        try talk(patient, agent)
        patient.hangsUp()
        try example.world.results()
        #expect(example.world.status(of: runs[0]) == .completed(3))
    }

    @Test("19: a busy line is called three times, a minute apart, in a moment of the test's time")
    func busyLine() throws {
        let example = ExampleWorld("reminder")
        _ = example.world.party("2025550101", .refuses(486))
        _ = try example.start("2025550101")
        #expect(try example.world.results(within: .seconds(180)) == [9])
        #expect(example.world.elapsed > .seconds(119))
    }

    @Test("21: the second in line is told so, and is connected when the first has gone")
    func queue() throws {
        let example = ExampleWorld("call-queue", parameters: ["agent": "2025550109"])
        let agent = example.world.party("2025550109")
        let second = example.world.party("2025550101")
        try example.answeredCall()
        try agent.expectsAnswer()
        agent.manner = .refuses(486)
        second.dials("1000")
        try second.hears(.text("There are 1 callers before you."))
        try talk(example.caller, agent)
        example.caller.hangsUp()
        try agent.expectsHangUp()
        agent.manner = .answers(after: .seconds(1))
        example.world.passes(.seconds(30))
        #expect(agent.isInCall)
        try talk(second, agent)
        second.hangsUp()
        try agent.expectsHangUp()
    }

    @Test("22: two are called and connected")
    func clickToCall() throws {
        let example = ExampleWorld("click-to-call")
        let (first, second) = (example.world.party("2025550101"), example.world.party("2025550102"))
        _ = try example.start("2025550101 2025550102")
        try first.hears(.text("We are calling the other side."))
        try second.expectsAnswer()
        try talk(first, second)
        second.hangsUp()
        try first.expectsHangUp()
        #expect(try example.world.results() == [0])
    }
}
