/// A recording in memory, ready to be played to any number of calls at once: at 8 kHz, and in the codec that it had in
/// its file where that is one of G.711, so that a call with the same codec only copies bytes.
public struct AudioClip: Equatable, Sendable {
    /// How the samples are held.
    public enum Storage: Equatable, Sendable {
        case encoded(G711Codec, [UInt8])
        case linear([Int16])
    }

    public let storage: Storage

    /// A clip of linear samples at 8 kHz.
    public init(_ samples: [Int16]) { storage = .linear(samples) }

    /// A clip of G.711 codes at 8 kHz.
    public init(_ codec: G711Codec, _ codes: [UInt8]) { storage = .encoded(codec, codes) }

    /// The samples of a WAVE file; throws what `WAVEReader` throws. Other rates than 8 kHz are converted here, once.
    public init(parsing file: [UInt8]) throws(WAVEError) {
        let reader = try WAVEReader(parsing: file)
        let count = reader.sampleCount.value
        switch (reader.format, reader.channels == 1 ? reader.rate : nil) {
        case (.aLaw, .narrowband): storage = .encoded(.pcma, Array(reader.data(0, count)))
        case (.muLaw, .narrowband): storage = .encoded(.pcmu, Array(reader.data(0, count)))
        default: storage = .linear(Resampler.convert(reader.samples, from: reader.rate, to: .narrowband))
        }
    }

    /// How long it is.
    public var sampleCount: SampleCount {
        switch storage {
        case .encoded(_, let codes): SampleCount(codes.count)
        case .linear(let samples): SampleCount(samples.count)
        }
    }

    /// Every sample, linear, at 8 kHz.
    public var samples: [Int16] {
        switch storage {
        case .encoded(let codec, let codes): codec.decode(codes)
        case .linear(let samples): samples
        }
    }

    /// Overwrites `frame` from `place` on with the samples from `position` on; how many there were.
    public func copySamples(at position: Int, into frame: inout [Int16], at place: Int) -> Int {
        let count = max(min(frame.count - place, sampleCount.value - position), 0)
        switch storage {
        case .encoded(let codec, let codes):
            let table = codec == .pcmu ? MuLaw.decodingTable : ALaw.decodingTable
            for index in 0..<count { frame[place + index] = table[Int(codes[position + index])] }
        case .linear(let samples):
            for index in 0..<count { frame[place + index] = samples[position + index] }
        }
        return count
    }

    /// Appends the codes of up to `count` samples from `position` on in `codec`; how many there were.
    public func appendCodes(_ codec: G711Codec, at position: Int, count: Int, to bytes: inout [UInt8]) -> Int {
        let count = max(min(count, sampleCount.value - position), 0)
        switch storage {
        case .encoded(codec, let codes): bytes.append(contentsOf: codes[position..<position + count])
        case .encoded(let other, let codes):
            let table = other.table(to: codec)
            for index in position..<position + count { bytes.append(table[Int(codes[index])]) }
        case .linear(let samples): codec.append(samples[position..<position + count], to: &bytes)
        }
        return count
    }
}

extension AudioClip {
    /// What a tone that ends sounds like; empty for an endless one.
    public init(_ plan: TonePlan) {
        var samples: [Int16] = []
        if !plan.isEndless {
            var generator = ToneGenerator(plan)
            var frame = [Int16](repeating: 0, count: AudioFrame.sampleCount)
            while !generator.isFinished {
                generator.fill(&frame)
                samples.append(contentsOf: frame)
            }
        }
        self.init(samples)
    }
}
