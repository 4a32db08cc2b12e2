/// Writes a WAVE file into bytes: one channel, 8 kHz.
public struct WAVEWriter: Equatable, Sendable {
    /// Bytes before the first sample.
    public static let headerLength = 44

    /// How the samples are written.
    public let format: WAVEFormat
    private var body: [UInt8] = []

    public init(_ format: WAVEFormat = .linear) { self.format = format }

    /// How many samples have been appended.
    public var sampleCount: SampleCount { SampleCount(body.count / format.bytesPerSample) }

    /// Appends linear samples, companding them where the format does.
    public mutating func append(_ samples: some Collection<Int16>) {
        switch format {
        case .aLaw: body.append(contentsOf: G711Codec.pcma.encode(samples))
        case .muLaw: body.append(contentsOf: G711Codec.pcmu.encode(samples))
        case .linear:
            body.reserveCapacity(body.count + samples.count * 2)
            for sample in samples {
                body.append(UInt8(truncatingIfNeeded: sample))
                body.append(UInt8(truncatingIfNeeded: sample >> 8))
            }
        }
    }

    /// The whole file with everything appended so far.
    public var file: [UInt8] {
        Self.header(format, sampleCount) + body + (body.count % 2 == 1 ? [0] : [])
    }

    /// The 44 bytes before `count` samples; counts that do not fit into the format's 32-bit sizes are clamped.
    public static func header(_ format: WAVEFormat, _ count: SampleCount) -> [UInt8] {
        let depth = UInt32(format.bytesPerSample)
        let size = UInt32(clamping: min(count.value, Int(Int32.max)) * format.bytesPerSample)
        let rate = UInt32(SampleCount.perSecond)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerLength)
        func append(_ value: UInt32, _ count: Int) {
            for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))) }
        }
        bytes += "RIFF".utf8
        append(size &+ size % 2 &+ 36, 4)
        bytes += "WAVEfmt ".utf8
        append(16, 4)
        append(UInt32(format.rawValue), 2)
        append(1, 2)
        append(rate, 4)
        append(rate * depth, 4)
        append(depth, 2)
        append(depth * 8, 2)
        bytes += "data".utf8
        append(size, 4)
        return bytes
    }
}
