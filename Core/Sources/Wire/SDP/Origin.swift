import Addresses

/// Who made a session description, and which version of it this is (RFC 8866 §5.2).
public struct Origin: Hashable, Sendable, BitwiseCopyable {
    /// Names the session; numbers beyond 64 bits are kept modulo 2^64, enough to tell them apart.
    public var sessionID: UInt64
    /// Rises by one with every change of the description (RFC 3264 §8).
    public var version: UInt64
    /// The host; 0.0.0.0 where a name was written.
    public var address: IPAddress

    public init(sessionID: UInt64, version: UInt64, address: IPAddress) {
        self.sessionID = sessionID
        self.version = version
        self.address = address
    }
}
