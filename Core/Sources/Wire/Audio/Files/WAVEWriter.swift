/// Writes a WAVE file of one channel into bytes, whole.
public struct WAVEWriter: Equatable, Sendable {
    /// Bytes before the first sample, apart from the ADPCM formats.
    public static let headerLength = 44

    /// How the samples are written.
    public let format: WAVEFormat
    /// The rate of the samples that are appended.
    public let rate: SampleRate
    private var encoder: WAVEEncoder
    private var body: [UInt8] = []
    private var count = 0

    public init(_ format: WAVEFormat = .linear, rate: SampleRate = .narrowband) {
        self.format = format
        self.rate = rate
        encoder = WAVEEncoder(format)
    }

    /// How many samples have been appended.
    public var sampleCount: SampleCount { SampleCount(count) }

    /// Appends linear samples, compressing them where the format does.
    public mutating func append(_ samples: some Collection<Int16>) {
        count += samples.count
        encoder.append(samples, into: &body)
    }

    /// The whole file with everything appended so far.
    public var file: [UInt8] {
        var rest = encoder
        var body = body
        rest.finish(into: &body)
        let header = WAVEHeader(format: format, rate: rate, channels: 1)
        return header.bytes(dataLength: body.count, samples: count) + body + (body.count % 2 == 1 ? [0] : [])
    }

    /// A whole file of `samples`.
    public static func file(
        _ samples: [Int16], format: WAVEFormat = .linear, rate: SampleRate = .narrowband
    ) -> [UInt8] {
        var writer = WAVEWriter(format, rate: rate)
        writer.append(samples)
        return writer.file
    }

    /// The 44 bytes before `count` samples of a format without blocks, at 8 kHz; counts that do not fit into the
    /// format's 32-bit sizes are clamped.
    public static func header(_ format: WAVEFormat, _ count: SampleCount) -> [UInt8] {
        let size = min(count.value, Int(Int32.max)) * format.bitsPerSample / 8
        return WAVEHeader(format: format, rate: .narrowband, channels: 1).bytes(dataLength: size, samples: count.value)
    }
}
