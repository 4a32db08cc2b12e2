import Addresses

/// Who calls, as far as the interface itself has found out.
public struct XMLRPCAccess: Equatable, Sendable {
    /// How the caller proved its rights.
    public enum Caller: Equatable, Sendable {
        /// The customer with this id, by its web login and API password.
        case customer(Int)
        /// An address that is trusted, without authentication: every customer can be addressed.
        case trusted
    }

    public var caller: Caller
    /// Where the request came from.
    public var source: IPAddress

    public init(_ caller: Caller, source: IPAddress) {
        self.caller = caller
        self.source = source
    }
}
