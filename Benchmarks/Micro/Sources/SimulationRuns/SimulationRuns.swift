import Glibc
import SwitchSimulation
import Timeline

/// Runs simulated worlds: `SimulationRuns FIRST COUNT` runs the mixed traffic of so many seeds and prints each violated
/// invariant with its seeds and the ladders of the first; `SimulationRuns FIRST 1` prints everything about one seed. At
/// the end it measures how many polite calls one core simulates in a second.
@main struct SimulationRuns {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        let first = arguments.first ?? 0
        let count = arguments.dropFirst().first ?? 1000
        let failures = try runMixed(first..<first + count)
        for relays in [false, true] { try measurePolite(relays: relays) }
        if failures > 0 { exit(1) }
    }

    private static func runMixed(_ seeds: Range<UInt64>) throws -> Int {
        let before = seconds()
        var calls = 0
        var steps = 0
        var failures: [Invariant: [SimulationReport]] = [:]
        for seed in seeds {
            var simulation = try Simulation(.mixed(seed: seed))
            let report = simulation.run()
            calls += report.records
            steps += report.steps
            for invariant in Set(report.violations.map(\.invariant)) { failures[invariant, default: []].append(report) }
        }
        let elapsed = seconds() - before
        print(
            "\(seeds.count) worlds with \(calls) recorded calls in \(steps) steps: \(rounded(elapsed)) s of CPU, "
                + "\(Int(Double(calls) / elapsed)) calls/s")
        for (invariant, reports) in failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            print("VIOLATED \(invariant.rawValue): \(reports.count) seeds: \(reports.prefix(12).map(\.seed))")
        }
        for (_, reports) in failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if let report = reports.min(by: { $0.messages < $1.messages }) { print(report.text) }
        }
        return failures.count
    }

    private static func measurePolite(relays: Bool) throws {
        var best = 0.0
        for round in 0..<UInt64(5) {
            var simulation = try Simulation(
                .polite(seed: round, callCount: 1000, spacing: .milliseconds(5), relays: relays))
            let before = seconds()
            let report = simulation.run()
            best = max(best, Double(report.answered) / (seconds() - before))
            if !report.violations.isEmpty { print(report.text.prefix(2000)) }
        }
        print("polite calls \(relays ? "through the relay" : "with direct media"): \(Int(best)) calls/s of one core")
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
