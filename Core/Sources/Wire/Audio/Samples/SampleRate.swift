/// Samples per second of one stream of audio.
public struct SampleRate: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Hertz; positive.
    public var rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = max(rawValue, 1) }

    /// 8,000 Hz: the telephone, and everything that is mixed, analysed and recorded here.
    public static let narrowband = SampleRate(rawValue: 8_000)
    /// 16,000 Hz, as G.722 has it.
    public static let wideband = SampleRate(rawValue: 16_000)
    /// 48,000 Hz, as Opus has it.
    public static let fullband = SampleRate(rawValue: 48_000)
    /// 6,000 Hz, for small files.
    public static let hertz6000 = SampleRate(rawValue: 6_000)
    /// 11,000 Hz, in files.
    public static let hertz11000 = SampleRate(rawValue: 11_000)
    /// 11,025 Hz, in files: a quarter of a compact disc's.
    public static let hertz11025 = SampleRate(rawValue: 11_025)
    /// The rates of files that are recorded.
    public static let files: [SampleRate] = [.narrowband, .hertz6000, .hertz11000, .hertz11025]
    /// The rates of files that are played: those, and the usual ones of music and of speech engines.
    public static let playable: [SampleRate] =
        files + [12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000].map { SampleRate(rawValue: $0) }

    public static func < (left: SampleRate, right: SampleRate) -> Bool { left.rawValue < right.rawValue }
}
