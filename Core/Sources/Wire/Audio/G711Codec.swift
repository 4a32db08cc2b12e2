/// The two codecs of ITU-T G.711 as RTP names them (RFC 3551 §6, table 4).
public enum G711Codec: UInt8, Hashable, Sendable, CaseIterable {
    case pcmu = 0
    case pcma = 8

    /// The static RTP payload type.
    public var payloadType: UInt8 { rawValue }

    /// The encoding name of SDP's `rtpmap`.
    public var encodingName: StaticString {
        switch self {
        case .pcmu: "PCMU"
        case .pcma: "PCMA"
        }
    }

    /// The code of silence.
    public var silence: UInt8 {
        switch self {
        case .pcmu: MuLaw.silence
        case .pcma: ALaw.silence
        }
    }

    /// One byte for each sample.
    public func encode(_ samples: some Collection<Int16>) -> [UInt8] {
        switch self {
        case .pcmu: samples.map(MuLaw.encode)
        case .pcma: samples.map(ALaw.encode)
        }
    }

    /// One sample for each byte.
    public func decode(_ codes: some Collection<UInt8>) -> [Int16] {
        switch self {
        case .pcmu:
            let table = MuLaw.decodingTable
            return codes.map { table[Int($0)] }
        case .pcma:
            let table = ALaw.decodingTable
            return codes.map { table[Int($0)] }
        }
    }
}
