import Timeline

/// One call of a simulation.
public struct CallPlan: Equatable, Sendable {
    /// Which account the caller belongs to.
    public enum Customer: UInt8, Sendable {
        /// Trusted by address, without limits.
        case trusted
        /// Trusted by address, with `SimulationPlan.sessionLimit`.
        case limited
        /// Known by digest only.
        case digest
        /// Trusted by address, and may speak for two seconds only.
        case prepaid
    }

    /// Who begins the call.
    public enum Beginning: Equatable, Sendable {
        /// Its caller.
        case caller
        /// The switch: it calls this plan's callee first, and then the callee of the plan with this number.
        case placed(second: Int)
        /// An application, started from outside: it calls this plan's callee on its primary channel.
        case application
        /// Nobody: the plan only tells what the second party of such a call does.
        case none
    }

    public var beginning = Beginning.caller
    /// When the caller calls.
    public var start: Instant
    public var customer = Customer.trusted
    /// What the application does that the dialled number leads to, or that begins the call; nil where none does.
    public var application: ApplicationScript?
    public var caller = CallerScript()
    /// Whether the caller speaks over a stream.
    public var usesStream = false
    /// When the stream closes while nothing is on its way, counted from `start`; nil leaves it open. The next message
    /// opens another.
    public var streamClosesAfter: Duration?
    /// What each vendor does with the call, in the order of the connections.
    public var callees: [CalleeScript]

    public init(start: Instant, callees: [CalleeScript]) {
        self.start = start
        self.callees = callees
    }

    /// Whether this call has to be answered, whatever a network with up to a tenth of loss does to it.
    var mustBeAnswered: Bool {
        guard beginning == .caller, application == nil, let callee = callees.first, callee.reply == .accept,
            callee.conduct.vanishesAfter == nil
        else {
            return false
        }
        let isAdmitted =
            customer == .trusted || customer == .prepaid || (customer == .digest && caller.credentials == .right)
        return isAdmitted && streamClosesAfter == nil && caller.conduct.vanishesAfter == nil
            && caller.cancelsAfter >= .seconds(100)
    }

    /// Whether the caller may be connected to a callee at all.
    var isEntitled: Bool { customer != .digest || caller.credentials == .right }
}
