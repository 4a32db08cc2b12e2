/// Reads a WAVE file from its bytes: the formats of `WAVEFormat`, at a rate of `playable`, with one channel or, apart from
/// ADPCM, two, which become one.
public struct WAVEReader: Equatable, Sendable {
    /// Chunks looked at before the samples must have come.
    public static let maximumChunks = 64

    /// How the samples are written.
    public let format: WAVEFormat
    /// The rate of the samples.
    public let rate: SampleRate
    /// One or two; the samples are always those of one.
    public let channels: Int
    /// How many samples the file holds, at its own rate; a last half sample is not counted.
    public let sampleCount: SampleCount
    private let bytes: [UInt8]
    private let samplesOffset: Int
    private let samplesLength: Int
    private let blockLength: Int

    /// What a `fmt ` chunk says.
    private struct Layout {
        var format: WAVEFormat
        var rate: SampleRate
        var channels: Int
        var blockLength: Int
    }

    /// Finds the format and the samples; throws where they are missing, lie about sizes or are of another kind.
    public init(parsing bytes: [UInt8]) throws(WAVEError) {
        guard bytes.count >= 12, Self.matches("RIFF", bytes, 0), Self.matches("WAVE", bytes, 8) else { throw .notWAVE }
        guard Int(Self.number32(bytes, 4)) <= bytes.count - 8 else { throw .truncated(offset: 0) }
        var layout: Layout?
        var declared = Int.max
        var offset = 12
        for _ in 0..<Self.maximumChunks {
            guard offset < bytes.count else { throw .missingSamples }
            guard bytes.count - offset >= 8 else { throw .truncated(offset: offset) }
            let size = Int(Self.number32(bytes, offset + 4))
            guard size <= bytes.count - offset - 8 else { throw .truncated(offset: offset) }
            if Self.matches("fmt ", bytes, offset) {
                guard size >= 16 else { throw .missingFormat }
                layout = try Self.layout(bytes, offset + 8, size: size)
            } else if Self.matches("fact", bytes, offset), size >= 4 {
                declared = Int(Self.number32(bytes, offset + 8))
            } else if Self.matches("data", bytes, offset) {
                guard let layout else { throw .missingFormat }
                format = layout.format
                rate = layout.rate
                channels = layout.channels
                blockLength = layout.blockLength
                self.bytes = bytes
                samplesOffset = offset + 8
                samplesLength = size
                let held = Self.samples(in: size, layout)
                // Only the blocks of ADPCM need to be told how many of their samples count.
                sampleCount = SampleCount(layout.format.bitsPerSample < 8 ? min(held, declared) : held)
                return
            }
            offset += 8 + size + size % 2
        }
        throw .missingSamples
    }

    /// Up to `count` samples from `start` on; fewer at the end, none behind it. The ADPCM formats are decoded from the
    /// beginning each time.
    public func samples(from start: SampleCount, count: SampleCount) -> [Int16] {
        let first = min(start.value, sampleCount.value)
        let number = min(count.value, sampleCount.value - first)
        guard channels == 1 else { return mixed(first, number) }
        switch format {
        case .aLaw: return G711Codec.pcma.decode(data(first, number))
        case .muLaw: return G711Codec.pcmu.decode(data(first, number))
        case .unsigned8: return data(first, number).map { (Int16($0) - 128) << 8 }
        case .linear:
            let range = samplesOffset + first * 2..<samplesOffset + (first + number) * 2
            return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { Self.sample(bytes, $0) }
        case .okiADPCM: return Array(okiSamples(first + number)[first...])
        case .imaADPCM: return Array(imaSamples(first + number)[first...])
        }
    }

    /// Every sample of the left one, 0, or the right one, 1, of two channels; of a file with one channel those of that.
    public func samples(ofChannel channel: Int) -> [Int16] {
        guard channels == 2 else { return samples }
        return (0..<sampleCount.value).map { Int16(truncatingIfNeeded: interleaved($0 * 2 + (channel == 0 ? 0 : 1))) }
    }

    /// The mean of both channels.
    private func mixed(_ first: Int, _ count: Int) -> [Int16] {
        (first..<first + count).map {
            Int16(truncatingIfNeeded: (interleaved($0 * 2) + interleaved($0 * 2 + 1)) >> 1)
        }
    }

