import Audio
import CallControl
import MartletTesting
import Synchronization
import Testing
import VoiceApplications

/// Applications that do what they should not: each ends as call-channel.md §0 and §3 say, and the next call never notices.
@Suite struct UnrulyApplicationTests {
    private struct Oops: Error {}

    /// A switch on which 1000 leads to a closure, and 2000 to the echo, in which somebody talks all the time.
    private struct Scene {
        let world = TestSwitch()
        let caller: Party
        let bystander: Party

        init(_ body: @escaping @Sendable (ApplicationRun) async throws -> Int) {
            world.serve("1000", body)
            world.serve("2000") { run in try await ApplicationCatalogue.builtin.application("echo")?.main(run) ?? -2 }
            caller = world.party("2025550100")
            bystander = world.party("2025550101")
        }

        /// The other call comes up, and then the caller's.
        func bothDial() throws {
            bystander.dials("2000")
            try bystander.expectsAnswer()
            caller.dials("1000")
        }

        /// The application, which throws while its caller and this target are in a call, ends both and nothing else.
        func expectsBothHungUp(with number: String) throws {
            let target = world.party(number)
            try bothDial()
            try target.expectsAnswer()
            try target.expectsHangUp()
            try caller.expectsHangUp()
            #expect(try world.results() == [-1])
            try expectsNobodyElseNoticed()
        }

        /// The other call is as it was, and when it has ended nothing is left.
        func expectsNobodyElseNoticed() throws {
            let clip = AudioClip(.once(600, for: .milliseconds(500)))
            bystander.says(clip)
            try bystander.hears(.clip(clip))
            bystander.hangsUp()
            world.passes(.seconds(60))
            #expect(world.isQuiet)
        }
    }

    @Test("an error that is thrown in an answered call hangs up, and the result is −1")
    func throwsWhenAnswered() throws {
        let scene = Scene { run in
            try await run.channel.answer()
            try await run.sleep(for: .seconds(1))
            throw Oops()
        }
        try scene.bothDial()
        try scene.caller.expectsHangUp()
        #expect(try scene.world.results() == [-1])
        try scene.expectsNobodyElseNoticed()
    }

    @Test("an error that is thrown before the answer refuses the caller", arguments: [false, true])
    func throwsBeforeAnswer(isRinging: Bool) throws {
        let scene = Scene { run in
            if isRinging { try await run.channel.ring(for: .seconds(1)) }
            throw Oops()
        }
        try scene.bothDial()
        try scene.caller.expectsRefusal()
        #expect((400...699).contains(scene.caller.status ?? 0))
        #expect(try scene.world.results() == [-1])
        try scene.expectsNobodyElseNoticed()
    }

    @Test("an error that is thrown while two calls are connected ends both")
    func throwsWhenConnected() throws {
        let scene = Scene { run in
            try await run.channel.answer()
            _ = try await run.extraChannels[0].call(to: "2025550199")
            try await run.channel.connect(run.extraChannels[0])
            try await run.sleep(for: .seconds(1))
            throw Oops()
        }
        try scene.expectsBothHungUp(with: "2025550199")
    }

    @Test("an error that is thrown while transferred ends the call and its target")
    func throwsWhenTransferred() throws {
        let scene = Scene { run in
            try await run.channel.answer()
            let other = run.extraChannels[0]
            guard try await run.channel.retrievableTransfer(to: "2025550199", using: other) == .transferred else {
                return 3
            }
            try await run.sleep(for: .seconds(1))
            throw Oops()
        }
        try scene.expectsBothHungUp(with: "2025550199")
    }

