import Audio
import CallControl
import MediaSessions
import SwitchEngine
import Testing

@testable import VoiceApplications

@Suite("Runs of inbound applications", .timeLimit(.minutes(5)))
struct ApplicationRunTests {
    private struct Oops: Error {}

    /// Waits until its task is cancelled.
    @Sendable private static func forEver(_ run: ApplicationRun) async throws -> Int {
        let (never, sink) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        sink.finish()
        try Task.checkCancellation()
        return 5
    }

    private func isEmpty(_ scene: Scene) -> Bool {
        scene.host.shared.withLock {
            $0.links.isEmpty && $0.tasks.isEmpty && $0.primaries.isEmpty && $0.waiting.isEmpty
        }
    }

    @Test("A call is given to its application, whose result is in the record, and all its channels are closed")
    func result() async {
        let scene = Scene { run in
            run.extraChannels.count == 3 && run.outboundParameters == nil && run.channel.state == .callIncoming ? 42 : 0
        }
        scene.offer(1)
        let record = await scene.record()
        #expect(record.result == 42)
        #expect(record.direction == .inbound)
        #expect([record.application, record.caller, record.parameters] == ["app", "2025550100", "a=1 b=2"])
        #expect(scene.host.status(of: record.run) == .completed(42))
        let first = await scene.port.closed()
        #expect(first == ChannelID(rawValue: 1))
        for _ in 0..<3 { #expect(await scene.port.closed().rawValue > ApplicationHost.firstOwnChannel) }
        #expect(isEmpty(scene))
    }

    @Test("A run whose call ends during a play asks nothing more of the switch, and closes all its channels at once")
    func endsBriefly() async throws {
        let scene = Scene { run in
            let cause = try await run.channel.filePlayer.play([AudioClip(.once(440, for: .seconds(1)))])
            do {
                _ = try await run.channel.dtmfDetector.getDigits(count: 1)
            } catch let error as CallError where error.code == .hangup {
                return cause == .hangup ? 7 : 8
            }
            return 9
        }
        scene.offer(1)
        guard case .play(let job, _, _) = await scene.port.media().command else {
            Issue.record("nothing is played")
            return
        }
        scene.hangUp(1)
        scene.host.receive([.media(ChannelID(rawValue: 1), .played(job, .hangup))])
        #expect(await scene.record().result == 7)
        let (stop, close) = (await scene.port.command(), await scene.port.command())
        guard case .media(_, .stop(.filePlayer)) = stop, case .close(ChannelID(rawValue: 1)) = close else {
            Issue.record("other commands: \(stop), \(close)")
            return
        }
        #expect(scene.port.batches.withLock { $0 } == [3, 1, 1, 4])
    }

    @Test(
        "A call for an application that is not provisioned, or that no program is, is rejected with NOCHANNELS",
        arguments: ["a-2", "a-3", ""])
    func unknown(_ application: String) async {
        let scene = Scene { _ in 0 }
        scene.offer(1, application)
        let asked = await scene.port.verb()
        #expect(asked.verb == .reject(.noChannels, raw: nil))
        #expect(await scene.port.closed() == ChannelID(rawValue: 1))
        #expect(isEmpty(scene))
    }

    @Test("A call beyond the maximum of runs is rejected; when a run is over, the next one is taken")
    func maximum() async {
        let scene = Scene(maximumRuns: 1, Self.forEver)
        scene.offer(1)
        scene.offer(2)
        #expect(await scene.port.verb().channel == ChannelID(rawValue: 2))
        scene.hangUp(1)
        _ = await scene.record()
        scene.offer(3)
        scene.hangUp(3)
        #expect(await scene.record().result == -1)
        #expect(isEmpty(scene))
    }

    @Test("A caller who hangs up cancels the application's task, and another run goes on")
    func hangUp() async {
        let scene = Scene(Self.forEver)
        scene.offer(1)
        scene.offer(2)
        scene.hangUp(1)
        #expect(await scene.record().result == -1)
        #expect(scene.host.shared.withLock { $0.tasks.count } == 1)
        scene.hangUp(2)
        _ = await scene.record()
        #expect(isEmpty(scene))
    }

    @Test("A caller who is gone before the application could begin cancels its task, too", arguments: 0..<50)
    func fastHangUp(_ attempt: Int) async {
        let scene = Scene(Self.forEver)
        let id = ChannelID(rawValue: 1)
        scene.host.receive([.offered(id, application: "a-1", report(.callIncoming)), .changed(id, report(.idle))])
        #expect(await scene.record().result == -1)
        #expect(isEmpty(scene))
    }

    @Test("A call that came in already gone cancels the task")
    func offeredIdle() async {
        let scene = Scene(Self.forEver)
        scene.host.receive([.offered(ChannelID(rawValue: 1), application: "a-1", report(.idle))])
        #expect(await scene.record().result == -1)
    }

    @Test("A verb under way when the caller hangs up is given up, and the run may still say its result")
    func abandoned() async {
        let scene = Scene { run in
            let state = try await run.channel.waitForIdle()
            return state == .idle && Task.isCancelled ? 3 : 4
        }
        scene.offer(1)
        let asked = await scene.port.verb()
        scene.hangUp(1)
        #expect(await scene.port.abandoned() == asked.id)
        scene.host.receive([.completed(asked.channel, asked.id, .state(.idle))])
        #expect(await scene.record().result == 3)
        #expect(isEmpty(scene))
    }

    @Test("An error that is thrown out of an application ends its call with the result −1; another run goes on")
    func thrown() async {
        let scene = Scene { run in
            if run.channel.id.rawValue == 1 { throw Oops() }
            return try await run.channel.answer() == .answered ? 7 : 8
        }
        scene.offer(2)
        let asked = await scene.port.verb()
        scene.offer(1)
        #expect(await scene.record().result == -1)
        #expect(await scene.port.closed() == ChannelID(rawValue: 1))
        scene.host.receive([.completed(asked.channel, asked.id, .state(.answered))])
        #expect(await scene.record().result == 7)
        #expect(isEmpty(scene))
    }

    @Test("A host that stops cancels its runs, waits for them, and takes no more calls")
    func stops() async {
        let scene = Scene(Self.forEver)
        scene.offer(1)
        await scene.host.stop(within: .seconds(86_400))
        #expect(await scene.record().result == -1)
        scene.offer(2)
        #expect(await scene.port.verb().verb == .reject(.noChannels, raw: nil))
        #expect(isEmpty(scene))
    }

    @Test("A host that stops does not wait for ever for an application that will not end")
    func stopsInSpite() async {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let scene = Scene { _ in
            await Task { for await _ in gate {} }.value
            return 1
        }
        scene.offer(1)
        await scene.host.stop(within: .milliseconds(1))
        #expect(scene.host.shared.withLock { $0.tasks.count } == 1)
        open.finish()
        #expect(await scene.record().result == 1)
    }

    @Test("Notices about channels that nobody knows change nothing")
    func strangers() {
        let scene = Scene { _ in 0 }
        let id = ChannelID(rawValue: 99)
        scene.host.receive([
            .changed(id, report(.idle)), .completed(id, VerbID(rawValue: 1), .done(true)),
            .media(id, .activity(isActive: true)), .information(id, contentType: [], body: []),
        ])
        #expect(isEmpty(scene))
    }
}
