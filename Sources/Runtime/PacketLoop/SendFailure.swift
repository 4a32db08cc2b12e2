import Addresses

/// A datagram that the kernel refused, or that a router or the peer's machine reported as undeliverable.
public struct SendFailure: Equatable, Sendable {
    /// The datagram; only its beginning (about 500 bytes) where the report came by ICMP.
    public let bytes: [UInt8]
    /// Whether `bytes` is the whole datagram.
    public let isWhole: Bool
    /// Where it was to go.
    public let destination: Endpoint
    /// The errno: EINVAL for port 0, EACCES for a broadcast address, ECONNREFUSED for a closed port among others.
    public let code: Int32
}
