import Testing
import Timeline

@testable import SIPTransactions

@Suite("The INVITE client transaction") struct InviteClientTransactionTests {
    typealias Machine = InviteClientTransaction
    typealias Effect = ClientTransactionEffect

    private func machine(
        reliable: Bool = false, after events: [Machine.Event] = []
    ) -> Machine {
        var effects: [Effect] = []
        return Machine(isReliable: reliable, timers: TransactionTimers(), at: at(0), into: &effects).after(events)
    }

    private func way(to state: Machine.State) -> [Machine.Event] {
        switch state {
        case .calling: []
        case .proceeding: [.provisional]
        case .accepted: [.success]
        case .completed: [.failure]
        case .terminated: [.transportFailed]
        }
    }

    @Test("is born calling and sends the INVITE")
    func birth() {
        var effects: [Effect] = []
        let machine = Machine(isReliable: false, timers: TransactionTimers(), at: at(0), into: &effects)
        #expect(machine.state == .calling)
        #expect(effects == [.send])
        #expect(machine.nextDeadline == at(500))
    }

    @Test("answers every event in every state as figure 5 and RFC 6026 say")
    func arrows() {
        let arrows: [Machine.Arrow] = [
            (.calling, .provisional, .proceeding, [.deliver]),
            (.calling, .success, .accepted, [.deliver]),
            (.calling, .failure, .completed, [.acknowledge, .deliver]),
            (.calling, .cancel, .calling, []),
            (.calling, .transportFailed, .terminated, [.transportFailed]),
            (.proceeding, .provisional, .proceeding, [.deliver]),
            (.proceeding, .success, .accepted, [.deliver]),
            (.proceeding, .failure, .completed, [.acknowledge, .deliver]),
            (.proceeding, .cancel, .proceeding, [.sendCancel]),
            (.proceeding, .transportFailed, .terminated, [.transportFailed]),
            (.accepted, .provisional, .accepted, []),
            (.accepted, .success, .accepted, [.deliver]),
            (.accepted, .failure, .accepted, []),
            (.accepted, .cancel, .accepted, []),
            (.accepted, .transportFailed, .accepted, []),
            (.completed, .provisional, .completed, []),
            (.completed, .success, .completed, []),
            (.completed, .failure, .completed, [.acknowledgeAgain]),
            (.completed, .cancel, .completed, []),
            (.completed, .transportFailed, .terminated, [.transportFailed]),
        ]
        Machine.expect(arrows) { machine(after: way(to: $0)) }
        for event in Machine.Event.allCases {
            var machine = machine(after: way(to: .terminated))
            var effects: [Effect] = []
            machine.receive(event, at: at(0), into: &effects)
            #expect(machine.state == .terminated)
            #expect(effects.isEmpty)
            #expect(machine.nextDeadline == nil)
        }
    }

    @Test("to a black hole sends at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s and gives up at 32 s")
    func blackHole() {
        var machine = machine()
        let resends = [500, 1500, 3500, 7500, 15_500, 31_500].map { Step($0, Effect.resend) }
        #expect(machine.ladder() == resends + [Step(32_000, .timedOut)])
        #expect(machine.state == .terminated)
    }

    @Test("over a reliable transport sends once and gives up at 32 s")
    func reliableBlackHole() {
        var machine = machine(reliable: true)
        #expect(machine.ladder() == [Step(32_000, .timedOut)])
    }

    @Test("rings without any timer")
    func ringing() {
        #expect(machine(after: [.provisional]).nextDeadline == nil)
    }

    @Test("lingers 32 s after a 2xx over every transport, for repetitions and forks")
    func timerM() {
        for reliable in [false, true] {
            var machine = machine(reliable: reliable, after: [.provisional, .success])
            #expect(machine.nextDeadline == at(32_000))
            #expect(machine.ladder() == [])
            #expect(machine.state == .terminated)
        }
    }

    @Test("lingers 32 s after a failure over an unreliable transport and not at all over a reliable one")
    func timerD() {
        var unreliable = machine(after: [.failure])
        #expect(unreliable.nextDeadline == at(32_000))
        #expect(unreliable.ladder() == [])
        #expect(unreliable.state == .terminated)
        #expect(machine(reliable: true, after: [.failure]).state == .terminated)
    }

    @Test("keeps timer D at 32 s when T1 is shorter than usual")
    func timerDWithShortT1() {
        var effects: [Effect] = []
        var machine = Machine(
            isReliable: false, timers: TransactionTimers(t1: .milliseconds(100)), at: at(0), into: &effects)
        machine.receive(.failure, at: at(0), into: &effects)
        #expect(machine.nextDeadline == at(32_000))
    }

    @Test("holds a CANCEL back until a provisional response has come, and sends it once")
    func heldCancel() {
        var machine = machine(after: [.cancel, .cancel])
        #expect(machine.isCancelled)
        var effects: [Effect] = []
        machine.receive(.provisional, at: at(700), into: &effects)
        #expect(effects == [.deliver, .sendCancel])
        effects = []
        machine.receive(.provisional, at: at(800), into: &effects)
        machine.receive(.cancel, at: at(800), into: &effects)
        #expect(effects == [.deliver])
        #expect(machine.nextDeadline == at(32_700))
    }

    @Test("never sends a held CANCEL when the final response comes first")
    func uselessCancel() {
        var machine = machine(after: [.cancel])
        var effects: [Effect] = []
        machine.receive(.success, at: at(700), into: &effects)
        #expect(effects == [.deliver])
        #expect(machine.state == .accepted)
    }

    @Test("that is cancelled without a final response is over 32 s after the CANCEL")
    func cancelTimeout() {
        var machine = machine(after: [.provisional])
        var effects: [Effect] = []
        machine.receive(.cancel, at: at(10_000), into: &effects)
        #expect(machine.ladder() == [Step(42_000, .timedOut)])
    }
}
