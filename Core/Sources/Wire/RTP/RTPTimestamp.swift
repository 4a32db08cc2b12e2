/// The media clock of an RTP packet; wraps, and starts anywhere (RFC 3550 §5.1). One unit is 125 µs at 8 kHz.
public struct RTPTimestamp: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The timestamp `units` later, across the wrap.
    @inlinable public func advanced(by units: Int) -> RTPTimestamp {
        RTPTimestamp(rawValue: rawValue &+ UInt32(truncatingIfNeeded: units))
    }

    /// The units from `earlier` to this timestamp by the shorter way around; negative where this one is older.
    @inlinable public func distance(from earlier: RTPTimestamp) -> Int {
        Int(Int32(bitPattern: rawValue &- earlier.rawValue))
    }
}
