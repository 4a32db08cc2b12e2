import Testing
import Timeline

@testable import SIPTransactions

@Suite("The non-INVITE server transaction") struct NonInviteServerTransactionTests {
    typealias Machine = NonInviteServerTransaction
    typealias Effect = ServerTransactionEffect

    private func machine(reliable: Bool = false, after events: [Machine.Event] = []) -> Machine {
        Machine(isReliable: reliable, timers: TransactionTimers()).after(events)
    }

    private func way(to state: Machine.State) -> [Machine.Event] {
        switch state {
        case .trying: []
        case .proceeding: [.provisional]
        case .completed: [.final]
        case .terminated: [.final, .transportFailed]
        }
    }

    @Test("answers every event in every state as figure 8 says")
    func arrows() {
        let arrows: [Machine.Arrow] = [
            (.trying, .request, .trying, []),
            (.trying, .provisional, .proceeding, [.send]),
            (.trying, .final, .completed, [.send]),
            (.trying, .transportFailed, .trying, []),
            (.proceeding, .request, .proceeding, [.resend]),
            (.proceeding, .provisional, .proceeding, [.send]),
            (.proceeding, .final, .completed, [.send]),
            (.proceeding, .transportFailed, .terminated, [.transportFailed]),
            (.completed, .request, .completed, [.resend]),
            (.completed, .provisional, .completed, []),
            (.completed, .final, .completed, []),
            (.completed, .transportFailed, .terminated, [.transportFailed]),
            (.terminated, .request, .terminated, []),
            (.terminated, .provisional, .terminated, []),
            (.terminated, .final, .terminated, []),
            (.terminated, .transportFailed, .terminated, []),
        ]
        Machine.expect(arrows) { machine(after: way(to: $0)) }
    }

    @Test("answers repetitions for 32 s over an unreliable transport and is over at once over a reliable one")
    func timerJ() {
        var unreliable = machine(after: [.final])
        #expect(unreliable.nextDeadline == at(32_000))
        var effects: [Effect] = []
        unreliable.timeElapsed(at: at(31_999), into: &effects)
        #expect(unreliable.state == .completed)
        unreliable.timeElapsed(at: at(32_000), into: &effects)
        #expect(unreliable.state == .terminated)
        #expect(effects.isEmpty)
        #expect(machine(reliable: true, after: [.final]).state == .terminated)
    }

    @Test("runs no timer while the user thinks")
    func thinking() {
        #expect(machine().nextDeadline == nil)
        #expect(machine(after: [.provisional]).nextDeadline == nil)
    }
}
