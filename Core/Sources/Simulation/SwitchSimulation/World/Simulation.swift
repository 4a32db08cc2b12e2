import Accounting
import Addresses
import MediaSessions
import SIPMessages
import SIPTransactions
import SIPUserAgent
import SwitchEngine
import Timeline

/// A whole switch with its callers, vendors, network, media shard and store, in virtual time. The same plan gives the
/// same events, one by one, whatever machine it runs on.
public struct Simulation {
    enum Event: Sendable {
        case delivery(Packet)
        case unreachable([UInt8], Flow)
        /// The stream of a call's phone closes as soon as nothing is on its way.
        case streamClosing(Int)
        case callStart(Int)
        case wakePhone(Int)
        case wakeVendor(Int, dialog: Int)
        /// For the switch of this life; one that was started later does not hear of it.
        case media(MediaEvent, life: Int)
        case recorded(UInt64, life: Int)
        case intervention(SimulationPlan.Intervention)
        case hostility
        /// The operator goes on with a task.
        case operatorTurn(Int, life: Int)
        /// An application's run does the next step of its script.
        case applicationStep(run: Int, step: Int, life: Int)
        /// An application's run returns.
        case applicationReturns(run: Int, life: Int)
        /// Ends whatever still goes on, so that the world can fall silent.
        case closing
    }

    let plan: SimulationPlan
    let sabotage: Sabotage?
    var core: SwitchCore
    var clock = VirtualClock()
    var queue = EventQueue<Event>()
    var network: SimulatedNetwork
    var streams = SimulatedStreams()
    /// How often the switch has been started again.
    var life = 0
    var phones: [ScriptedPhone] = []
    var vendors: [ScriptedVendor] = []
    var phonePlaces: [Endpoint: Int] = [:]
    var vendorPlaces: [Endpoint: Int] = [:]
    var stranger: HostileStranger
    var attendant: SimulatedOperator
    var media: SimulatedMedia
    var store: SimulatedStore
    var host: SimulatedHost
    var log = SimulationLog()
    var checks: SimulationChecks
    var sabotageMemory = SabotageMemory()
    var outputs: [SwitchOutput] = []

    /// A world about to begin. Throws when the plan's configuration does not compile, which is a bug of the plan.
    public init(_ plan: SimulationPlan, sabotage: Sabotage? = nil) throws {
        self.plan = plan
        self.sabotage = sabotage
        var seeds = IdentifierSource(seed: plan.seed)
        core = try SimulatedSwitch.core(for: plan, seed: seeds.next(), at: .zero)
        network = SimulatedNetwork(conditions: plan.network, seed: seeds.next())
        stranger = HostileStranger(seed: seeds.next())
        media = SimulatedMedia(plan.media, seed: seeds.next())
        attendant = SimulatedOperator(seed: plan.seed ^ 0x0BE2_A702)
        store = SimulatedStore(delay: plan.storeDelay, outages: plan.storeOutages, seed: seeds.next())
        host = SimulatedHost(plan: plan)
        checks = SimulationChecks(plan: plan)
        populate(&seeds)
        scheduleAll(&seeds)
    }

    private mutating func populate(_ seeds: inout IdentifierSource) {
        for (index, call) in plan.calls.enumerated() {
            let endpoint = SimulatedAddresses.phone(index, call.customer)
            var phone = ScriptedPhone(
                index: index, endpoint: endpoint, server: SimulatedAddresses.server,
                called: CalledNumber.bytes(of: index),
                plan: call, seed: seeds.next())
            var account = SimulatedSwitch.account(.simulated)
            if call.caller.credentials == .wrong { account.password = Array("guess".utf8) }
            if call.caller.credentials != .none { phone.give(account) }
            phonePlaces[endpoint] = index
            phones.append(phone)
        }
        for index in 0..<plan.vendorCount {
            let endpoint = SimulatedAddresses.vendor(index)
            let scripts = plan.calls.map { $0.callees.indices.contains(index) ? $0.callees[index] : CalleeScript() }
            vendorPlaces[endpoint] = index
            vendors.append(
                ScriptedVendor(
                    endpoint: endpoint, scripts: scripts, secret: SimulatedSwitch.trunk(.simulated), seed: seeds.next())
            )
        }
    }

    private mutating func scheduleAll(_ seeds: inout IdentifierSource) {
        var last = Instant.zero
        for (index, call) in plan.calls.enumerated() {
            queue.push(.callStart(index), at: call.start)
            if let after = call.streamClosesAfter { queue.push(.streamClosing(index), at: call.start + after) }
            last = max(last, call.start)
        }
        for appointment in plan.interventions {
            queue.push(.intervention(appointment.intervention), at: appointment.instant)
        }
        for _ in 0..<plan.hostileMessages {
            queue.push(.hostility, at: .zero + seeds.duration(in: .zero...(.seconds(15))))
        }
        queue.push(.closing, at: last + .seconds(130))
    }

    /// The most steps of a world; more are a storm that never ends.
    static let maximumSteps = 2_000_000
    /// After this much virtual time everything must be over.
    static let horizon: Duration = .seconds(1500)

    /// Lets the world run until it is silent, and judges it.
    public mutating func run() -> SimulationReport {
        let end = Instant.zero + Self.horizon
        while checks.context.step < Self.maximumSteps {
            let event = queue.nextInstant
            let deadline = core.nextDeadline
            guard let next = Instant.earliest(Instant.earliest(event, deadline), media.nextDeadline), next <= end else {
                break
            }
            clock.advance(to: next)
            checks.begin(at: clock.now)
            if let deadline, deadline <= clock.now {
                core.timeElapsed(at: clock.now, into: &outputs)
            } else if let packets = media.nextDeadline, packets <= clock.now {
                hear(media.timeElapsed(at: clock.now))
            } else if let event = queue.pop() {
                carryOut(event)
            }
            carryOutputs()
            checks.stepEnded(core)
        }
        return report()
    }

    private func report() -> SimulationReport {
        var checks = checks
        checks.worldEnded(core, phones: phones, vendors: vendors)
        let calls = Set(checks.context.violations.map(\.call))
        let messages = log.entries.reduce(0) { count, entry in
            if case .message = entry.what { count + 1 } else { count }
        }
        return SimulationReport(
            seed: plan.seed, steps: checks.context.step, messages: messages, records: store.records.count,
            answered: store.records.reduce(0) { $0 + ($1.times.answer == nil ? 0 : 1) },
            invitations: vendors.map(\.dialogs.count), hash: log.hash,
            violations: checks.context.violations,
            ladders: calls.sorted { ($0 ?? -1) < ($1 ?? -1) }.map { LadderDiagram(log, call: $0).text })
    }
}
