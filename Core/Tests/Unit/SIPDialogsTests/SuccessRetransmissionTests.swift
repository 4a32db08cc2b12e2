import SIPDialogs
import SIPMessages
import SIPTransactions
import Testing
import Timeline

@Suite struct SuccessRetransmissionTests {
    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    private func run(_ machine: inout SuccessRetransmission) -> [(Int, SuccessRetransmission.Effect)] {
        var steps: [(Int, SuccessRetransmission.Effect)] = []
        while let next = machine.nextDeadline {
            var effects: [SuccessRetransmission.Effect] = []
            machine.timeElapsed(at: next, into: &effects)
            steps += effects.map { (Int(next.nanoseconds / 1_000_000), $0) }
        }
        return steps
    }

    @Test("an unacknowledged 2xx is repeated at 0.5, 1.5, 3.5, 7.5 s and every 4 s, and given up at 32 s")
    func ladder() {
        var machine = SuccessRetransmission(hasUnreliableHop: true, timers: TransactionTimers(), at: at(0))
        let steps = run(&machine)
        let times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000]
        #expect(steps.map(\.0) == times)
        #expect(steps.dropLast().allSatisfy { $0.1 == .transmit })
        #expect(steps.last?.1 == .unacknowledged)
        #expect(machine.state == .gaveUp)
    }

    @Test("the ACK stops it for good")
    func acknowledged() {
        var machine = SuccessRetransmission(hasUnreliableHop: true, timers: TransactionTimers(), at: at(0))
        var effects: [SuccessRetransmission.Effect] = []
        machine.timeElapsed(at: at(500), into: &effects)
        machine.receive(.acknowledgement, at: at(600), into: &effects)
        machine.receive(.acknowledgement, at: at(700), into: &effects)
        #expect(effects == [.transmit])
        #expect(machine.state == .acknowledged)
        #expect(machine.nextDeadline == nil)
        var late = SuccessRetransmission(hasUnreliableHop: true, timers: TransactionTimers(), at: at(0))
        _ = run(&late)
        late.receive(.acknowledgement, at: at(33_000), into: &effects)
        #expect(late.state == .gaveUp)
    }

    @Test("between two ends of one stream nothing is repeated, but a missing ACK is still noticed")
    func reliable() {
        var machine = SuccessRetransmission(hasUnreliableHop: false, timers: TransactionTimers(), at: at(0))
        let steps = run(&machine)
        #expect(steps.count == 1)
        #expect(steps[0] == (32_000, .unacknowledged))
    }

    @Test("a response can get lost over datagrams, or over streams behind a proxy")
    func hops() throws {
        let proxied = try invite(headers: "Via: SIP/2.0/UDP other;branch=z9hG4bKtwo\n")
        #expect(SuccessRetransmission.hasUnreliableHop(try invite(), over: flow))
        #expect(!SuccessRetransmission.hasUnreliableHop(try invite(), over: secureFlow))
        #expect(SuccessRetransmission.hasUnreliableHop(proxied, over: secureFlow))
    }
}
