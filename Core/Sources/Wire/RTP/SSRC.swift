/// The random number that names the source of an RTP stream (RFC 3550 §8).
public struct SSRC: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}
