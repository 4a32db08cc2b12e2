import Addresses
import SIPMessages
import Timeline

extension SimulationPlan {
    /// Mixed traffic: `callCount` calls of callers and callees with all their habits, over a network that may be bad.
    public static func mixed(seed: UInt64, callCount: Int = 3) -> SimulationPlan {
        var dice = PlanDice(seed: seed)
        var plan = SimulationPlan(seed: seed)
        plan.network = dice.network()
        plan.relays = dice.chance(40)
        plan.media = dice.media()
        plan.storeDelay = .milliseconds(dice.number(1, 800))
        if dice.chance(15) {
            plan.storeOutages = [SimulatedStore.Outage(from: dice.instant(0, 10), until: dice.instant(20, 200))]
        }
        let isBurst = dice.chance(20)
        for _ in 0..<callCount {
            let start = isBurst ? Instant.zero + .milliseconds(dice.number(0, 50)) : dice.instant(0, 12)
            plan.calls.append(dice.call(at: start, vendorCount: plan.vendorCount))
        }
        if isBurst {
            for position in plan.calls.indices where dice.chance(60) { plan.calls[position].customer = .limited }
        }
        if dice.chance(12) { plan.interventions.append(Appointment(.disconnect, at: dice.instant(0, 12))) }
        if dice.chance(10) { plan.interventions.append(Appointment(.swapConfiguration, at: dice.instant(0, 8))) }
        if dice.chance(20) { plan.hostileMessages = dice.number(1, 12) }
        if dice.chance(40) {
            for _ in 0..<dice.number(1, 4) { plan.interventions.append(Appointment(.list, at: dice.instant(0, 14))) }
        }
        if dice.chance(8) { plan.interventions.append(Appointment(.disconnectAccount, at: dice.instant(0, 12))) }
        if dice.chance(5) { plan.interventions.append(Appointment(.disconnectEverything, at: dice.instant(0, 12))) }
        if dice.chance(35) { dice.place(&plan) }
        dice.operate(&plan)
        return plan
    }

    /// Calls of applications, which do anything at any moment, between parties with all their habits, over a network that
    /// may be bad.
    public static func applications(seed: UInt64, callCount: Int = 2) -> SimulationPlan {
        var dice = PlanDice(seed: seed &+ 0xA99)
        var plan = SimulationPlan(seed: seed)
        plan.network = dice.network()
        plan.media = dice.media()
        for _ in 0..<callCount { plan.calls.append(dice.call(at: dice.instant(0, 3), vendorCount: plan.vendorCount)) }
        let others = callCount..<callCount + 3
        for _ in others {
            var other = dice.call(at: .zero, vendorCount: plan.vendorCount)
            other.beginning = .none
            other.customer = .trusted
            plan.calls.append(other)
        }
        for position in 0..<callCount {
            dice.direct(&plan.calls[position], number: position, others: Array(others))
        }
        if dice.chance(8) { plan.interventions.append(Appointment(.disconnect, at: dice.instant(0, 6))) }
        if dice.chance(8) { plan.interventions.append(Appointment(.swapConfiguration, at: dice.instant(0, 6))) }
        if dice.chance(8) { plan.interventions.append(Appointment(.disconnectEverything, at: dice.instant(0, 6))) }
        dice.operate(&plan)
        // A stranger's copy of an old message, with a byte changed, is no request of a dialog of before a crash.
        let isRestarted = plan.interventions.contains { $0.intervention == .restart }
        if !isRestarted && dice.chance(10) { plan.hostileMessages = dice.number(1, 12) }
        return plan
    }

    /// Polite calls only, one after the other `spacing` apart, over a perfect network: for measuring.
    public static func polite(seed: UInt64, callCount: Int, spacing: Duration, relays: Bool) -> SimulationPlan {
        var plan = SimulationPlan(seed: seed)
        plan.relays = relays
        for index in 0..<callCount {
            var callee = CalleeScript()
            callee.repliesAfter = .milliseconds(200)
            var call = CallPlan(start: .zero + spacing * index, callees: [callee, callee])
            call.caller.conduct.hangsUpAfter = .seconds(2)
            plan.calls.append(call)
        }
        return plan
    }
}

/// The dice that make a plan.
private struct PlanDice {
    private var source: IdentifierSource

    init(seed: UInt64) { source = IdentifierSource(seed: seed ^ 0x51A7_1073) }

    /// Whether something happens that happens in so many of a hundred cases.
    mutating func chance(_ percent: UInt64) -> Bool { source.next() % 100 < percent }

    mutating func number(_ low: Int, _ high: Int) -> Int { low + Int(source.next() % UInt64(high - low + 1)) }

    /// A duration between the bounds in milliseconds.
    mutating func milliseconds(_ low: Int, _ high: Int) -> Duration { .milliseconds(number(low, high)) }

    /// An instant between the bounds in seconds.
    mutating func instant(_ low: Int, _ high: Int) -> Instant { .zero + milliseconds(low * 1000, high * 1000) }

    mutating func network() -> NetworkConditions {
        var conditions = NetworkConditions()
        if chance(35) { return conditions }
        conditions.delay = milliseconds(1, chance(10) ? 200 : 20)
        if chance(50) { conditions.jitter = milliseconds(1, 40) }
        if chance(50) { conditions.lostPerMille = number(10, 100) }
        if chance(40) { conditions.doubledPerMille = number(20, 200) }
        if chance(40) { conditions.reorderedPerMille = number(20, 200) }
        if chance(12) {
            let from = instant(0, 12)
            let peer: IPAddress? = chance(50) ? SimulatedAddresses.vendor(chance(70) ? 0 : 1).address : nil
            let length = chance(25) ? Duration.seconds(400) : milliseconds(500, 40_000)
            conditions.partitions = [NetworkConditions.Partition(from: from, until: from + length, address: peer)]
        }
        conditions.reportsUnreachable = chance(30)
        return conditions
    }

