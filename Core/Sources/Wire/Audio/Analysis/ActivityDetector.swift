/// Tells speech and other audio from silence, frame by frame: a threshold that follows the noise of the line between
/// −48 and −32 dBm0, and a hang-over that bridges the gaps between syllables.
public struct ActivityDetector: Equatable, Sendable, BitwiseCopyable {
    /// What a frame changed.
    public enum Change: Hashable, Sendable, BitwiseCopyable { case none, began, ended }

    /// How long audio must last before it counts.
    public static let onset: Duration = .milliseconds(40)
    /// How long silence must last before activity is over.
    public static let hangover: Duration = .milliseconds(200)

    /// Whether there is audio now, the hang-over included.
    public private(set) var isActive = false
    /// Whether the last frame alone was above the threshold.
    public private(set) var isLoud = false
    /// Mean square of the line's noise in sample units.
    private var floor: Float = meanSquare(dBm0: -50)
    private var loudFrames = 0
    private var quietFrames = 0

    private static let lowest = meanSquare(dBm0: -48)
    private static let highest = meanSquare(dBm0: -32)
    /// How far above the noise audio is: 9 dB.
    private static let distance: Float = 8
    /// The noise rises by 1 dB a second at most.
    private static let rise: Float = 1.0046
    private static let onsetFrames = 2
    private static let hangoverFrames = 10

    public init() {}

    /// Takes the next 20 ms.
    public mutating func receive(_ frame: [Int16]) -> Change {
        receive(meanSquare: Self.meanSquare(frame))
    }

    /// Takes the power of the next 20 ms, in sample units squared.
    public mutating func receive(meanSquare power: Float) -> Change {
        floor = power < floor ? max(power, 1) : floor * Self.rise
        isLoud = power > min(max(floor * Self.distance, Self.lowest), Self.highest)
        loudFrames = isLoud ? loudFrames &+ 1 : 0
        quietFrames = isLoud ? 0 : quietFrames &+ 1
        if !isActive && loudFrames >= Self.onsetFrames {
            isActive = true
            return .began
        }
        if isActive && quietFrames >= Self.hangoverFrames {
            isActive = false
            return .ended
        }
        return .none
    }

    /// The power of a frame in sample units squared.
    public static func meanSquare(_ frame: [Int16]) -> Float {
        guard !frame.isEmpty else { return 0 }
        var sum: Int64 = 0
        for sample in frame { sum &+= Int64(Int32(sample) &* Int32(sample)) }
        return Float(sum) / Float(frame.count)
    }

    private static func meanSquare(dBm0: Double) -> Float {
        let peak = SignalLevel(dBm0: dBm0).peak
        return Float(peak * peak / 2)
    }
}
