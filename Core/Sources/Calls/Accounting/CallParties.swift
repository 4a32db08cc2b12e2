/// Who called whom: the numbers before and after translation, and the objects that own the call.
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

    public init() {}
}
