/// How the samples of a WAVE file are written; all are 8 kHz and mono.
public enum WAVEFormat: UInt16, Hashable, Sendable, CaseIterable {
    /// 16-bit linear, little-endian.
    case linear = 1
    /// G.711 A-law, one byte a sample.
    case aLaw = 6
    /// G.711 µ-law, one byte a sample.
    case muLaw = 7

    /// Bytes of one sample.
    public var bytesPerSample: Int { self == .linear ? 2 : 1 }
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
    /// A format code other than linear, A-law and µ-law.
    case unsupportedFormat(UInt16)
    /// Other than one channel.
    case unsupportedChannels(UInt16)
    /// Other than 8000 samples a second.
    case unsupportedRate(UInt32)
    /// Bits per sample, or bytes per block, that do not belong to the format.
    case unsupportedDepth(UInt16)
}
