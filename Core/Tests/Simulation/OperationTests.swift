import SwitchSimulation
import Testing
import Timeline

/// What is done to a switch that carries calls: it drains, it is killed, its vendors go dark and come back.
@Suite struct OperationTests {
    /// Polite calls 300 ms apart, each answered by its callee after 200 ms and ended by its caller after two seconds.
    static func calls(_ count: Int) -> SimulationPlan {
        .polite(seed: 5, callCount: count, spacing: .milliseconds(300), relays: true)
    }

    static func report(_ plan: SimulationPlan) throws -> SimulationReport {
        var simulation = try Simulation(plan)
        let report = simulation.run()
        #expect(report.violations.isEmpty, "\(report.text)")
        return report
    }

    @Test("a switch that drains carries the calls that are up to their end, and takes no other")
    func drain() throws {
        var plan = Self.calls(6)
        plan.interventions = [SimulationPlan.Appointment(.drain, at: Instant.zero + .milliseconds(1000))]
        let report = try Self.report(plan)
        #expect(report.answered == 4)
        #expect(report.records == 4)
    }

    @Test("a switch that has drained for long enough ends what is left, with a record for each")
    func stop() throws {
        var plan = Self.calls(4)
        for position in plan.calls.indices { plan.calls[position].caller.conduct.hangsUpAfter = nil }
        plan.interventions = [
            SimulationPlan.Appointment(.drain, at: Instant.zero + .seconds(2)),
            SimulationPlan.Appointment(.stop, at: Instant.zero + .seconds(5)),
        ]
        let report = try Self.report(plan)
        #expect(report.answered == 4)
        #expect(report.records == 4)
    }

    @Test("a switch that was killed knows nothing of its calls, and takes new ones")
    func restart() throws {
        var plan = Self.calls(6)
        plan.interventions = [SimulationPlan.Appointment(.restart, at: Instant.zero + .milliseconds(1050))]
        let report = try Self.report(plan)
        // The first four were up; the two that came later are the only ones with a record.
        #expect(report.invitations[0] == 6)
        #expect(report.records == 2)
        #expect(report.answered == 2)
    }

    @Test("a vendor that answers no OPTIONS is skipped, and called again when it answers")
    func keepalive() throws {
        var plan = SimulationPlan.polite(seed: 7, callCount: 3, spacing: .seconds(60), relays: false)
        plan.keepalive = .seconds(5)
        let first = plan.addressOfVendor(0)
        let began = Instant.zero + .seconds(10)
        plan.network.partitions = [.init(from: began, until: began + .seconds(90), address: first)]
        let report = try Self.report(plan)
        #expect(report.answered == 3)
        #expect(report.invitations == [2, 1])
    }

    @Test("callers on streams are answered over them, also when a stream closes and another is opened")
    func streams() throws {
        var plan = Self.calls(5)
        for position in plan.calls.indices {
            plan.calls[position].usesStream = true
            if position > 1 { plan.calls[position].streamClosesAfter = .milliseconds(position * 100) }
        }
        let report = try Self.report(plan)
        #expect(report.answered == 5)
        #expect(report.records == 5)
    }

    @Test("a redirection is a failed attempt like any other, and followed by nobody")
    func redirection() throws {
        var plan = Self.calls(2)
        plan.calls[0].callees[0].reply = .refuse(.movedTemporarily)
        plan.calls[1].callees[0].reply = .refuse(.movedTemporarily)
        plan.calls[1].callees[1].reply = .refuse(.movedTemporarily)
        let report = try Self.report(plan)
        #expect(report.answered == 1)
        #expect(report.records == 2)
        #expect(report.invitations == [2, 2])
    }
}
