import Addresses
import Timeline

/// Everything that will happen in a simulated world, but for what chance does to single datagrams.
public struct SimulationPlan: Equatable, Sendable {
    /// What an operator does during a simulation.
    public enum Intervention: Equatable, Sendable {
        /// Disconnect the oldest call that is listed.
        case disconnect
        /// Disconnect all calls of the account of the oldest call that is listed, a few at a time.
        case disconnectAccount
        /// Disconnect every call of root and below, a few at a time.
        case disconnectEverything
        /// List the calls, a page at a time, while they go on.
        case list
        /// Put another configuration in force: the routes in reverse order.
        case swapConfiguration
        /// Begin to drain, as the first SIGTERM does: no new calls.
        case drain
        /// End the calls that are left, as a switch does that has drained for long enough.
        case stop
        /// Kill the switch and start it again: it knows nothing of its calls any more.
        case restart
    }

    /// An intervention and its time.
    public struct Appointment: Equatable, Sendable {
        public var instant: Instant
        public var intervention: Intervention

        public init(_ intervention: Intervention, at instant: Instant) {
            self.instant = instant
            self.intervention = intervention
        }
    }

    /// Decides every identifier and every die.
    public var seed: UInt64
    public var network = NetworkConditions.perfect
    public var calls: [CallPlan] = []
    /// Whether media passes the switch.
    public var relays = false
    public var media = SimulatedMedia.Behaviour()
    public var storeDelay: Duration = .milliseconds(20)
    public var storeOutages: [SimulatedStore.Outage] = []
    public var interventions: [Appointment] = []
    /// How many messages a stranger sends.
    public var hostileMessages = 0
    /// `max_sessions` of the limited customer's account.
    public var sessionLimit = 2
    /// Vendors, one connection each, tried in this order.
    public var vendorCount = 2
    /// How often each vendor is asked OPTIONS; nil for never.
    public var keepalive: Duration?

    public init(seed: UInt64) { self.seed = seed }

    /// Where a vendor lives, for partitions.
    public func addressOfVendor(_ index: Int) -> IPAddress { SimulatedAddresses.vendor(index).address }

    /// Whether nothing but the parties' own scripts decides how calls go.
    var isUndisturbed: Bool {
        network.isHonest && hostileMessages == 0 && interventions.allSatisfy { $0.intervention == .list }
            && media.failingPerMille == 0 && media.silentPerMille == 0
    }
}