    @Test("who leaves without a hang-up is hung up for, whatever plays, records and collects")
    func leaves() throws {
        let scene = Scene { run in
            try await run.channel.answer()
            let channel = run.channel
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await channel.tonePlayer.play(.continuous(440)) }
                group.addTask { try await channel.fileRecorder.record("left.wav") }
                group.addTask { _ = try await channel.dtmfDetector.getDigits(predigits: .seconds(600)) }
                try await run.sleep(for: .seconds(2))
                group.cancelAll()
                return 4
            }
        }
        try scene.bothDial()
        try scene.caller.hears(.tone(440))
        try scene.caller.expectsHangUp()
        #expect(try scene.world.results() == [4])
        #expect(scene.world.recordings() == ["left.wav"])
        try scene.expectsNobodyElseNoticed()
    }

    @Test("who leaves before the answer refuses the caller, and the result is his own")
    func leavesUnanswered() throws {
        let scene = Scene { _ in 5 }
        try scene.bothDial()
        try scene.caller.expectsRefusal()
        #expect(try scene.world.results() == [5])
        try scene.expectsNobodyElseNoticed()
    }

    @Test("who takes no notice of the end of the call goes on, and is told Hangup by whatever needs one")
    func takesNoNotice() throws {
        let scene = Scene { run in
            try await run.channel.answer()
            var refusals = 0
            while refusals < 500 {
                do {
                    try await run.channel.tonePlayer.play(.continuous(440), for: .seconds(60))
                } catch let error as CallError where error.code == .hangup {
                    refusals += 1
                } catch {
                    return -5
                }
            }
            return run.channel.state == .idle && Task.isCancelled ? refusals : -6
        }
        try scene.bothDial()
        try scene.caller.hears(.tone(440))
        scene.caller.hangsUp()
        #expect(try scene.world.results() == [500])
        try scene.expectsNobodyElseNoticed()
    }

    @Test("what is done after the end of the call, past the cancellation, lasts as long as it does; the record says so")
    func worksOn() throws {
        let scene = Scene { run in
            try await run.channel.answer()
            do {
                try await run.sleep(for: .seconds(3_600))
            } catch {
                // Work that is no child of the run is not cancelled with it.
                await Task {}.value
            }
            return run.channel.details.callFrom == "2025550100" ? 6 : 7
        }
        try scene.bothDial()
        try scene.caller.expectsAnswer()
        scene.world.passes(.seconds(2))
        scene.caller.hangsUp()
        #expect(try scene.world.results() == [6])
        try scene.expectsNobodyElseNoticed()
    }

    @Test("a channel that is kept after its run is IDLE, and every verb of it says that the run has ended")
    func keptChannel() async throws {
        let kept = Mutex<[CallChannel]>([])
        let scene = Scene { run in
            try await run.channel.answer()
            kept.withLock { $0 = [run.channel] + run.extraChannels }
            return 8
        }
        try scene.bothDial()
        try scene.caller.expectsHangUp()
        #expect(try scene.world.results() == [8])
        let channels = kept.withLock { $0 }
        #expect(channels.count == 4)
        for channel in channels {
            #expect(channel.state == .idle)
            let verbs: [() async throws -> Void] = [
                { try await channel.answer() }, { try await channel.call(to: "2000") }, { try await channel.hangUp() },
                { try await channel.tonePlayer.play(.beep) }, { try await channel.waitForIdle() },
                { _ = try await channel.dtmfDetector.getDigits(predigits: .seconds(1)) },
            ]
            for verb in verbs {
                let error = await #expect(throws: CallError.self) { try await verb() }
                #expect(error?.code == .stopped && error?.message.contains("run") == true)
            }
            for try await _ in channel.events { Issue.record("an event of a channel whose run has ended") }
        }
        #expect(channels.first?.details.callFrom == "2025550100")
        try scene.expectsNobodyElseNoticed()
    }

    @Test("a hundred callers of an application that throws are refused one by one, and nothing is left")
    func hundred() throws {
        let world = TestSwitch()
        world.serve("1000") { run in
            try await run.channel.answer()
            throw Oops()
        }
        let callers = (0..<100).map { world.party("2025550\(100 + $0)") }
        for caller in callers { caller.dials("1000") }
        #expect(try world.results(100).allSatisfy { $0 == -1 })
        for caller in callers { try caller.expectsHangUp() }
        world.passes(.seconds(60))
        #expect(world.isQuiet)
    }
}
