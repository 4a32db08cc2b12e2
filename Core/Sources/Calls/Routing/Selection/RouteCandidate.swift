import Accounting
import Timeline

/// One route that may be tried for a call. Positions are valid in the tables that made the candidate.
public struct RouteCandidate: Equatable, Sendable, BitwiseCopyable {
    /// Position in `RoutingTables.connections`.
    public var connection: Int
    /// `i_connection`, valid in any tables.
    public var connectionID: Int
    /// Price per minute in the destination set's currency.
    public var price: Money
    /// The route's preference, higher first.
    public var preference: Int32
    /// The member's preference, higher first.
    public var memberPreference: Int32
    /// The member's share under the `weighted` policy.
    public var weight: Int32
    /// Position of the member in its group.
    public var member: UInt16
    /// Length of the prefix that fits, in bytes.
    public var prefixLength: UInt8
    /// Whether no other route is tried after this one.
    public var isHuntstop: Bool
    private var milliseconds1xx: UInt32
    private var milliseconds2xx: UInt32

    /// Longest wait for a provisional answer; nil for no limit but the transaction's.
    public var timeout1xx: Duration? { milliseconds1xx == 0 ? nil : .milliseconds(Int64(milliseconds1xx)) }
    /// Longest wait for a final answer; nil for no limit but the transaction's.
    public var timeout2xx: Duration? { milliseconds2xx == 0 ? nil : .milliseconds(Int64(milliseconds2xx)) }

    init(route: RouteEntry, prefixLength: Int, member: RoutingMemberEntry, number: Int, connectionID: Int) {
        connection = Int(member.connection)
        self.connectionID = connectionID
        price = route.price
        preference = route.preference
        memberPreference = member.preference
        weight = member.weight
        self.member = UInt16(truncatingIfNeeded: number)
        self.prefixLength = UInt8(truncatingIfNeeded: prefixLength)
        isHuntstop = route.isHuntstop
        milliseconds1xx = route.timeout1xx
        milliseconds2xx = route.timeout2xx
    }

    /// Takes the connection's wait for a provisional answer where that is shorter.
    mutating func shorten(to wait: Duration) {
        let milliseconds = UInt32(clamping: wait.milliseconds)
        if milliseconds1xx == 0 || milliseconds < milliseconds1xx { milliseconds1xx = milliseconds }
    }

    /// The only route of a call that leads to one connection, as a DID's: timeouts of 5 s and 60 s.
    public init(connection: Int, connectionID: Int) {
        self.connection = connection
        self.connectionID = connectionID
        price = .zero
        preference = 1
        memberPreference = 1
        weight = 1
        member = 0
        prefixLength = 0
        isHuntstop = false
        milliseconds1xx = 5_000
        milliseconds2xx = 60_000
    }
}
