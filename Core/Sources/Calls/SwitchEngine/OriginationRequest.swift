import Accounting
import Routing

/// Asks a shard to call two parties one after the other and to connect them.
public struct OriginationRequest: Equatable, Sendable {
    /// A party of the call.
    public struct Party: Equatable, Sendable {
        /// The number that is called, as if the account had dialled it.
        public var number: [UInt8]
        /// The calling number that this party sees; nil shows the other party's number.
        public var shown: [UInt8]?

        public init(number: [UInt8], shown: [UInt8]? = nil) {
            self.number = number
            self.shown = shown
        }
    }

    /// Id of the account that the call is routed and counted as.
    public var account: Int
    /// How the record names the beginning of the call.
    public var origin: CallOrigin
    /// Called first.
    public var first: Party
    /// Called when the first has answered.
    public var second: Party
    /// Longest connected call, where it is less than the account's; nil for the account's.
    public var creditTime: Duration?

    public init(account: Int, origin: CallOrigin, first: Party, second: Party) {
        self.account = account
        self.origin = origin
        self.first = first
        self.second = second
    }
}

/// What became of an `OriginationRequest`.
public enum OriginationOutcome: Equatable, Sendable {
    /// There is a call now, which may be refused by the limits and routes of its account as any other; its number, and
    /// the id that its record will have.
    case started(call: UInt64, record: UInt64)
    /// There is no call.
    case refused(OriginationRefusal)
}

/// Why the switch did not begin a call that it was asked for.
public enum OriginationRefusal: Error, Equatable, Sendable {
    /// The switch is about to stop.
    case draining
    /// There is no account with this id.
    case unknownAccount
    /// A limit of the whole switch is reached.
    case limitReached(AdmissionLimit)
}
