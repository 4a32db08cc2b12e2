/// What an RTP packet carries, 0...127 (RFC 3551 §6).
public struct PayloadType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7F }

    /// G.711 µ-law, 8,000 Hz.
    public static let pcmu = PayloadType(rawValue: 0)
    /// G.711 A-law, 8,000 Hz.
    public static let pcma = PayloadType(rawValue: 8)
    /// Comfort noise (RFC 3389).
    public static let comfortNoise = PayloadType(rawValue: 13)
}
