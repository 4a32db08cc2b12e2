/// What a payload type means: `a=rtpmap` (RFC 8866 §6.6).
public struct RTPMap: Hashable, Sendable {
    /// The payload type, 0...127.
    public var payloadType: UInt8
    /// The encoding's name as written; names compare without case.
    public var encoding: [UInt8]
    /// The RTP clock in hertz.
    public var clockRate: UInt32
    /// Channels of audio; 1 where none are written.
    public var channels: UInt8

    public init(payloadType: UInt8, encoding: [UInt8], clockRate: UInt32, channels: UInt8 = 1) {
        self.payloadType = payloadType
        self.encoding = encoding
        self.clockRate = clockRate
        self.channels = channels
    }

    /// Whether the encoding has this name, given in lower case.
    public func isEncoding(_ name: StaticString) -> Bool {
        encoding.withUnsafeBufferPointer { $0.spells(name) }
    }

    /// Whether the encoding has this name, in whatever case (RFC 8866 §6.6).
    public func isEncoding(named name: [UInt8]) -> Bool {
        encoding.elementsEqual(name) { Self.lowercase($0) == Self.lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// The mapping of the static payload types that a telephone uses (RFC 3551 §6); nil for others.
    public static func ofStatic(_ payloadType: UInt8) -> RTPMap? {
        switch payloadType {
        case 0: RTPMap(payloadType: 0, encoding: Array("PCMU".utf8), clockRate: 8_000)
        case 3: RTPMap(payloadType: 3, encoding: Array("GSM".utf8), clockRate: 8_000)
        case 4: RTPMap(payloadType: 4, encoding: Array("G723".utf8), clockRate: 8_000)
        case 8: RTPMap(payloadType: 8, encoding: Array("PCMA".utf8), clockRate: 8_000)
        case 9: RTPMap(payloadType: 9, encoding: Array("G722".utf8), clockRate: 8_000)
        case 13: RTPMap(payloadType: 13, encoding: Array("CN".utf8), clockRate: 8_000)
        case 15: RTPMap(payloadType: 15, encoding: Array("G728".utf8), clockRate: 8_000)
        case 18: RTPMap(payloadType: 18, encoding: Array("G729".utf8), clockRate: 8_000)
        default: nil
        }
    }
}
