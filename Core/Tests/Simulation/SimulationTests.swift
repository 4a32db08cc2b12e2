import SwitchSimulation
import Testing

@Suite struct SimulationTests {
    @Test("polite calls are all answered, recorded and forgotten")
    func polite() throws {
        var simulation = try Simulation(.polite(seed: 1, callCount: 5, spacing: .milliseconds(300), relays: true))
        let report = simulation.run()
        #expect(report.violations.isEmpty, "\(report.text)")
        #expect(report.answered == 5)
        #expect(report.records == 5)
    }

    @Test("the same seed gives the same events")
    func sameSeed() throws {
        for seed in 0..<UInt64(100) {
            var first = try Simulation(.mixed(seed: seed, callCount: 2))
            var second = try Simulation(.mixed(seed: seed, callCount: 2))
            let (left, right) = (first.run(), second.run())
            #expect(left.hash == right.hash)
            #expect(left.steps == right.steps)
        }
    }
}
