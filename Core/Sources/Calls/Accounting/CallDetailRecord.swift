/// One ended call: what is stored, billed and shown. Written durably before the last event of its call is sent.
public struct CallDetailRecord: Equatable, Sendable {
    /// Number of the record, unique in the store.
    public var id: UInt64
    /// Number of the call (`ID` of the XML-RPC listing); the records of a call's legs share it.
    public var call: UInt64
    /// Name of the node that carried the call.
    public var node: String
    /// Number of the environment, 1 by default.
    public var environment: Int
    /// How the call began.
    public var origin: CallOrigin
    /// Call-ID of the caller's leg.
    public var callerCallID: [UInt8]
    /// Call-ID of the last callee leg; empty where none was made.
    public var calleeCallID: [UInt8]
    /// Who called whom.
    public var parties: CallParties
    /// When.
    public var times: CallTimes
    /// Why it ended.
    public var ending: CallEnding
    /// The routes tried, in order; of a call that the switch placed, those to the first party come first.
    public var attempts: [RouteAttempt]
    /// What came from the caller; nil where no media passed the switch.
    public var callerMedia: CallMediaRecord?
    /// What came from the callee; nil where no media passed the switch.
    public var calleeMedia: CallMediaRecord?

    public init(id: UInt64, call: UInt64, parties: CallParties, times: CallTimes, ending: CallEnding) {
        self.id = id
        self.call = call
        self.parties = parties
        self.times = times
        self.ending = ending
        node = ""
        environment = 1
        origin = .inbound
        callerCallID = []
        calleeCallID = []
        attempts = []
    }

    /// From answer to end; zero for a call that was not answered.
    public var duration: Duration { times.duration }

    /// `duration` as it is billed: every second that has begun.
    public var billedSeconds: Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds + (attoseconds > 0 ? 1 : 0)
    }

    /// What the billed seconds cost by the price of the route, in the currency of its destination set.
    public var cost: Money { parties.price.perMinute(for: .seconds(billedSeconds)) }
}
