/// The blocks of IMA ADPCM in WAVE files: four bytes with the first sample and the step, then two samples a byte.
enum IMABlocks {
    /// Bytes before the codes of a block.
    static let headerLength = 4
    /// Bytes of a block that is written.
    static let blockLength = 256
    /// Samples of a block that is written.
    static let samplesPerBlock = samples(in: blockLength)

    /// Samples in a block of `length` bytes; 0 where it is too short for its header.
    static func samples(in length: Int) -> Int { length < headerLength ? 0 : (length - headerLength) * 2 + 1 }

    /// Appends the samples of one block, at most `limit` of them.
    static func decode(_ block: ArraySlice<UInt8>, limit: Int, into samples: inout [Int16]) {
        guard block.count >= headerLength, limit > 0 else { return }
        let start = block.startIndex
        let first = Int16(bitPattern: UInt16(block[start]) | UInt16(block[start + 1]) << 8)
        var coder = ADPCMCoder(imaPredictor: first, index: block[start + 2])
        samples.append(first)
        var left = limit - 1
        for byte in block.dropFirst(headerLength) {
            for code in [byte & 0x0F, byte >> 4] where left > 0 {
                samples.append(coder.decode(code))
                left -= 1
            }
        }
    }

    /// Appends a block of `samples`, filled up with its last sample to `samplesPerBlock`; `index` is the step that the
    /// block begins with and becomes the one after it.
    static func encode(_ samples: ArraySlice<Int16>, index: inout UInt8, into bytes: inout [UInt8]) {
        guard let first = samples.first, let last = samples.last else { return }
        var coder = ADPCMCoder(imaPredictor: first, index: index)
        let pattern = UInt16(bitPattern: first)
        bytes += [UInt8(truncatingIfNeeded: pattern), UInt8(truncatingIfNeeded: pattern >> 8), index, 0]
        var position = samples.startIndex + 1
        func next() -> Int16 {
            defer { position += 1 }
            return position < samples.endIndex ? samples[position] : last
        }
        for _ in headerLength..<blockLength {
            let low = coder.encode(next())
            bytes.append(low | coder.encode(next()) << 4)
        }
        index = UInt8(truncatingIfNeeded: coder.index)
    }
}
