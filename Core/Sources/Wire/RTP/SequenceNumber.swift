/// The 16-bit counter of RTP packets; wraps (RFC 3550 §5.1).
public struct SequenceNumber: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The number after this one.
    @inlinable public var next: SequenceNumber { SequenceNumber(rawValue: rawValue &+ 1) }

    /// The packets from `earlier` to this number by the shorter way around; negative where this one is older.
    @inlinable public func distance(from earlier: SequenceNumber) -> Int {
        Int(Int16(bitPattern: rawValue &- earlier.rawValue))
    }
}
