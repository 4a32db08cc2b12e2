import Accounting
import Addresses
import CallControl

/// One row of a call listing: what is known of a call at this moment.
public struct CallSnapshot: Equatable, Sendable {
    /// `ID`: number of the call.
    public var id: UInt64
    /// `CALL_ID`: Call-ID of the caller's leg.
    public var callID: [UInt8]
    /// `CLI`: calling number.
    public var cli: [UInt8]
    /// `CLD`: called number.
    public var cld: [UInt8]
    /// `I_ACCOUNT`.
    public var account: Int
    /// `I_CUSTOMER`.
    public var customer: Int
    /// `I_ENVIRONMENT`.
    public var environment: Int
    /// `I_CONNECTION` of the current route; nil before there is one.
    public var connection: Int?
    /// Vendor of that connection.
    public var vendor: Int?
    /// `CC_STATE`.
    public var state: CallState
    /// `DELAY`: from set-up to answer, to the end, or to now.
    public var delay: Duration
    /// `DURATION`: from answer to the end or to now; zero while unanswered.
    public var duration: Duration
    /// `CALLER_MEDIA_IP`, once known.
    public var callerMedia: IPAddress?
    /// `CALLEE_MEDIA_IP`, once known.
    public var calleeMedia: IPAddress?
    /// `SETUP_TIME`: milliseconds since 1970-01-01 00:00 UTC.
    public var setupMilliseconds: Int64
    /// `DIRECTION` of the current route.
    public var direction: Direction

    /// How the call began.
    public var origin = CallOrigin.inbound
    /// The party that is called, or was called last.
    public var party = CallParty.callee

    /// The kinds of route that `DIRECTION` names.
    public enum Direction: String, Sendable { case vendor = "vendor", onNetIn = "onnet_in" }
}
