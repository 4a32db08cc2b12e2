import Addresses
import CallControl
import Routing
import SDP
import SIPMessages
import SIPTransactions

/// Everything a shard has to know about its configuration; immutable, swapped whole.
public struct ConfigurationSnapshot: Sendable {
    /// Name of the node, for records.
    public var node = "node-1"
    /// `I_ENVIRONMENT`.
    public var environment = 1
    /// Realm of our challenges.
    public var realm: [UInt8] = Array("martlet".utf8)
    /// What our challenges offer, in this order; fixed for the life of the shard.
    public var digestAlgorithms: [DigestAlgorithm] = [.md5, .sha256]
    /// Value of User-Agent and Server.
    public var product: [UInt8] = Array("martlet".utf8)
    /// The address put into Via and Contact where it differs from the bound one.
    public var advertised: IPAddress?
    public var timers = TransactionTimers()
    /// Longest time for one route to be answered.
    public var noAnswer: Duration = .seconds(180)
    /// Longest time between two signs of life of an application's party (RFC 4028); zero for no session timers.
    public var sessionExpires: Duration = .zero
    /// How a call's media travels where neither account nor connection say so.
    public var mediaMode = MediaMode.relay
    /// The address bound for media; unspecified takes the address that faces the party.
    public var mediaAddress = IPAddress(v4: 0)
    /// The address put into session descriptions where it differs from the bound one.
    public var mediaAdvertised: IPAddress?
    /// What the switch offers where it describes a session itself, best first.
    public var codecs = [0, 8].compactMap { RTPMap.ofStatic($0) }
    /// Most parties of a conference where it says nothing else.
    public var conferenceParties = 40
    /// Names of header fields that pass from the caller's INVITE to the callee's, in lower case.
    public var passedHeaders: [[UInt8]] = []
    /// Limits of the whole switch.
    public var limits = SwitchLimits()
    /// How long a dead call stays listed and absorbs late messages.
    public var linger: Duration = .seconds(32)
    /// Most nonces of digest challenges whose use is remembered; fixed for the life of the shard, four bytes each.
    public var nonceWindow = 1 << 20
    /// Customers, accounts and routes.
    public var tables: RoutingTables
    /// The way to each connection, by connection id; a connection without one is unreachable.
    public var flows: [Int: Flow] = [:]

    public init(tables: RoutingTables) { self.tables = tables }

    /// What holds for a call that may last for `maxCreditTime`; nil for ever.
    func policy(maxCreditTime: Duration?) -> CallPolicy {
        CallPolicy(maxCreditTime: maxCreditTime, noAnswer: noAnswer, linger: linger)
    }

    /// The session interval that is asked for, in seconds; nil for none.
    var sessionSeconds: UInt32? {
        sessionExpires == .zero ? nil : UInt32(clamping: sessionExpires.components.seconds)
    }
}
