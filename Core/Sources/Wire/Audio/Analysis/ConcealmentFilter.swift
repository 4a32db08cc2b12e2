/// Fills the place of audio that never came: repeats the last pitch period, fading out over 60 ms, and glides back into
/// what comes after. After ITU-T G.711 Appendix I.
public struct ConcealmentFilter: Equatable, Sendable {
    /// Samples that are remembered: two of the longest periods and a little.
    private static let memory = 320
    /// Periods looked for: 40...120 samples, 200...67 Hz.
    private static let shortestPeriod = 40
    private static let longestPeriod = 120
    /// Samples over which the repeated period glides into the next one, and into real audio: 4 ms.
    private static let overlap = 32
    /// Frames after which there is silence.
    private static let longestConcealment = 3

    /// The last samples that were played, oldest first; empty before the first frame.
    private var history: [Int16] = []
    private var period = 0
    private var phase = 0
    private var concealedFrames = 0

    public init() {}

    /// Notes a frame that is played, and makes its beginning continue what was concealed before it.
    public mutating func accept(_ frame: inout [Int16]) {
        if concealedFrames > 0 {
            let gain = level(at: 0)
            for index in 0..<min(Self.overlap, frame.count) {
                let old = Float(continuation(index)) * gain
                let share = Float(index + 1) / Float(Self.overlap + 1)
                frame[index] = Int16(old * (1 - share) + Float(frame[index]) * share)
            }
            concealedFrames = 0
        }
        remember(frame)
    }

    /// Overwrites `frame` with the concealment of a lost one.
    public mutating func conceal(_ frame: inout [Int16]) {
        guard !history.isEmpty else {
            for index in frame.indices { frame[index] = 0 }
            return
        }
        if concealedFrames == 0 {
            period = bestPeriod()
            phase = 0
        }
        let count = Float(frame.count)
        for index in frame.indices {
            let gain = level(at: Float(index) / count)
            frame[index] = gain > 0 ? Int16(Float(continuation(index)) * gain) : 0
        }
        phase = (phase + frame.count) % max(period, 1)
        concealedFrames = min(concealedFrames + 1, Self.longestConcealment)
    }

    /// How loud a concealed sample is: full in the first frame's first half, nothing after three frames.
    private func level(at part: Float) -> Float {
        let age = Float(concealedFrames) + part
        return age < 0.5 ? 1 : max(1 - (age - 0.5) / (Float(Self.longestConcealment) - 0.5), 0)
    }

    /// The sample `index` after the present phase of the repeated period, whose end glides into its beginning.
    private func continuation(_ index: Int) -> Int16 {
        let place = (phase + index) % max(period, 1)
        let start = Self.memory - period
        let sample = history[start + place]
        let left = period - place
        guard left <= Self.overlap / 2 else { return sample }
        let share = Float(left) / Float(Self.overlap / 2 + 1)
        let before = history[start - left]
        return Int16(Float(sample) * share + Float(before) * (1 - share))
    }

    /// The lag at which the last 20 ms are most like what stood before.
    private func bestPeriod() -> Int {
        var best = Self.longestPeriod
        var highest: Float = 0
        let start = Self.memory - AudioFrame.sampleCount
        history.withUnsafeBufferPointer { history in
            for lag in Self.shortestPeriod...Self.longestPeriod {
                var product: Float = 0
                var power: Float = 1
                for index in start..<Self.memory {
                    let past = Float(history[index &- lag])
                    product += Float(history[index]) * past
                    power += past * past
                }
                guard product > 0 else { continue }
                let likeness = product * product / power
                // A multiple of the period is as like; only what is clearly better replaces a shorter lag.
                if likeness > highest * 1.02 {
                    highest = likeness
                    best = lag
                }
            }
        }
        return best
    }

    private mutating func remember(_ frame: [Int16]) {
        if history.isEmpty { history = [Int16](repeating: 0, count: Self.memory) }
        if frame.count >= Self.memory {
            history.replaceSubrange(0..., with: frame.suffix(Self.memory))
        } else {
            history.withUnsafeMutableBufferPointer { history in
                let kept = Self.memory &- frame.count
                for index in 0..<kept { history[index] = history[index &+ frame.count] }
                for index in 0..<frame.count { history[kept &+ index] = frame[index] }
            }
        }
    }
}
