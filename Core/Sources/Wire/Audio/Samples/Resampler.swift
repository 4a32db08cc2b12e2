/// Changes the sample rate of one stream of audio, piece by piece, with a polyphase filter.
public struct Resampler: Equatable, Sendable {
    private let filter: ResamplingFilter
    /// Input that later output still needs.
    private var pending: [Float]
    private var phase = 0
    /// Where in `pending` the next output sample begins; behind its end only where the rate falls.
    private var position = 0

    /// A resampler at the beginning of a stream; nil where the rates have no ratio of small numbers.
    public init?(from source: SampleRate, to target: SampleRate) {
        guard let filter = ResamplingFilter(from: source, to: target) else { return nil }
        self.filter = filter
        // Half a filter of silence before the stream: the first output sample is the first input sample's.
        pending = [Float](repeating: 0, count: filter.taps / 2 - 1)
    }

    /// Appends to `output` what `input` completes; the rest, half a filter's length, waits for the next piece.
    public mutating func receive(_ input: UnsafeBufferPointer<Int16>, into output: inout [Int16]) {
        for sample in input { pending.append(Float(sample)) }
        let taps = filter.taps
        var position = self.position
        var phase = self.phase
        pending.withUnsafeBufferPointer { pending in
            filter.weights.withUnsafeBufferPointer { weights in
                while position &+ taps <= pending.count {
                    var sum: Float = 0
                    let line = phase &* taps
                    for tap in 0..<taps { sum += weights[line &+ tap] * pending[position &+ tap] }
                    output.append(Int16(max(-32768, min(sum.rounded(), 32767))))
                    phase &+= filter.down
                    position &+= phase / filter.up
                    phase %= filter.up
                }
            }
        }
        let used = min(position, pending.count)
        pending.removeFirst(used)
        self.position = position &- used
        self.phase = phase
    }

    /// Appends what is left at the end of the stream.
    public mutating func finish(into output: inout [Int16]) {
        let silence = [Int16](repeating: 0, count: filter.taps / 2)
        silence.withUnsafeBufferPointer { receive($0, into: &output) }
    }

    /// A whole recording at another rate; as it is where the rates are equal or have no ratio of small numbers.
    public static func convert(_ samples: [Int16], from source: SampleRate, to target: SampleRate) -> [Int16] {
        guard source != target, var resampler = Resampler(from: source, to: target) else { return samples }
        var output: [Int16] = []
        let expected = samples.count * Int(target.rawValue) / Int(source.rawValue)
        output.reserveCapacity(expected + 8)
        samples.withUnsafeBufferPointer { resampler.receive($0, into: &output) }
        resampler.finish(into: &output)
        if output.count > expected { output.removeLast(output.count - expected) }
        return output
    }
}
