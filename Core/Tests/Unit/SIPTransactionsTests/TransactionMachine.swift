import Testing
import Timeline

@testable import SIPTransactions

/// What the four transaction machines have in common, so that they are driven in one way.
protocol TransactionMachine {
    associatedtype State: Equatable
    associatedtype Event
    associatedtype Effect: Equatable

    var state: State { get }
    var nextDeadline: Instant? { get }
    mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect])
    mutating func timeElapsed(at now: Instant, into effects: inout [Effect])
}

extension InviteClientTransaction: TransactionMachine {}
extension NonInviteClientTransaction: TransactionMachine {}
extension InviteServerTransaction: TransactionMachine {}
extension NonInviteServerTransaction: TransactionMachine {}

extension TransactionMachine {
    /// An arrow of a figure: in this state this event leads there, with these effects.
    typealias Arrow = (state: State, event: Event, next: State, effects: [Effect])

    /// The machine after it has received `events`, all at the beginning of the time line.
    func after(_ events: [Event]) -> Self {
        var machine = self
        var effects: [Effect] = []
        for event in events { machine.receive(event, at: at(0), into: &effects) }
        return machine
    }

    /// Wakes the machine at each of its deadlines until it has none, and notes what it asks for and when.
    mutating func ladder() -> [Step<Effect>] {
        var steps: [Step<Effect>] = []
        while let next = nextDeadline {
            var effects: [Effect] = []
            timeElapsed(at: next, into: &effects)
            steps += effects.map { Step(milliseconds(next), $0) }
        }
        return steps
    }

    /// Lets a machine in the state of each arrow receive its event; `machine` brings one there.
    static func expect(_ arrows: [Arrow], from machine: (State) -> Self) {
        for arrow in arrows {
            var machine = machine(arrow.state)
            #expect(machine.state == arrow.state)
            var effects: [Effect] = []
            machine.receive(arrow.event, at: at(0), into: &effects)
            #expect(machine.state == arrow.next, "\(arrow.state) \(arrow.event)")
            #expect(effects == arrow.effects, "\(arrow.state) \(arrow.event)")
        }
    }
}
