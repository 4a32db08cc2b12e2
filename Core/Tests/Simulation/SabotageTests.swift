import SwitchSimulation
import Testing

/// Bugs planted between the switch and its world: each has to be noticed, and by the invariant that it breaks.
@Suite struct SabotageTests {
    static let expectations: [(Sabotage, Invariant)] = [
        (.dropCalleeBye, .partiesAreReleased),
        (.doubleRecord, .oneRecordPerCall),
        (.loseRecord, .oneRecordPerCall),
        (.keepRecords, .recordsComeAtOnce),
        (.swallowMediaClose, .mediaIsClosedOnce),
        (.neverRepeatSuccess, .politeCallsAreAnswered),
        (.swallowFailures, .oneFinalAnswer),
        (.swallowTrying, .promptFirstAnswer),
        (.leakCallID, .legsDoNotLeak),
        (.repeatDeath, .legalStateOrder),
        (.repeatOverStreams, .nothingIsRepeatedOverStreams),
        (.hideUnavailability, .drainingTakesNoCalls),
        (.welcomeOldDialogs, .oldDialogsAreGone),
        (.confuseVendors, .darkVendorsAreSkipped),
    ]

    @Test("a planted bug breaks the invariant that forbids it", arguments: expectations)
    func planted(sabotage: Sabotage, invariant: Invariant) throws {
        var caught: Set<Invariant> = []
        for seed in 0..<UInt64(400) where !caught.contains(invariant) {
            var simulation = try Simulation(.mixed(seed: seed), sabotage: sabotage)
            caught.formUnion(simulation.run().violations.map(\.invariant))
        }
        #expect(caught.contains(invariant))
    }

    static let expectationsOfApplications: [(Sabotage, Invariant)] = [
        (.loseOutcomes, .verbsHaveOneOutcome),
        (.repeatJobs, .jobsEndOnce),
        (.hideIdle, .channelsEndIdle),
        (.deafToClosing, .channelsEndIdle),
        (.swallowMediaClose, .mediaIsClosedOnce),
        (.doubleRecord, .oneRecordPerCall),
        (.dropCalleeBye, .partiesAreReleased),
    ]

    @Test(
        "a bug planted in calls of applications breaks the invariant that forbids it",
        arguments: expectationsOfApplications)
    func plantedInApplications(sabotage: Sabotage, invariant: Invariant) throws {
        var caught: Set<Invariant> = []
        for seed in 0..<UInt64(100) where !caught.contains(invariant) {
            var simulation = try Simulation(.applications(seed: seed), sabotage: sabotage)
            caught.formUnion(simulation.run().violations.map(\.invariant))
        }
        #expect(caught.contains(invariant))
    }
}
