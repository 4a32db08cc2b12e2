import Addresses
import SIPMessages

/// The way between one of our sockets and a peer on which SIP bytes travel (RFC 5626's word; never called a
/// connection, which is an egress trunk here).
public struct Flow: Hashable, Sendable, BitwiseCopyable {
    /// The transport of both directions.
    public var transport: SIPTransport
    /// Position of our listening socket in the configuration's list.
    public var listener: UInt16
    /// Number of the stream between us and the peer; 0 for datagrams and for a stream still to be opened.
    public var stream: UInt32
    /// Our own address as the peer sees it in Via and Contact.
    public var local: Endpoint
    /// The peer's address: source of what came in, destination of what goes out.
    public var remote: Endpoint

    public init(transport: SIPTransport, listener: UInt16, stream: UInt32 = 0, local: Endpoint, remote: Endpoint) {
        self.transport = transport
        self.listener = listener
        self.stream = stream
        self.local = local
        self.remote = remote
    }
}
