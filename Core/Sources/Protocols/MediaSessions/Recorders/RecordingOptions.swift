import Audio

/// How a recording is made and what ends it (call-channel.md §3.5); zero and nil mean no limit.
public struct RecordingOptions: Equatable, Sendable {
    public var format: WAVEFormat
    public var rate: SampleRate
    /// The longest recording.
    public var timeout: Duration?
    /// The largest file, its header included; the recording ends before it would be larger.
    public var maximumBytes: Int
    /// Silence after audio that ends it.
    public var maximumSilence: Duration
    /// Silence from the beginning that ends it; nil for the same as `maximumSilence`, zero for no limit.
    public var initialSilence: Duration?
    /// What is quieter counts as silence, root mean square of 20 ms in 16-bit sample units; nil for what follows the
    /// noise of the line.
    public var silenceThreshold: Int?
    public var bargeIn: BargeIn
    /// Whether push-button tones are replaced by silence; nil for what the recorder does by itself: those of whole
    /// calls are, others are not (call-channel.md §3.5).
    public var eliminatesDTMF: Bool?

    public init(
        _ format: WAVEFormat = .aLaw, rate: SampleRate = .narrowband, timeout: Duration? = nil,
        maximumSilence: Duration = .zero, bargeIn: BargeIn = .off
    ) {
        self.format = format
        self.rate = rate
        self.timeout = timeout
        maximumBytes = 0
        self.maximumSilence = maximumSilence
        initialSilence = nil
        silenceThreshold = nil
        self.bargeIn = bargeIn
        eliminatesDTMF = nil
    }
}
