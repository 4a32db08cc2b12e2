/// What stands before the samples of a WAVE file that is written here.
struct WAVEHeader: Equatable, Sendable {
    let format: WAVEFormat
    let rate: SampleRate
    /// One or two.
    let channels: Int

    /// Bytes before the first sample: 44, and 60 with the extension and the `fact` chunk of the ADPCM formats.
    var length: Int { isExtended ? 60 : 44 }

    private var isExtended: Bool { format.bitsPerSample < 8 }
    private var blockLength: Int {
        switch format {
        case .imaADPCM: IMABlocks.blockLength
        case .okiADPCM: 1
        case .linear, .aLaw, .muLaw, .unsigned8: format.bitsPerSample / 8 * channels
        }
    }

    /// The header of `dataLength` bytes that hold `samples` samples of each channel; sizes beyond the format's 32 bits
    /// are clamped.
    func bytes(dataLength: Int, samples: Int) -> [UInt8] {
        let size = UInt32(clamping: min(dataLength, Int(UInt32.max) - 128))
        let rate = self.rate.rawValue
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        func append(_ value: UInt32, _ count: Int) {
            for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))) }
        }
        let bytesPerSecond =
            format == .imaADPCM
            ? Int(rate) * IMABlocks.blockLength / IMABlocks.samplesPerBlock
            : Int(rate) * format.bitsPerSample * channels / 8
        bytes += "RIFF".utf8
        append(size &+ size % 2 &+ UInt32(length - 8), 4)
        bytes += "WAVEfmt ".utf8
        append(isExtended ? 20 : 16, 4)
        append(UInt32(format.code), 2)
        append(UInt32(channels), 2)
        append(rate, 4)
        append(UInt32(bytesPerSecond), 4)
        append(UInt32(blockLength), 2)
        append(UInt32(format.bitsPerSample), 2)
        if isExtended {
            append(2, 2)
            append(format == .imaADPCM ? UInt32(IMABlocks.samplesPerBlock) : 0, 2)
            bytes += "fact".utf8
            append(4, 4)
            append(UInt32(clamping: samples), 4)
        }
        bytes += "data".utf8
        append(size, 4)
        return bytes
    }
}
