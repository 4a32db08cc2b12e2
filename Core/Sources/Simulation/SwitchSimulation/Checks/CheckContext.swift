import Addresses
import SIPMessages
import Timeline

/// What all checks share: where the simulation is, which call a message belongs to, and what was violated.
struct CheckContext: Sendable {
    let plan: SimulationPlan
    var step = 0
    var now = Instant.zero
    /// Whether the switch drains.
    var isDraining = false
    /// When the switch crashed last and was started again.
    var restarted: Instant?
    private(set) var violations: [Violation] = []
    /// The call of each Call-ID seen.
    private(set) var calls: [[UInt8]: Int] = [:]
    private let phones: [Endpoint: Int]
    private let vendors: Set<Endpoint>

    init(plan: SimulationPlan) {
        self.plan = plan
        var phones: [Endpoint: Int] = [:]
        for (index, call) in plan.calls.enumerated() { phones[SimulatedAddresses.phone(index, call.customer)] = index }
        self.phones = phones
        vendors = Set((0..<plan.vendorCount).map { SimulatedAddresses.vendor($0) })
    }

    /// Notes a violation; only the first of each kind in each call is kept.
    mutating func violate(_ invariant: Invariant, _ detail: String, call: Int?) {
        if violations.contains(where: { $0.invariant == invariant && $0.call == call }) { return }
        violations.append(Violation(invariant: invariant, detail: detail, call: call, step: step, instant: now))
    }

    func isPhone(_ peer: Endpoint) -> Bool { phones[peer] != nil }
    func isVendor(_ peer: Endpoint) -> Bool { vendors.contains(peer) }
    func isParty(_ peer: Endpoint) -> Bool {
        isPhone(peer) || isVendor(peer) || (peer == SimulatedAddresses.stranger && plan.hostileMessages > 0)
    }

    /// The call of a message: the phone's, or the one whose number was dialled.
    mutating func call(of message: SIPMessage?, peer: Endpoint) -> Int? {
        if let index = phones[peer] { return index }
        guard let message, isVendor(peer) else { return nil }
        let callID = message.copy(message.callID)
        if let known = calls[callID] { return known }
        guard let index = CalledNumber.index(of: message, message.to.uri), plan.calls.indices.contains(index) else {
            return nil
        }
        calls[callID] = index
        return index
    }
}
