/// How the samples of a WAVE file are written.
public enum WAVEFormat: Hashable, Sendable, CaseIterable {
    /// 16-bit linear, signed, little-endian.
    case linear
    /// G.711 A-law, one byte a sample.
    case aLaw
    /// G.711 µ-law, one byte a sample.
    case muLaw
    /// 8-bit linear, unsigned.
    case unsigned8
    /// OKI (Dialogic) ADPCM, two samples a byte, the earlier in the upper half.
    case okiADPCM
    /// IMA (DVI) ADPCM, two samples a byte, the earlier in the lower half, in blocks with a header.
    case imaADPCM

    /// The format's number in the header that is written.
    public var code: UInt16 {
        switch self {
        case .linear, .unsigned8: 0x01
        case .aLaw: 0x06
        case .muLaw: 0x07
        case .okiADPCM: 0x10
        case .imaADPCM: 0x11
        }
    }

    /// Bits of one sample.
    public var bitsPerSample: Int {
        switch self {
        case .linear: 16
        case .aLaw, .muLaw, .unsigned8: 8
        case .okiADPCM, .imaADPCM: 4
        }
    }

    /// Whether two channels can be written; the ADPCM formats are written with one.
    public var allowsTwoChannels: Bool { bitsPerSample >= 8 }

    /// The format that a header's number and depth name; nil where none does.
    init?(code: UInt16, depth: UInt16) {
        switch (code, depth) {
        case (0x01, 16): self = .linear
        case (0x01, 8): self = .unsigned8
        case (0x06, 8): self = .aLaw
        case (0x07, 8): self = .muLaw
        case (0x10, 4), (0x17, 4): self = .okiADPCM
        case (0x11, 4): self = .imaADPCM
        default: return nil
        }
    }
}

/// Why bytes are not a WAVE file that can be played here.
public enum WAVEError: Error, Hashable, Sendable {
    /// The bytes do not begin with `RIFF` and `WAVE`.
    case notWAVE
    /// The file ends inside the chunk that begins at `offset`, or that chunk's size is larger than the file.
    case truncated(offset: Int)
    /// No `fmt ` chunk stands before the samples, or it is shorter than 16 bytes.
    case missingFormat
    /// No `data` chunk within the first 64 chunks.
    case missingSamples
    /// A format code other than linear, A-law, µ-law, OKI ADPCM and IMA ADPCM.
    case unsupportedFormat(UInt16)
    /// Other than one or two channels, or two of an ADPCM format.
    case unsupportedChannels(UInt16)
    /// A rate that is not one of `SampleRate.playable`.
    case unsupportedRate(UInt32)
    /// Bits per sample, or bytes per block, that do not belong to the format.
    case unsupportedDepth(UInt16)
}

extension WAVEError: CustomStringConvertible {
    /// What is wrong with the file and what would be right, as the end of a sentence.
    public var description: String {
        switch self {
        case .notWAVE: "it is no WAV file"
        case .truncated(let offset): "its chunk at byte \(offset) is longer than the file"
        case .missingFormat: "it does not say its format before its samples"
        case .missingSamples: "it has no samples"
        case .unsupportedFormat(let code):
            "its format is \(code); what is played is linear (1), A-law (6), µ-law (7), OKI ADPCM (16) and IMA ADPCM (17)"
        case .unsupportedChannels(let count):
            "it has \(count) channels; what is played has one, or two where it is no ADPCM"
        case .unsupportedRate(let rate):
            "it has \(rate) samples a second; what is played has "
                + SampleRate.playable.sorted().map { "\($0.rawValue)" }.joined(separator: ", ")
        case .unsupportedDepth(let bits):
            "it has \(bits) bits a sample, or bytes a block; linear samples have 8 or 16 bits"
        }
    }
}
