import Testing
import Timeline

@testable import SIPTransactions

@Suite("The INVITE server transaction") struct InviteServerTransactionTests {
    typealias Machine = InviteServerTransaction
    typealias Effect = ServerTransactionEffect

    private func machine(reliable: Bool = false, after events: [Machine.Event] = []) -> Machine {
        Machine(isReliable: reliable, timers: TransactionTimers()).after(events)
    }

    private func way(to state: Machine.State) -> [Machine.Event] {
        switch state {
        case .proceeding: [.provisional]
        case .accepted: [.success]
        case .completed: [.failure]
        case .confirmed: [.failure, .acknowledgement]
        case .terminated: [.failure, .transportFailed]
        }
    }

    @Test("answers every event in every state as figure 7 and RFC 6026 say")
    func arrows() {
        let arrows: [Machine.Arrow] = [
            (.proceeding, .request, .proceeding, [.resend]),
            (.proceeding, .acknowledgement, .proceeding, []),
            (.proceeding, .provisional, .proceeding, [.send]),
            (.proceeding, .success, .accepted, [.send]),
            (.proceeding, .failure, .completed, [.send]),
            (.proceeding, .transportFailed, .proceeding, [.transportFailed]),
            (.accepted, .request, .accepted, []),
            (.accepted, .acknowledgement, .accepted, [.deliverAcknowledgement]),
            (.accepted, .provisional, .accepted, []),
            (.accepted, .success, .accepted, [.send]),
            (.accepted, .failure, .accepted, []),
            (.accepted, .transportFailed, .accepted, [.transportFailed]),
            (.completed, .request, .completed, [.resend]),
            (.completed, .acknowledgement, .confirmed, []),
            (.completed, .provisional, .completed, []),
            (.completed, .success, .completed, []),
            (.completed, .failure, .completed, []),
            (.completed, .transportFailed, .terminated, [.transportFailed]),
        ]
        Machine.expect(arrows) { machine(after: way(to: $0)) }
        for state in [Machine.State.confirmed, .terminated] {
            for event in Machine.Event.allCases {
                var machine = machine(after: way(to: state))
                var effects: [Effect] = []
                machine.receive(event, at: at(0), into: &effects)
                #expect(machine.state == state, "\(state) \(event)")
                #expect(effects.isEmpty, "\(state) \(event)")
            }
        }
    }

    @Test("absorbs a repeated INVITE that comes before the first response")
    func silentProceeding() {
        var machine = machine()
        var effects: [Effect] = []
        machine.receive(.request, at: at(0), into: &effects)
        #expect(effects.isEmpty)
        #expect(machine.nextDeadline == nil)
    }

    @Test("repeats an unacknowledged failure at 0.5, 1.5, 3.5, 7.5 s and every 4 s, and stops at 32 s")
    func unacknowledged() {
        var machine = machine(after: [.failure])
        let times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        #expect(machine.ladder() == times.map { Step($0, .resend) } + [Step(32_000, .unacknowledged)])
        #expect(machine.state == .terminated)
    }

    @Test("over a reliable transport never repeats a failure and waits 32 s for the ACK")
    func reliableUnacknowledged() {
        var machine = machine(reliable: true, after: [.failure])
        #expect(machine.ladder() == [Step(32_000, .unacknowledged)])
    }

    @Test("absorbs ACKs for 5 s over an unreliable transport and not at all over a reliable one")
    func timerI() {
        var unreliable = machine(after: [.failure, .acknowledgement])
        #expect(unreliable.nextDeadline == at(5_000))
        #expect(unreliable.ladder() == [])
        #expect(unreliable.state == .terminated)
        #expect(machine(reliable: true, after: [.failure, .acknowledgement]).state == .terminated)
    }

    @Test("lingers 32 s after a 2xx over every transport and repeats nothing by itself")
    func timerL() {
        for reliable in [false, true] {
            var machine = machine(reliable: reliable, after: [.success])
            #expect(machine.nextDeadline == at(32_000))
            #expect(machine.ladder() == [])
            #expect(machine.state == .terminated)
        }
    }
}
