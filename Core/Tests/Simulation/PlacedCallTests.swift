import SwitchSimulation
import Testing
import Timeline

/// Calls that the switch places itself, with parties that have all habits, over networks that may be bad.
@Suite struct PlacedCallTests {
    @Test("a call placed to polite parties connects them, with and without a relay", arguments: [true, false])
    func polite(relays: Bool) throws {
        var plan = SimulationPlan.polite(seed: 3, callCount: 2, spacing: .zero, relays: relays)
        plan.calls[0].beginning = .placed(second: 1)
        plan.calls[1].beginning = .none
        plan.calls[0].callees[0].conduct.hangsUpAfter = .seconds(3)
        var simulation = try Simulation(plan)
        let report = simulation.run()
        #expect(report.violations.isEmpty, "\(report.text)")
        #expect(report.answered == 1 && report.records == 1)
    }

    @Test("no invariant is violated when the switch places calls", arguments: 0..<UInt64(4))
    func placed(part: UInt64) throws {
        var placed = 0
        for seed in part * 150 + 900_000..<part * 150 + 900_150 {
            let plan = SimulationPlan.mixed(seed: seed)
            guard plan.calls.contains(where: { $0.beginning != .caller }) else { continue }
            placed += 1
            var simulation = try Simulation(plan)
            let report = simulation.run()
            #expect(report.violations.isEmpty, "\(report.text)")
            if !report.violations.isEmpty { return }
        }
        #expect(placed > 30)
    }
}
