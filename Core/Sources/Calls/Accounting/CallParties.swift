import Addresses

/// Who called whom, from where and at which price: the numbers before and after translation, the objects that own the
/// call, and the terms of the route.
public struct CallParties: Equatable, Sendable {
    /// The caller's number as it came in.
    public var callerNumberIn: [UInt8] = []
    /// The dialled number as it came in.
    public var calledNumberIn: [UInt8] = []
    /// The caller's number as it went out to the last connection tried.
    public var callerNumberOut: [UInt8] = []
    /// The dialled number as it went out to the last connection tried.
    public var calledNumberOut: [UInt8] = []
    /// Id of the account the call is counted under; 0 where none was found.
    public var account = 0
    /// Id of the account's customer; 0 where none was found.
    public var customer = 0
    /// Id of the vendor of the last connection tried; 0 for none.
    public var vendor = 0
    /// Id of the last connection tried; 0 for none.
    public var connection = 0
    /// Where the caller's INVITE came from; nil for a call that the switch placed.
    public var source: IPAddress?
    /// What the caller's INVITE names in User-Agent, at most 255 bytes; empty where it names nothing.
    public var userAgent: [UInt8] = []
    /// The prefix of the last route tried; empty where its prefix fits every number, and where there was none.
    public var prefix: [UInt8] = []
    /// Price per minute of the last route tried, in the currency of its destination set.
    public var price = Money.zero

    public init() {}
}
