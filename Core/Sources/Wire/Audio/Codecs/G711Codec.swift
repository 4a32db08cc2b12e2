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

    /// Appends one byte for each sample; not generic, so that it is as fast from every module.
    public func append(_ samples: ArraySlice<Int16>, to bytes: inout [UInt8]) {
        samples.withUnsafeBufferPointer { samples in
            switch self {
            case .pcmu: for sample in samples { bytes.append(MuLaw.encode(sample)) }
            case .pcma: for sample in samples { bytes.append(ALaw.encode(sample)) }
            }
        }
    }

    /// The code of `target` nearest to each of the 256 codes of this codec.
    public func table(to target: G711Codec) -> [UInt8] {
        switch (self, target) {
        case (.pcmu, .pcmu), (.pcma, .pcma): Self.identity
        case (.pcmu, .pcma): Self.muLawToALaw
        case (.pcma, .pcmu): Self.aLawToMuLaw
        }
    }

    private static let identity: [UInt8] = (0...255).map { $0 }
    private static let muLawToALaw: [UInt8] = MuLaw.decodingTable.map(ALaw.encode)
    private static let aLawToMuLaw: [UInt8] = ALaw.decodingTable.map(MuLaw.encode)
}
