/// A number of audio samples at 8 kHz, 125 µs each.
public struct SampleCount: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Samples per second of all audio in this module.
    public static let perSecond = 8000

    /// The number itself; never negative when it came from one of the initialisers.
    public var value: Int

    /// A count of `value` samples; negative values become 0.
    public init(_ value: Int) { self.value = max(value, 0) }

    /// The samples that begin within `duration`, rounded down; negative durations become 0.
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let whole = min(max(seconds, 0), Int64(Int32.max))
        let part = seconds < 0 ? 0 : max(attoseconds, 0) / 125_000_000_000_000
        value = Int(whole) * Self.perSecond + Int(part)
    }

    /// How long the samples last.
    public var duration: Duration { .microseconds(Int64(clamping: value) &* 125) }

    public static func < (left: SampleCount, right: SampleCount) -> Bool { left.value < right.value }
}
