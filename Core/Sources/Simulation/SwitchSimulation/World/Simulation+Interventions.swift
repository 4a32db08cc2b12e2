import Addresses
import SwitchEngine
import Timeline

/// What is done to the switch from outside: by an operator, by a crash, by the other end of a stream.
extension Simulation {
    mutating func intervene(_ intervention: SimulationPlan.Intervention) {
        switch intervention {
        case .disconnect:
            guard let row = core.listing(at: now).first(where: { $0.state != .dead }) else { return }
            note("the operator disconnects call", row.id)
            give(.command(.disconnect(row.id, by: .api)))
        case .disconnectAccount:
            guard let row = core.listing(at: now).first(where: { $0.state != .dead && $0.account != 0 }) else { return }
            var selection = CallSelection(.live)
            selection.account = row.account
            begin(selection, disconnecting: true)
        case .disconnectEverything: begin(CallSelection(.live, within: .subtree(of: 1)), disconnecting: true)
        case .list: begin(CallSelection(), disconnecting: false)
        case .swapConfiguration:
            note("the configuration is replaced", 0)
            adopt(plan, isReversed: true)
        case .drain:
            note("the switch drains", 0)
            checks.context.isDraining = true
            give(.draining(true))
        case .stop:
            note("the switch stops", 0)
            disconnectAll()
        case .restart: restart()
        }
    }

    // MARK: The operator's tasks

    private mutating func begin(_ selection: CallSelection, disconnecting: Bool) {
        takeOperatorsTurn(attendant.begin(selection, disconnecting: disconnecting, core, at: now))
    }

    mutating func takeOperatorsTurn(_ task: Int) {
        switch attendant.proceed(task, &core, at: now, into: &outputs) {
        case .more: queue.push(.operatorTurn(task, life: life), at: now + attendant.pause())
        case .ended(let count, let isLast):
            note("the operator ends so many calls:", UInt64(count))
            checks.calls.disconnected(count, outputs, &checks.context)
            if !isLast { queue.push(.operatorTurn(task, life: life), at: now + attendant.pause()) }
        case .listed(let rows, let present): checks.calls.listed(rows, present: present, core, &checks.context)
        }
    }

    // MARK: The life of the switch

    mutating func adopt(_ plan: SimulationPlan, isReversed: Bool) {
        guard let snapshot = try? SimulatedSwitch.configuration(for: plan, isReversed: isReversed) else { return }
        give(.configuration(snapshot))
    }

    /// Ends every call that has not begun to end.
    mutating func disconnectAll() {
        let listed = core.listing(at: now).filter { $0.state != .dead && $0.state != .disconnecting }
        for row in listed { give(.command(.disconnect(row.id, by: .switch))) }
    }

    /// The switch is killed, and another takes its place that has its configuration and its addresses, and nothing else.
    private mutating func restart() {
        life += 1
        note("the switch is killed and started again", UInt64(life))
        let seed = plan.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(life)
        guard let fresh = try? SimulatedSwitch.core(for: plan, seed: seed, at: now) else { return }
        core = fresh
        outputs = []
        media.restart()
        host.restarted()
        streams.closeAll()
        checks.restarted()
    }

    // MARK: Streams

    /// Closes the stream of a phone once nothing is on its way, as a phone or a router does that has enough of it.
    mutating func closeWhenIdle(phone index: Int) {
        let peer = phones[index].endpoint
        if streams.isIdle(peer) { return closeStream(of: peer) }
        queue.push(.streamClosing(index), at: now + .milliseconds(50))
    }

    mutating func closeStream(of peer: Endpoint) {
        guard let number = streams.close(peer) else { return }
        note("a stream is closed", UInt64(number))
        give(.flowClosed(SimulatedAddresses.flow(to: peer, stream: number)))
    }
}
