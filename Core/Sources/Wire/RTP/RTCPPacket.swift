/// One packet of an RTCP datagram, and where its contents lie (RFC 3550 §6).
public struct RTCPPacket: Hashable, Sendable, BitwiseCopyable {
    /// What it reports.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case senderReport = 200
        case receiverReport = 201
        case sourceDescription = 202
        case goodbye = 203
        case application = 204
        case transportFeedback = 205
        case payloadFeedback = 206
        case extendedReport = 207
        /// Registered, and of no interest here.
        case other = 192
    }

    /// What a receiver says about one source (RFC 3550 §6.4.1).
    public struct ReportBlock: Hashable, Sendable, BitwiseCopyable {
        /// The source that is reported on.
        public var source: SSRC
        /// Packets lost since the last report, in 256ths.
        public var fractionLost: UInt8
        /// Packets lost since the beginning.
        public var lost: Int32
        /// Interarrival jitter in units of the source's RTP clock.
        public var jitter: UInt32
    }

    /// Most packets that are read of one datagram.
    public static let maximumPackets = 32

    /// What it reports.
    public var kind: Kind
    /// The number in the first byte: of report blocks, sources or chunks.
    public var count: UInt8
    /// Who sent it; of a goodbye, who leaves first. Zero where the packet is too short to say it.
    public var source: SSRC
    /// Position of the packet in the datagram.
    public var offset: Int
    /// Bytes of the packet, with its header.
    public var length: Int

    /// Whether a datagram that came to an RTP port is RTCP (RFC 5761 §4).
    @inlinable public static func isRTCP(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 8 && bytes[0] >> 6 == 2 && bytes[1] & 0xE0 == 0xC0
    }

    /// The packets of a datagram; nil where it fails the checks of RFC 3550 §A.2, apart from the first packet's kind,
    /// which RFC 5506 §3.4.2 sets free.
    public static func compound(_ bytes: UnsafeRawBufferPointer) -> [RTCPPacket]? {
        guard isRTCP(bytes) else { return nil }
        var packets: [RTCPPacket] = []
        var offset = 0
        while offset < bytes.count {
            guard packets.count < maximumPackets, bytes.count &- offset >= 4, bytes[offset] >> 6 == 2,
                bytes[offset &+ 1] & 0xE0 == 0xC0
            else { return nil }
            let length = (Int(bytes.bigEndian16(at: offset &+ 2)) &+ 1) &* 4
            guard length <= bytes.count &- offset else { return nil }
            packets.append(RTCPPacket(bytes, offset: offset, length: length))
            offset &+= length
        }
        return packets
    }

    /// The packets of a datagram in an array; the same checks.
    public static func compound(_ bytes: [UInt8]) -> [RTCPPacket]? { bytes.withUnsafeBytes { compound($0) } }

    private init(_ bytes: UnsafeRawBufferPointer, offset: Int, length: Int) {
        kind = Kind(rawValue: bytes[offset &+ 1]) ?? .other
        count = bytes[offset] & 0x1F
        source = SSRC(rawValue: length >= 8 ? bytes.bigEndian32(at: offset &+ 4) : 0)
        self.offset = offset
        self.length = length
    }

    /// The report blocks of a sender or receiver report, as far as the packet holds them; none for other kinds.
    public func reportBlocks(in bytes: UnsafeRawBufferPointer) -> [ReportBlock] {
        guard kind == .senderReport || kind == .receiverReport else { return [] }
        var blocks: [ReportBlock] = []
        var position = offset &+ (kind == .senderReport ? 28 : 8)
        let end = min(offset &+ length, bytes.count)
        while blocks.count < Int(count) && position &+ 24 <= end {
            let losses = bytes.bigEndian32(at: position &+ 4)
            blocks.append(
                ReportBlock(
                    source: SSRC(rawValue: bytes.bigEndian32(at: position)),
                    fractionLost: UInt8(truncatingIfNeeded: losses >> 24),
                    lost: Int32(bitPattern: losses << 8) >> 8,
                    jitter: bytes.bigEndian32(at: position &+ 12)))
            position &+= 24
        }
        return blocks
    }
}
