import SwitchSimulation
import Testing

@Suite struct MixedTrafficTests {
    /// Runs the seeds and gives the report of the first that violates an invariant.
    static func firstFailure(_ seeds: Range<UInt64>) throws -> String {
        for seed in seeds {
            var simulation = try Simulation(.mixed(seed: seed))
            let report = simulation.run()
            if !report.violations.isEmpty { return report.text }
        }
        return ""
    }

    @Test("no invariant is violated by mixed traffic", arguments: 0..<UInt64(8))
    func mixedTraffic(part: UInt64) throws {
        let failure = try Self.firstFailure(part * 250..<part * 250 + 250)
        #expect(failure.isEmpty, "\(failure)")
    }

    @Test("a mutilated request in a dialog of before a crash may be refused for what is wrong with it")
    func mutilatedAfterCrash() throws {
        let failure = try Self.firstFailure(6105..<6106)
        #expect(failure.isEmpty, "\(failure)")
    }
}
