/// 160 samples of 16-bit linear audio: 20 ms at 8 kHz, what one RTP packet carries.
public struct AudioFrame: Equatable, Sendable {
    /// Samples in every frame.
    public static let sampleCount = 160
    /// Playing time of every frame.
    public static let duration: Duration = .milliseconds(20)
    /// A frame of zeros.
    public static let silence = AudioFrame([])

    /// The samples; always 160 of them.
    public let samples: [Int16]

    /// A frame of the first 160 of `samples`, filled up with silence where they are fewer.
    public init(_ samples: some Collection<Int16>) {
        var filled: [Int16] = []
        filled.reserveCapacity(Self.sampleCount)
        filled.append(contentsOf: samples.prefix(Self.sampleCount))
        while filled.count < Self.sampleCount { filled.append(0) }
        self.samples = filled
    }
}
