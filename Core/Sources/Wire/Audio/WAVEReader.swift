/// Reads a WAVE file from its bytes: linear 16-bit, A-law or µ-law, one channel, 8 kHz.
public struct WAVEReader: Equatable, Sendable {
    /// Chunks looked at before the samples must have come.
    public static let maximumChunks = 64

    /// How the samples are written.
    public let format: WAVEFormat
    private let bytes: [UInt8]
    private let samplesOffset: Int
    /// How many samples the file holds; a last half sample is not counted.
    public let sampleCount: SampleCount

    /// Finds the format and the samples; throws where they are missing, lie about sizes or are of another kind.
    public init(parsing bytes: [UInt8]) throws(WAVEError) {
        guard bytes.count >= 12, Self.matches("RIFF", bytes, 0), Self.matches("WAVE", bytes, 8) else { throw .notWAVE }
        guard Int(Self.number32(bytes, 4)) <= bytes.count - 8 else { throw .truncated(offset: 0) }
        var format: WAVEFormat?
        var offset = 12
        for _ in 0..<Self.maximumChunks {
            guard offset < bytes.count else { throw .missingSamples }
            guard bytes.count - offset >= 8 else { throw .truncated(offset: offset) }
            let size = Int(Self.number32(bytes, offset + 4))
            guard size <= bytes.count - offset - 8 else { throw .truncated(offset: offset) }
            if Self.matches("fmt ", bytes, offset) {
                guard size >= 16 else { throw .missingFormat }
                format = try Self.format(bytes, offset + 8, size: size)
            } else if Self.matches("data", bytes, offset) {
                guard let format else { throw .missingFormat }
                self.format = format
                self.bytes = bytes
                samplesOffset = offset + 8
                sampleCount = SampleCount(size / format.bytesPerSample)
                return
            }
            offset += 8 + size + size % 2
        }
        throw .missingSamples
    }

    /// Up to `count` samples from `start` on; fewer at the end, none behind it.
    public func samples(from start: SampleCount, count: SampleCount) -> [Int16] {
        let first = min(start.value, sampleCount.value)
        let number = min(count.value, sampleCount.value - first)
        let begin = samplesOffset + first * format.bytesPerSample
        let range = begin..<begin + number * format.bytesPerSample
        switch format {
        case .aLaw: return G711Codec.pcma.decode(bytes[range])
        case .muLaw: return G711Codec.pcmu.decode(bytes[range])
        case .linear:
            return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { Self.sample(bytes, $0) }
        }
    }

    /// Every sample of the file.
    public var samples: [Int16] { samples(from: SampleCount(0), count: sampleCount) }

    private static func format(_ bytes: [UInt8], _ offset: Int, size: Int) throws(WAVEError) -> WAVEFormat {
        var code = number16(bytes, offset)
        if code == 0xFFFE && size >= 26 { code = number16(bytes, offset + 24) }
        guard let format = WAVEFormat(rawValue: code) else { throw .unsupportedFormat(code) }
        let channels = number16(bytes, offset + 2)
        guard channels == 1 else { throw .unsupportedChannels(channels) }
        let rate = number32(bytes, offset + 4)
        guard rate == SampleCount.perSecond else { throw .unsupportedRate(rate) }
        let depth = number16(bytes, offset + 14)
        guard Int(depth) == format.bytesPerSample * 8 else { throw .unsupportedDepth(depth) }
        let block = number16(bytes, offset + 12)
        guard Int(block) == format.bytesPerSample else { throw .unsupportedDepth(block) }
        return format
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
