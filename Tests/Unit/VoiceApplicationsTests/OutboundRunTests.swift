import CallControl
import SwitchEngine
import Synchronization
import Testing

@testable import VoiceApplications

@Suite("Runs that are started from outside", .timeLimit(.minutes(5)))
struct OutboundRunTests {
    @Test("A service is started as often as was asked, each run with channels of the account and the same parameters")
    func count() async throws {
        let scene = Scene { $0.outboundParameters == "x y" ? 1 : 0 }
        let runs = try scene.host.start(Scene.service, outboundParameters: "x y", count: 3)
        #expect(Set(runs).count == 3)
        for _ in 0..<12 { #expect(await scene.port.opened() == 7) }
        for _ in 0..<3 {
            let record = await scene.record()
            #expect(record.direction == .outbound)
            #expect(record.result == 1)
            #expect(record.outboundParameters == "x y")
        }
        for run in runs { #expect(scene.host.status(of: run) == .completed(1)) }
        #expect(scene.host.shared.withLock { $0.links.isEmpty && $0.tasks.isEmpty })
    }

    @Test("With a delimiter there is one run for each piece of the parameters; empty pieces are left out")
    func delimiter() async throws {
        let scene = Scene { Int($0.outboundParameters ?? "") ?? -2 }
        let runs = try scene.host.start(Scene.service, outboundParameters: "11;22;;33;", delimiter: ";")
        #expect(runs.count == 3)
        for _ in runs { _ = await scene.record() }
        #expect(runs.map(scene.host.status) == [.completed(11), .completed(22), .completed(33)])
    }

    @Test(
        "Parameters with ^, |, control characters or anything beyond 7 bits start nothing",
        arguments: ["a^b", "|", "a\u{7}", "tab\t", "line\n", "é", "\u{7F}", "\u{1F600}"])
    func characters(_ parameters: String) {
        let scene = Scene { _ in 0 }
        #expect(throws: ApplicationHost.StartError.self) {
            try scene.host.start(Scene.service, outboundParameters: parameters)
        }
        #expect(scene.host.queueLength() == 0)
        #expect(scene.host.shared.withLock { $0.runs.isEmpty })
    }

    @Test("A count below 1 or above the maximum starts nothing", arguments: [0, -1, 1_001, Int.max])
    func counts(_ count: Int) {
        let scene = Scene { _ in 0 }
        #expect(throws: ApplicationHost.StartError.badCount(1_000)) {
            try scene.host.start(Scene.service, count: count)
        }
    }

