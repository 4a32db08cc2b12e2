/// What one party sent as audio during a call, in plain numbers.
public struct CallMediaRecord: Equatable, Sendable, BitwiseCopyable {
    /// RTP packets taken from the party.
    public var packets: UInt64
    /// Their payload and headers in bytes.
    public var bytes: UInt64
    /// Packets that never came; negative where duplicates outnumber losses (RFC 3550 §6.4.1).
    public var lost: Int64
    /// Packets thrown away because they came from another address.
    public var rejected: UInt64
    /// Interarrival jitter (RFC 3550 §6.4.1).
    public var jitter: Duration

    public init(packets: UInt64 = 0, bytes: UInt64 = 0, lost: Int64 = 0, rejected: UInt64 = 0, jitter: Duration = .zero)
    {
        self.packets = packets
        self.bytes = bytes
        self.lost = lost
        self.rejected = rejected
        self.jitter = jitter
    }
}
