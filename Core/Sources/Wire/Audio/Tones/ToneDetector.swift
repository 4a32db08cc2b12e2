/// Finds which of given frequencies are in an audio stream, and how loud: the judge of "440 Hz was heard".
///
/// Each block of 100 ms is measured with one Goertzel filter per frequency. A frequency is present in a block when it
/// is loud enough, carries a fair share of the block's power and is not the skirt of a stronger neighbour.
public struct ToneDetector: Equatable, Sendable {
    /// One frequency's part of a block.
    public struct Finding: Equatable, Sendable {
        /// Hertz, as given to the detector.
        public var frequency: Double
        /// Level over the whole block.
        public var level: SignalLevel
    }

    /// A frequency that lasted.
    public struct HeardTone: Equatable, Sendable {
        /// Hertz, as given to the detector.
        public var frequency: Double
        /// The loudest block's level.
        public var level: SignalLevel
        /// Sum of the blocks in which it was present, without runs too short to count.
        public var duration: Duration
    }

    private struct Filter: Equatable, Sendable {
        let frequency: Double
        let coefficient: Double
        var run = 0
        var blocks = 0
        var loudest = SignalLevel(dBm0: -300)

        init(frequency: Double) {
            self.frequency = frequency
            let turns = frequency / Double(SampleCount.perSecond)
            coefficient = 2 * ElementaryFunctions.sineAndCosine(turns: turns).cosine
        }

        func amplitude(in block: [Int16]) -> Double {
            var last = 0.0
            var beforeLast = 0.0
            for sample in block {
                (last, beforeLast) = (Double(sample) + coefficient * last - beforeLast, last)
            }
            let power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast
            return 2 * max(power, 0).squareRoot() / Double(block.count)
        }
    }

    /// The frequencies that telephone tones and tests use, in hertz.
    public static let usualFrequencies: [Double] = [
        350, 400, 425, 440, 450, 480, 500, 600, 620, 700, 800, 900, 950, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700,
        1800, 2000, 2100, 2200, 2400, 2600, 2800, 3000,
    ]
    /// Samples in a block: 100 ms, which tells frequencies apart that differ by 10 Hz or more.
    public static let blockLength = SampleCount(800)
    /// A frequency must carry this part of a block's power.
    private static let smallestShare = 0.15

    /// The findings of the last whole block, strongest first.
    public private(set) var present: [Finding] = []
    private var filters: [Filter]
    private var block: [Int16] = []
    private let threshold: SignalLevel
    private let smallestRun: Int

    /// A detector of `frequencies` at `threshold` or louder; a tone counts as heard after `run` (200 ms by default).
    public init(
        _ frequencies: [Double] = ToneDetector.usualFrequencies, threshold: SignalLevel = SignalLevel(dBm0: -45),
        run: Duration = .milliseconds(200)
    ) {
        filters = frequencies.map(Filter.init)
        self.threshold = threshold
        smallestRun = max(SampleCount(run).value / Self.blockLength.value, 1)
        block.reserveCapacity(Self.blockLength.value)
    }

    /// Takes the next samples of the stream; every whole block is measured at once.
    public mutating func receive(_ samples: some Collection<Int16>) {
        for sample in samples {
            block.append(sample)
            if block.count == Self.blockLength.value {
                measure()
                block.removeAll(keepingCapacity: true)
            }
        }
    }

    /// The tones that lasted long enough, longest first.
    public var heard: [HeardTone] {
        let length = Self.blockLength.duration
        return filters.filter { $0.blocks > 0 }
            .map { HeardTone(frequency: $0.frequency, level: $0.loudest, duration: length * $0.blocks) }
            .sorted { ($1.duration, $0.frequency) < ($0.duration, $1.frequency) }
    }

    /// Whether `frequency`, one of the detector's own, lasted long enough.
    public func hasHeard(_ frequency: Double) -> Bool {
        filters.contains { $0.frequency == frequency && $0.blocks > 0 }
    }

    private mutating func measure() {
        var energy = 0.0
        for sample in block { energy += Double(sample) * Double(sample) }
        let meanSquare = energy / Double(block.count)
        var found: [(index: Int, amplitude: Double)] = []
        if SignalLevel(peak: (2 * meanSquare).squareRoot()) >= threshold {
            for index in filters.indices {
                let amplitude = filters[index].amplitude(in: block)
                let share = amplitude * amplitude / 2 / meanSquare
                if share >= Self.smallestShare && SignalLevel(peak: amplitude) >= threshold {
                    found.append((index, amplitude))
                }
            }
        }
        let neighbourhood = 2 * Double(SampleCount.perSecond) / Double(Self.blockLength.value)
        let strongest = found.filter { candidate in
            !found.contains {
                $0.amplitude > candidate.amplitude
                    && abs(filters[$0.index].frequency - filters[candidate.index].frequency) < neighbourhood
            }
        }
        present = strongest.sorted { $0.amplitude > $1.amplitude }
            .map { Finding(frequency: filters[$0.index].frequency, level: SignalLevel(peak: $0.amplitude)) }
        for index in filters.indices {
            count(strongest.first { $0.index == index }?.amplitude, for: index)
        }
    }

    /// Lengthens or ends the run of one filter; a run counts, from its first block on, once it is long enough.
    private mutating func count(_ amplitude: Double?, for index: Int) {
        guard let amplitude else {
            filters[index].run = 0
            return
        }
        filters[index].run += 1
        guard filters[index].run >= smallestRun else { return }
        filters[index].blocks += filters[index].run == smallestRun ? smallestRun : 1
        filters[index].loudest = max(filters[index].loudest, SignalLevel(peak: amplitude))
    }
}
