/// The header of an RTP packet, and where its payload lies (RFC 3550 §5.1).
public struct RTPPacket: Hashable, Sendable, BitwiseCopyable {
    /// Bytes of a header without contributing sources and extension.
    public static let headerSize = 12

    /// The marker bit: of audio, the first packet after a silence.
    public var marker: Bool
    /// What it carries.
    public var payloadType: PayloadType
    /// Its place in the stream.
    public var sequenceNumber: SequenceNumber
    /// When its first sample was taken.
    public var timestamp: RTPTimestamp
    /// The stream's source.
    public var source: SSRC
    /// Position of the payload in the datagram.
    public var payloadOffset: Int
    /// Bytes of payload, without padding.
    public var payloadCount: Int

    /// A packet to be written, with the plain header of 12 bytes.
    @inlinable public init(
        payloadType: PayloadType, sequenceNumber: SequenceNumber, timestamp: RTPTimestamp, source: SSRC,
        marker: Bool = false
    ) {
        self.marker = marker
        self.payloadType = payloadType
        self.sequenceNumber = sequenceNumber
        self.timestamp = timestamp
        self.source = source
        payloadOffset = Self.headerSize
        payloadCount = 0
    }

    /// Reads a datagram; nil where it fails the checks of RFC 3550 §A.1: version 2, a length that holds header,
    /// extension and padding, and a second byte that is not RTCP's (192...223, RFC 5761 §4).
    @inlinable public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.headerSize, bytes[0] >> 6 == 2, bytes[1] & 0xE0 != 0xC0 else { return nil }
        var offset = Self.headerSize &+ Int(bytes[0] & 0x0F) &* 4
        if bytes[0] & 0x10 != 0 {
            guard bytes.count >= offset &+ 4 else { return nil }
            offset &+= 4 &+ Int(bytes.bigEndian16(at: offset &+ 2)) &* 4
        }
        guard offset <= bytes.count else { return nil }
        var count = bytes.count &- offset
        if bytes[0] & 0x20 != 0 {
            let padding = Int(bytes[bytes.count &- 1])
            guard padding > 0, padding <= count else { return nil }
            count &-= padding
        }
        marker = bytes[1] & 0x80 != 0
        payloadType = PayloadType(rawValue: bytes[1])
        sequenceNumber = SequenceNumber(rawValue: bytes.bigEndian16(at: 2))
        timestamp = RTPTimestamp(rawValue: bytes.bigEndian32(at: 4))
        source = SSRC(rawValue: bytes.bigEndian32(at: 8))
        payloadOffset = offset
        payloadCount = count
    }

    /// Reads a datagram in an array; the same checks.
    public init?(_ bytes: [UInt8]) {
        let packet = bytes.withUnsafeBytes { RTPPacket($0) }
        guard let packet else { return nil }
        self = packet
    }

    /// Appends the plain header of 12 bytes; the payload follows it.
    public func writeHeader(into bytes: inout [UInt8]) {
        bytes.append(0x80)
        bytes.append((marker ? 0x80 : 0) | payloadType.rawValue)
        bytes.append(UInt8(truncatingIfNeeded: sequenceNumber.rawValue >> 8))
        bytes.append(UInt8(truncatingIfNeeded: sequenceNumber.rawValue))
        for word in [timestamp.rawValue, source.rawValue] {
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
    }
}