    @Test("An application that no program is, or without an account, is not started")
    func refused() {
        let scene = Scene { _ in 0 }
        #expect(throws: ApplicationHost.StartError.unknownApplication("none")) {
            try scene.host.start(.init(application: "none", account: 1))
        }
        #expect(throws: ApplicationHost.StartError.noAccount) { try scene.host.start(.init(application: "app")) }
    }

    @Test("Runs beyond the maximum are QUEUED in their order, can be CANCELLED, and run when there is room")
    func queue() async throws {
        let scene = Scene(maximumRuns: 1) { run in try await run.channel.call(to: "1") == .answered ? 1 : 0 }
        let runs = try scene.host.start(Scene.service, count: 3)
        let first = await scene.port.verb()
        #expect(runs.map { scene.host.status(of: $0).name } == ["RUNNING", "QUEUED", "QUEUED"])
        #expect(scene.host.queueLength() == 2)
        #expect(scene.host.cancel(runs[1]))
        #expect(!scene.host.cancel(runs[1]))
        scene.host.receive([.completed(first.channel, first.id, .state(.answered))])
        let third = await scene.port.verb()
        #expect(runs.map { scene.host.status(of: $0).name } == ["COMPLETED", "CANCELLED", "RUNNING"])
        scene.host.receive([.completed(third.channel, third.id, .state(.idle))])
        _ = await scene.record()
        #expect(await scene.record().result == 0)
        #expect(scene.host.status(of: "0.0") == .unknown)
        #expect(scene.host.queueLength() == 0)
    }

    @Test("A run that waits is one of its application as it is then; where that has gone it is COULDNOTRUN")
    func provisionedAnew() async throws {
        let scene = Scene(maximumRuns: 1) { run in
            try await run.channel.call(to: run.parameters["to"] ?? "") == .answered ? 1 : 0
        }
        var (staying, going) = (Scene.service, Scene.service)
        (staying.id, going.id) = ("stays", "goes")
        scene.host.adopt(["stays": staying, "goes": going])
        let runs = try scene.host.start(staying, count: 2) + scene.host.start(going, count: 2)
        let first = await scene.port.verb()
        staying.parameters = ["to": "22"]
        scene.host.adopt(["stays": staying])
        let names = runs.map { scene.host.status(of: $0).name }
        #expect(names == ["RUNNING", "QUEUED", "COULDNOTRUN", "COULDNOTRUN"])
        #expect(scene.host.status(of: runs[2]).detail.contains("no longer"))
        #expect(scene.host.queueLength() == 1)
        scene.host.receive([.completed(first.channel, first.id, .state(.idle))])
        let second = await scene.port.verb()
        #expect(second.arguments.callTo == Array("22".utf8))
        scene.host.receive([.completed(second.channel, second.id, .state(.answered))])
        _ = await scene.record()
        #expect(await scene.record().result == 1)
    }

    @Test("Cancelling a service cancels the runs that wait first: none begins in the place of one that ends")
    func cancelsAll() async throws {
        let begun = Mutex(0)
        let scene = Scene(maximumRuns: 1) { run in
            begun.withLock { $0 += 1 }
            _ = try await run.channel.call(to: "1")
            return 0
        }
        var service = Scene.service
        service.id = "a-1"
        let runs = try scene.host.start(service, count: 3)
        let first = await scene.port.verb()
        #expect(scene.host.cancelAll(of: "a-1") == 3)
        #expect(await scene.port.abandoned() == first.id)
        scene.host.receive([.completed(first.channel, first.id, .state(.idle))])
        _ = await scene.record()
        #expect(begun.withLock { $0 } == 1)
        #expect(runs.allSatisfy { scene.host.status(of: $0) == .cancelled })
        #expect(scene.host.queueLength() == 0)
    }

    @Test("A thousand runs at once: each has its result, its record and its name, and nothing is left")
    func thousand() async throws {
        let scene = Scene(maximumRuns: 300) { Int($0.outboundParameters ?? "") ?? -2 }
        let pieces = (1...1000).map { "\($0)" }
        let runs = try scene.host.start(
            Scene.service, outboundParameters: pieces.joined(separator: ";"), delimiter: ";")
        #expect(Set(runs).count == 1000)
        var results: Set<Int> = []
        for _ in 0..<1000 { results.insert(await scene.record().result) }
        #expect(results == Set(1...1000))
        #expect(zip(runs, 1...).allSatisfy { scene.host.status(of: $0) == .completed($1) })
        #expect(scene.host.shared.withLock { $0.links.isEmpty && $0.tasks.isEmpty && $0.waiting.isEmpty })
    }

    @Test("The record's line has its fields in order, and no control character can break it")
    func line() async throws {
        let scene = Scene { _ in 4 }
        _ = try scene.host.start(Scene.service, outboundParameters: "to 1")
        var record = await scene.record()
        record.parameters = "a=\n"
        let fields = record.line(at: record.started).split(separator: " ", maxSplits: 4).map(String.init)
        #expect(fields[1...3] == ["outbound", "app", record.run])
        #expect(record.line(at: record.started).hasSuffix(" 4 NA [a=?] [to 1]"))
    }

    /// Calls, and when that is over in whatever way says whether it was cancelled.
    @Sendable private static func callThenTell(_ run: ApplicationRun) async throws -> Int {
        _ = try await run.channel.call(to: "1")
        _ = try? await run.channel.waitForIdle()
        return Task.isCancelled ? 1 : 0
    }

    @Test("The end of an answered call cancels an outbound run, whoever ends it")
    func cancelled() async throws {
        let scene = Scene(Self.callThenTell)
        _ = try scene.host.start(Scene.service)
        let call = await scene.port.verb()
        scene.host.receive([
            .changed(call.channel, report(.callOutgoing)), .changed(call.channel, report(.answered)),
            .completed(call.channel, call.id, .state(.answered)),
        ])
        let wait = await scene.port.verb()
        scene.host.receive([.changed(call.channel, report(.idle))])
        #expect(await scene.port.abandoned() == wait.id)
        scene.host.receive([.completed(wait.channel, wait.id, .state(.idle))])
        #expect(await scene.record().result == 1)
        #expect(scene.host.shared.withLock { $0.primaries.isEmpty })
    }

    @Test("A call that nobody answers cancels nothing, and the run can call again")
    func retries() async throws {
        let scene = Scene { run in
            if try await run.channel.call(to: "1") == .answered { return -2 }
            if Task.isCancelled { return -3 }
            return try await run.channel.call(to: "2") == .answered ? 2 : -4
        }
        _ = try scene.host.start(Scene.service)
        let first = await scene.port.verb()
        scene.host.receive([
            .changed(first.channel, report(.callOutgoing)), .changed(first.channel, report(.ringOutgoing)),
            .changed(first.channel, report(.idle)), .completed(first.channel, first.id, .state(.idle)),
        ])
        let second = await scene.port.verb()
        #expect(second.arguments.callTo == Array("2".utf8))
        scene.host.receive([
            .changed(second.channel, report(.answered)), .completed(second.channel, second.id, .state(.answered)),
        ])
        #expect(await scene.record().result == 2)
    }

    @Test("A run that hangs up itself is not cancelled, and can call again")
    func hangsUp() async throws {
        let scene = Scene { run in
            _ = try await run.channel.call(to: "1")
            _ = try await run.channel.hangUp()
            return Task.isCancelled ? 1 : 5
        }
        _ = try scene.host.start(Scene.service)
        let call = await scene.port.verb()
        scene.host.receive([
            .changed(call.channel, report(.answered)), .completed(call.channel, call.id, .state(.answered)),
        ])
        let hangUp = await scene.port.verb()
        #expect(hangUp.verb == .hangUp)
        scene.host.receive([
            .changed(call.channel, report(.idle)), .completed(call.channel, hangUp.id, .state(.idle)),
        ])
        #expect(await scene.record().result == 5)
    }
}