    /// One sample of a file with two channels, which take turns.
    private func interleaved(_ place: Int) -> Int32 {
        let offset = samplesOffset + place * format.bitsPerSample / 8
        return switch format {
        case .aLaw: Int32(ALaw.decodingTable[Int(bytes[offset])])
        case .muLaw: Int32(MuLaw.decodingTable[Int(bytes[offset])])
        case .unsigned8: (Int32(bytes[offset]) - 128) << 8
        case .linear, .okiADPCM, .imaADPCM: Int32(Self.sample(bytes, offset))
        }
    }

    /// Every sample of the file.
    public var samples: [Int16] { samples(from: SampleCount(0), count: sampleCount) }

    /// The bytes of a format of one byte a sample.
    func data(_ first: Int, _ count: Int) -> ArraySlice<UInt8> {
        bytes[samplesOffset + first..<samplesOffset + first + count]
    }

    private func okiSamples(_ count: Int) -> [Int16] {
        var coder = ADPCMCoder(.oki)
        var samples: [Int16] = []
        samples.reserveCapacity(count + 1)
        for byte in data(0, (count + 1) / 2) {
            samples.append(coder.decode(byte >> 4))
            samples.append(coder.decode(byte))
        }
        if samples.count > count { samples.removeLast() }
        return samples
    }

    private func imaSamples(_ count: Int) -> [Int16] {
        var samples: [Int16] = []
        samples.reserveCapacity(count)
        var offset = 0
        while samples.count < count && offset < samplesLength {
            let length = min(blockLength, samplesLength - offset)
            let block = bytes[samplesOffset + offset..<samplesOffset + offset + length]
            IMABlocks.decode(block, limit: count - samples.count, into: &samples)
            offset += blockLength
        }
        return samples
    }

    private static func samples(in size: Int, _ layout: Layout) -> Int {
        switch layout.format {
        case .linear: size / 2 / layout.channels
        case .aLaw, .muLaw, .unsigned8: size / layout.channels
        case .okiADPCM: size * 2
        case .imaADPCM:
            size / layout.blockLength * IMABlocks.samples(in: layout.blockLength)
                + IMABlocks.samples(in: size % layout.blockLength)
        }
    }

    private static func layout(_ bytes: [UInt8], _ offset: Int, size: Int) throws(WAVEError) -> Layout {
        var code = number16(bytes, offset)
        if code == 0xFFFE && size >= 26 { code = number16(bytes, offset + 24) }
        guard [0x01, 0x06, 0x07, 0x10, 0x11, 0x17].contains(code) else { throw .unsupportedFormat(code) }
        let channels = number16(bytes, offset + 2)
        guard channels == 1 || channels == 2 else { throw .unsupportedChannels(channels) }
        let rate = number32(bytes, offset + 4)
        guard SampleRate.playable.contains(where: { $0.rawValue == rate }) else { throw .unsupportedRate(rate) }
        let depth = number16(bytes, offset + 14)
        guard let format = WAVEFormat(code: code, depth: depth) else { throw .unsupportedDepth(depth) }
        guard channels == 1 || format.allowsTwoChannels else { throw .unsupportedChannels(channels) }
        let block = number16(bytes, offset + 12)
        let isSensible =
            switch format {
            case .linear, .aLaw, .muLaw, .unsigned8: Int(block) * 8 == format.bitsPerSample * Int(channels)
            case .okiADPCM: true
            case .imaADPCM: Int(block) > IMABlocks.headerLength
            }
        guard isSensible else { throw .unsupportedDepth(block) }
        return Layout(
            format: format, rate: SampleRate(rawValue: rate), channels: Int(channels), blockLength: Int(block))
    }

    private static func matches(_ name: StaticString, _ bytes: [UInt8], _ offset: Int) -> Bool {
        name.withUTF8Buffer { name in bytes[offset..<offset + 4].elementsEqual(name) }
    }

    private static func number16(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }

    private static func number32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(number16(bytes, offset)) | UInt32(number16(bytes, offset + 2)) << 16
    }

    private static func sample(_ bytes: [UInt8], _ offset: Int) -> Int16 {
        Int16(bitPattern: number16(bytes, offset))
    }
}
