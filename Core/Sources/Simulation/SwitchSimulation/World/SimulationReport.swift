/// What came of a simulation.
public struct SimulationReport: Sendable {
    public var seed: UInt64
    /// Steps of the world: deliveries, deadlines, answers and interventions.
    public var steps: Int
    /// Messages to and from the switch.
    public var messages: Int
    /// Records that the switch wrote.
    public var records: Int
    /// Calls that were answered.
    public var answered: Int
    /// Calls that reached each vendor.
    public var invitations: [Int]
    /// A fingerprint of everything that happened: the same for the same plan.
    public var hash: UInt64
    public var violations: [Violation]
    /// The ladder diagrams of the calls in which something was violated.
    public var ladders: [String]

    /// Everything that one needs to find a failure: seed, step, invariant and ladder.
    public var text: String {
        var lines = violations.map { violation in
            "seed \(seed), step \(violation.step), call \(violation.call.map(String.init) ?? "-"): "
                + "\(violation.invariant.rawValue): \(violation.detail)"
        }
        lines += ladders
        return lines.joined(separator: "\n")
    }
}
