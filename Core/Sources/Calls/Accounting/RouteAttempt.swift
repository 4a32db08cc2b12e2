/// One route that a call tried, or would have tried: a row under its call detail record.
public struct RouteAttempt: Equatable, Sendable {
    /// How the attempt ended.
    public enum Outcome: UInt8, Equatable, Sendable, CaseIterable {
        /// The callee answered with 2xx.
        case connected
        /// The peer refused with the status in `status`.
        case answered
        /// No provisional answer within the route's timeout_1xx.
        case noReply
        /// No final answer within the route's timeout_2xx.
        case noAnswer
        /// The bytes could not be sent, or the stream closed.
        case unreachable
        /// The connection's capacity or rate was used up: nothing was sent.
        case overCapacity
        /// The caller gave up, or the call was ended, while the attempt was under way.
        case abandoned
    }

    /// Whom the attempt called.
    public var party: CallParty
    /// Id of the connection that was tried.
    public var connection: Int
    /// How it ended.
    public var outcome: Outcome
    /// The peer's final SIP status; 0 where there was none.
    public var status: UInt16
    /// From sending the first INVITE of the attempt to its end.
    public var delay: Duration
    /// The peer's reason phrase or Reason header text; empty where there was none.
    public var reason: [UInt8]

    public init(
        _ party: CallParty = .callee, connection: Int, outcome: Outcome, status: UInt16 = 0, delay: Duration,
        reason: [UInt8] = []
    ) {
        self.party = party
        self.connection = connection
        self.outcome = outcome
        self.status = status
        self.delay = delay
        self.reason = reason
    }
}
