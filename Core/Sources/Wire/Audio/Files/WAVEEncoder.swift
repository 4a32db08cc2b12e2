/// Turns linear samples into the bytes of a `data` chunk, piece by piece.
struct WAVEEncoder: Equatable, Sendable {
    let format: WAVEFormat
    private var coder = ADPCMCoder(.oki)
    private var stepIndex: UInt8 = 0
    /// Samples that wait for the rest of their byte or block.
    private var waiting: [Int16] = []

    init(_ format: WAVEFormat) { self.format = format }

    /// Appends the bytes that `samples` complete; those of two channels come interleaved.
    mutating func append(_ samples: some Collection<Int16>, into bytes: inout [UInt8]) {
        switch format {
        case .aLaw: for sample in samples { bytes.append(ALaw.encode(sample)) }
        case .muLaw: for sample in samples { bytes.append(MuLaw.encode(sample)) }
        case .unsigned8: for sample in samples { bytes.append(Self.unsigned8(sample)) }
        case .linear:
            for sample in samples {
                bytes.append(UInt8(truncatingIfNeeded: sample))
                bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
            }
        case .okiADPCM:
            waiting += samples
            var position = 0
            while position + 2 <= waiting.count {
                let high = coder.encode(waiting[position])
                bytes.append(high << 4 | coder.encode(waiting[position + 1]))
                position += 2
            }
            waiting.removeFirst(position)
        case .imaADPCM:
            waiting += samples
            var position = 0
            while position + IMABlocks.samplesPerBlock <= waiting.count {
                let block = waiting[position..<position + IMABlocks.samplesPerBlock]
                IMABlocks.encode(block, index: &stepIndex, into: &bytes)
                position += IMABlocks.samplesPerBlock
            }
            waiting.removeFirst(position)
        }
    }

    /// Appends what waits, filled up to a whole byte or block.
    mutating func finish(into bytes: inout [UInt8]) {
        guard let last = waiting.last else { return }
        switch format {
        case .aLaw, .muLaw, .unsigned8, .linear: break
        case .okiADPCM: bytes.append(coder.encode(last) << 4 | coder.encode(last))
        case .imaADPCM: IMABlocks.encode(waiting[...], index: &stepIndex, into: &bytes)
        }
        waiting.removeAll()
    }

    /// The nearest of the 256 levels.
    private static func unsigned8(_ sample: Int16) -> UInt8 {
        UInt8(truncatingIfNeeded: min((Int(sample) + 128) >> 8, 127) + 128)
    }
}
