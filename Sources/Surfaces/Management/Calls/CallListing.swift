import CallControl
import Foundation
import SwitchEngine
import Timeline

/// A call as listings show it; the member names are those of the XML-RPC interface.
public struct CallListing: Codable, Equatable, Sendable {
    /// Number of the call, a text because other programs keep numbers in 53 bits.
    public var id: String
    /// Call-ID of the caller's leg.
    public var callID: String
    /// Calling number.
    public var cli: String
    /// Called number.
    public var cld: String
    /// Id of the account; 0 before one is known.
    public var account: Int
    /// Id of its customer; 0 before one is known.
    public var customer: Int
    /// Number of the environment.
    public var environment: Int
    /// Id of the connection of the current route; null before there is one.
    public var connection: Int?
    /// State of the call: Idle, WaitAuth, WaitRoute, ARComplete, Connected, Disconnecting or Dead.
    public var state: String
    /// Seconds from set-up to answer, to the end, or to now.
    public var delay: Double
    /// Seconds from answer to the end or to now; 0 while unanswered.
    public var duration: Double
    /// Address of the caller's media; empty before it is known.
    public var callerMedia: String
    /// Address of the callee's media; empty before it is known.
    public var calleeMedia: String
    /// When the call came in, UTC, as `20260305T08:15:42.117`.
    public var setupTime: String
    /// Kind of the current route, `vendor` or `onnet_in`.
    public var direction: String

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case callID = "CALL_ID"
        case cli = "CLI"
        case cld = "CLD"
        case account = "I_ACCOUNT"
        case customer = "I_CUSTOMER"
        case environment = "I_ENVIRONMENT"
        case connection = "I_CONNECTION"
        case state = "CC_STATE"
        case delay = "DELAY"
        case duration = "DURATION"
        case callerMedia = "CALLER_MEDIA_IP"
        case calleeMedia = "CALLEE_MEDIA_IP"
        case setupTime = "SETUP_TIME"
        case direction = "DIRECTION"
    }

    /// The listing of what a shard knows; bytes that are not UTF-8 become U+FFFD.
    public init(_ call: CallSnapshot) {
        id = "\(call.id)"
        callID = String(decoding: call.callID, as: UTF8.self)
        cli = String(decoding: call.cli, as: UTF8.self)
        cld = String(decoding: call.cld, as: UTF8.self)
        account = call.account
        customer = call.customer
        environment = call.environment
        connection = call.connection
        state = call.state.name
        delay = call.delay.inSeconds
        duration = call.duration.inSeconds
        callerMedia = call.callerMedia.map { "\($0)" } ?? ""
        calleeMedia = call.calleeMedia.map { "\($0)" } ?? ""
        setupTime = UTCTime(milliseconds: call.setupMilliseconds).compact
        direction = call.direction.rawValue
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(callID, forKey: .callID)
        try container.encode(cli, forKey: .cli)
        try container.encode(cld, forKey: .cld)
        try container.encode(account, forKey: .account)
        try container.encode(customer, forKey: .customer)
        try container.encode(environment, forKey: .environment)
        try container.encode(connection, forKey: .connection)
        try container.encode(state, forKey: .state)
        try container.encode(delay, forKey: .delay)
        try container.encode(duration, forKey: .duration)
        try container.encode(callerMedia, forKey: .callerMedia)
        try container.encode(calleeMedia, forKey: .calleeMedia)
        try container.encode(setupTime, forKey: .setupTime)
        try container.encode(direction, forKey: .direction)
    }
}

extension CallListing {
    /// Whether listActiveCalls shows the call.
    public var isActive: Bool { CallState.allCases.contains { $0.isActive && $0.name == state } }
}