    /// What the operator's side does now and then: a restart, a drained stop, vendors that are asked whether they live.
    mutating func operate(_ plan: inout SimulationPlan) {
        switch number(0, 19) {
        case 0: plan.interventions.append(SimulationPlan.Appointment(.restart, at: instant(0, 10)))
        case 1:
            let drained = instant(0, 8)
            let length = milliseconds(0, 20_000)
            plan.interventions.append(SimulationPlan.Appointment(.drain, at: drained))
            plan.interventions.append(SimulationPlan.Appointment(.stop, at: drained + length))
        case 2, 3:
            plan.keepalive = milliseconds(3000, 40_000)
            let dark = instant(0, 10)
            let vendor = SimulatedAddresses.vendor(number(0, 1)).address
            plan.network.partitions.append(
                NetworkConditions.Partition(from: dark, until: dark + milliseconds(20_000, 90_000), address: vendor))
            for position in plan.calls.indices { plan.calls[position].start = instant(0, 120) }
        default: break
        }
    }

    mutating func media() -> SimulatedMedia.Behaviour {
        var behaviour = SimulatedMedia.Behaviour()
        behaviour.delay = chance(10) ? milliseconds(500, 3000) : milliseconds(0, 30)
        if chance(10) { behaviour.failingPerMille = 300 }
        if chance(10) { behaviour.silentPerMille = 500 }
        behaviour.silenceAfter = milliseconds(200, 5000)
        return behaviour
    }

    /// Has the switch place calls among the others, now and then more than an account may have.
    mutating func place(_ plan: inout SimulationPlan) {
        for _ in 0..<number(1, 3) {
            var first = call(at: instant(0, 12), vendorCount: plan.vendorCount)
            first.beginning = .placed(second: plan.calls.count + 1)
            if first.customer == .digest { first.caller.credentials = .right }
            var second = call(at: first.start, vendorCount: plan.vendorCount)
            second.beginning = .none
            second.customer = .trusted
            plan.calls += [first, second]
        }
    }

    /// Lets an application take the call, or begin it.
    mutating func direct(_ call: inout CallPlan, number: Int, others: [Int]) {
        let isInbound = chance(75)
        if !isInbound {
            call.beginning = .application
            call.customer = .trusted
        }
        call.application = .random(&source, inbound: isInbound, own: number, others: others)
    }

    mutating func call(at start: Instant, vendorCount: Int) -> CallPlan {
        var call = CallPlan(start: start, callees: (0..<vendorCount).map { _ in callee() })
        switch number(0, 9) {
        case 0: call.customer = .limited
        case 1, 2:
            call.customer = .digest
            call.caller.credentials = chance(60) ? .right : chance(70) ? .wrong : .none
        case 3: call.customer = chance(30) ? .prepaid : .trusted
        default: break
        }
        call.usesStream = chance(20)
        if call.usesStream && chance(40) { call.streamClosesAfter = milliseconds(0, 5000) }
        call.caller.offersLate = chance(10)
        if chance(15) { call.caller.cancelsAfter = milliseconds(0, 1200) }
        call.caller.conduct = conduct()
        let hangsUp = call.callees[0].conduct.hangsUpAfter != nil
        // Somebody hangs up, now and then both at the same moment.
        let after = milliseconds(0, chance(50) ? 300 : 4000)
        if chance(60) || !hangsUp { call.caller.conduct.hangsUpAfter = after }
        if chance(15) { for position in call.callees.indices { call.callees[position].conduct.hangsUpAfter = after } }
        if chance(10) {
            let change = CallConduct.Renegotiation(after: after, .hold)
            call.caller.conduct.renegotiations.append(change)
            for position in call.callees.indices { call.callees[position].conduct.renegotiations.append(change) }
        }
        return call
    }

    private mutating func callee() -> CalleeScript {
        var callee = CalleeScript()
        callee.ringsAfter = chance(85) ? milliseconds(0, 400) : nil
        callee.hasEarlyMedia = chance(20)
        callee.repliesAfter = milliseconds(0, 1500)
        switch number(0, 24) {
        case 0: callee.reply = .refuse(.busyHere)
        case 1: callee.reply = .refuse(.decline)
        case 2, 3: callee.reply = .refuse(.serviceUnavailable)
        case 4: callee.reply = .ring
        case 5: callee.reply = .silence
        case 6: callee.reply = .refuse(.notFound)
        case 7: callee.reply = .refuse(.movedTemporarily)
        default: break
        }
        callee.challenges = chance(8)
        callee.forks = chance(6)
        callee.answersCancelled = chance(30)
        callee.conduct = conduct()
        if chance(30) { callee.conduct.hangsUpAfter = milliseconds(0, 4000) }
        return callee
    }

    private mutating func conduct() -> CallConduct {
        var conduct = CallConduct()
        if chance(20) {
            let changes: [CallConduct.Change] = [.hold, .resume, .move, .addStream, .askForOffer]
            for _ in 0..<number(1, 2) {
                conduct.renegotiations.append(
                    CallConduct.Renegotiation(after: milliseconds(0, 2000), changes[number(0, changes.count - 1)]))
            }
        }
        if chance(20) { conduct.thinksFor = milliseconds(1, 1500) }
        conduct.refusesChanges = chance(5)
        if chance(8) { conduct.informsAfter = milliseconds(0, 2000) }
        if chance(4) { conduct.acknowledges = false }
        if chance(5) { conduct.vanishesAfter = milliseconds(0, 3000) }
        return conduct
    }
}
