import Testing
import Timeline

@testable import SIPTransactions

@Suite("The non-INVITE client transaction") struct NonInviteClientTransactionTests {
    typealias Machine = NonInviteClientTransaction
    typealias Effect = ClientTransactionEffect

    private func machine(reliable: Bool = false, after events: [Machine.Event] = []) -> Machine {
        var effects: [Effect] = []
        return Machine(isReliable: reliable, timers: TransactionTimers(), at: at(0), into: &effects).after(events)
    }

    private func way(to state: Machine.State) -> [Machine.Event] {
        switch state {
        case .trying: []
        case .proceeding: [.provisional]
        case .completed: [.final]
        case .terminated: [.transportFailed]
        }
    }

    @Test("answers every event in every state as figure 6 says")
    func arrows() {
        let arrows: [Machine.Arrow] = [
            (.trying, .provisional, .proceeding, [.deliver]),
            (.trying, .final, .completed, [.deliver]),
            (.trying, .transportFailed, .terminated, [.transportFailed]),
            (.proceeding, .provisional, .proceeding, [.deliver]),
            (.proceeding, .final, .completed, [.deliver]),
            (.proceeding, .transportFailed, .terminated, [.transportFailed]),
            (.completed, .provisional, .completed, []),
            (.completed, .final, .completed, []),
            (.completed, .transportFailed, .completed, []),
            (.terminated, .provisional, .terminated, []),
            (.terminated, .final, .terminated, []),
            (.terminated, .transportFailed, .terminated, []),
        ]
        Machine.expect(arrows) { machine(after: way(to: $0)) }
    }

    @Test("to a black hole sends eleven times, at 0, 0.5, 1.5, 3.5, 7.5 and every 4 s, and gives up at 32 s")
    func blackHole() {
        var effects: [Effect] = []
        var machine = Machine(isReliable: false, timers: TransactionTimers(), at: at(0), into: &effects)
        #expect(effects == [.send])
        let times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        #expect(machine.ladder() == times.map { Step($0, .resend) } + [Step(32_000, .timedOut)])
        #expect(machine.state == .terminated)
    }

    @Test("over a reliable transport sends once and gives up at 32 s")
    func reliableBlackHole() {
        var machine = machine(reliable: true)
        #expect(machine.ladder() == [Step(32_000, .timedOut)])
    }

    @Test("after a provisional response repeats every 4 s and still gives up at 32 s")
    func proceeding() {
        var machine = machine()
        var effects: [Effect] = []
        machine.timeElapsed(at: at(500), into: &effects)
        machine.receive(.provisional, at: at(600), into: &effects)
        let times = [1500, 5500, 9500, 13_500, 17_500, 21_500, 25_500, 29_500]
        #expect(machine.ladder() == times.map { Step($0, .resend) } + [Step(32_000, .timedOut)])
    }

    @Test("lingers 5 s after the final response over an unreliable transport and not at all over a reliable one")
    func timerK() {
        var unreliable = machine(after: [.final])
        #expect(unreliable.nextDeadline == at(5_000))
        #expect(unreliable.ladder() == [])
        #expect(unreliable.state == .terminated)
        #expect(machine(reliable: true, after: [.final]).state == .terminated)
        #expect(machine(reliable: true, after: [.final]).nextDeadline == nil)
    }
}
