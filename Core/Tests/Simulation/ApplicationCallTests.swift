import SwitchSimulation
import Testing
import Timeline

/// Calls that applications own, with the whole switch: what they do at any moment, and what is done to them.
@Suite struct ApplicationCallTests {
    /// One polite caller whose call an application takes, and one callee who can be called.
    static func plan(_ steps: [ApplicationScript.Step]) -> SimulationPlan {
        var plan = SimulationPlan.polite(seed: 11, callCount: 2, spacing: .zero, relays: false)
        plan.calls[0].application = ApplicationScript(steps)
        plan.calls[0].caller.conduct.hangsUpAfter = nil
        plan.calls[1].beginning = .none
        return plan
    }

    static func report(_ plan: SimulationPlan) throws -> SimulationReport {
        var simulation = try Simulation(plan)
        let report = simulation.run()
        #expect(report.violations.isEmpty, "\(report.text)")
        return report
    }

    @Test("an application that answers and returns leaves a record, and nothing else")
    func answerAndReturn() throws {
        let report = try Self.report(Self.plan([ApplicationScript.Step(.answer, after: .milliseconds(100))]))
        #expect(report.answered == 1 && report.records == 1)
    }

    @Test("a caller who is rejected is not answered, and recorded all the same")
    func reject() throws {
        let report = try Self.report(Self.plan([ApplicationScript.Step(.reject(.busy, raw: nil))]))
        #expect(report.answered == 0 && report.records == 1)
    }

    @Test("an application connects its caller with somebody whom it has called")
    func connect() throws {
        let report = try Self.report(
            Self.plan([
                .init(.answer), .init(.call(plan: 1, timeout: nil), on: 1, after: .milliseconds(200)),
                .init(.connect(to: 1), after: .seconds(1)), .init(.disconnect, after: .seconds(1)),
                .init(.hangUp, on: 1, after: .milliseconds(100)),
            ]))
        #expect(report.answered == 2 && report.records == 2)
    }

    @Test("a transferred caller is retrieved")
    func transfer() throws {
        let report = try Self.report(
            Self.plan([
                .init(.answer), .init(.transfer(plan: 1, using: 1, timeout: nil), after: .milliseconds(200)),
                .init(.retrieve, after: .seconds(1)), .init(.hangUp, after: .milliseconds(100)),
            ]))
        #expect(report.answered == 2 && report.records == 2)
    }

    @Test("no invariant is violated, whatever applications do", arguments: 0..<UInt64(8))
    func mixed(part: UInt64) throws {
        for seed in part * 40..<part * 40 + 40 {
            var simulation = try Simulation(.applications(seed: seed))
            let report = simulation.run()
            #expect(report.violations.isEmpty, "\(report.text)")
            if !report.violations.isEmpty { return }
        }
    }

    @Test("an application that parts the audio of a transferred call violates nothing")
    func partedTransfer() throws { _ = try Self.report(.applications(seed: 786)) }

    @Test("the same seed gives the same events with applications, too")
    func sameSeed() throws {
        for seed in 0..<UInt64(20) {
            var first = try Simulation(.applications(seed: seed))
            var second = try Simulation(.applications(seed: seed))
            let (left, right) = (first.run(), second.run())
            #expect(left.hash == right.hash)
            #expect(left.steps == right.steps)
        }
    }
}
