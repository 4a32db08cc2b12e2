/// Finds a single tone of any frequency between 300 and 3,000 Hz, such as the beep of an answering machine or the
/// signals of a fax: a sine obeys s(n) = c·s(n−1) − s(n−2), and c tells its frequency.
public struct PureToneDetector: Equatable, Sendable, BitwiseCopyable {
    /// Hertz of the present tone; nil while there is none.
    public private(set) var frequency: Float?
    /// How long the present tone has lasted, in whole frames.
    public private(set) var duration: Duration = .zero

    /// The part of a frame's power that may be anything but the tone.
    private static let impurity: Float = 0.02
    /// How far the frequency may move from frame to frame.
    private static let drift: Float = 0.03
    private static let quietest: Float = 40_000

    public init() {}

    /// Takes the next 20 ms.
    public mutating func receive(_ frame: [Int16]) {
        guard let found = Self.measure(frame) else {
            frequency = nil
            duration = .zero
            return
        }
        if let frequency, abs(found - frequency) <= frequency * Self.drift {
            duration += AudioFrame.duration
        } else {
            duration = AudioFrame.duration
        }
        frequency = found
    }

    /// The frequency of a frame that is one sine, louder than −35 dBm0.
    private static func measure(_ frame: [Int16]) -> Float? {
        guard frame.count > 16 else { return nil }
        var products: Float = 0
        var squares: Float = 0
        var sums: Float = 0
        frame.withUnsafeBufferPointer { samples in
            for index in 2..<samples.count {
                let outer = Float(samples[index]) + Float(samples[index &- 2])
                let middle = Float(samples[index &- 1])
                products += outer * middle
                squares += middle * middle
                sums += outer * outer
            }
        }
        let count = Float(frame.count - 2)
        guard squares > quietest * count else { return nil }
        let coefficient = products / squares
        let residue = sums - coefficient * products
        guard abs(coefficient) < 1.95, residue < impurity * squares else { return nil }
        let hertz = arcCosineTurns(coefficient / 2) * Float(SampleCount.perSecond)
        return (300...3000).contains(hertz) ? hertz : nil
    }

    /// The angle of a cosine in full circles, by bisection to 2⁻¹⁶ of one.
    private static func arcCosineTurns(_ cosine: Float) -> Float {
        var low = 0.0
        var high = 0.5
        for _ in 0..<15 {
            let middle = (low + high) / 2
            let value = ElementaryFunctions.sineAndCosine(turns: middle).cosine
            if value > Double(cosine) { low = middle } else { high = middle }
        }
        return Float(low + high) / 2
    }
}
