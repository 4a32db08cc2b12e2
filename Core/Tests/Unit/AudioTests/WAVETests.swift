import Audio
import Testing
import Timeline

@Suite struct WAVETests {
    private func file(_ format: WAVEFormat, _ samples: [Int16]) -> [UInt8] {
        var writer = WAVEWriter(format)
        writer.append(samples)
        return writer.file
    }

    private let samples: [Int16] = (0..<161).map { Int16($0 * 150 - 12_000) }

    @Test("what was written is read again, in every format", arguments: WAVEFormat.allCases)
    func roundTrip(format: WAVEFormat) throws {
        let reader = try WAVEReader(parsing: file(format, samples))
        #expect(reader.format == format)
        #expect(reader.sampleCount == SampleCount(161))
        let expected =
            switch format {
            case .linear: samples
            case .aLaw: G711Codec.pcma.decode(G711Codec.pcma.encode(samples))
            case .muLaw: G711Codec.pcmu.decode(G711Codec.pcmu.encode(samples))
            case .unsigned8: samples.map { sample in (Int16((Int(sample) + 128) >> 8)) << 8 }
            case .okiADPCM, .imaADPCM: reader.samples
            }
        #expect(reader.samples == expected)
        #expect(reader.samples(from: SampleCount(160), count: SampleCount(160)) == [expected[160]])
        #expect(reader.samples(from: SampleCount(161), count: SampleCount(160)).isEmpty)
        #expect(reader.samples(from: SampleCount(9999), count: SampleCount(.max)).isEmpty)
    }

    @Test("the header says sizes, rate and depth where WAVE has them")
    func header() {
        let bytes = file(.muLaw, [0, 0, 0])
        #expect(bytes.count == 48)
        #expect(Array(bytes[0..<8]) == Array("RIFF".utf8) + [40, 0, 0, 0])
        #expect(Array(bytes[20..<36]) == [7, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0])
        #expect(Array(bytes[40..<44]) == [3, 0, 0, 0])
        #expect(WAVEWriter.header(.linear, SampleCount(.max)).count == WAVEWriter.headerLength)
    }

    @Test("unknown chunks before the samples are passed over, with their padding byte")
    func otherChunks() throws {
        var bytes = file(.linear, samples)
        bytes.insert(contentsOf: Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0], at: 12)
        #expect(try WAVEReader(parsing: bytes).samples == samples)
    }

    @Test("files of other kinds are refused by name")
    func otherKinds() {
        func changed(_ offset: Int, _ byte: UInt8) -> [UInt8] {
            var bytes = file(.linear, samples)
            bytes[offset] = byte
            return bytes
        }
        #expect(throws: WAVEError.notWAVE) { try WAVEReader(parsing: []) }
        #expect(throws: WAVEError.notWAVE) { try WAVEReader(parsing: changed(0, 0)) }
        #expect(throws: WAVEError.notWAVE) { try WAVEReader(parsing: changed(8, 0)) }
        #expect(throws: WAVEError.truncated(offset: 0)) { try WAVEReader(parsing: changed(6, 1)) }
        #expect(throws: WAVEError.missingFormat) { try WAVEReader(parsing: changed(12, 0)) }
        #expect(throws: WAVEError.unsupportedFormat(0x55)) { try WAVEReader(parsing: changed(20, 0x55)) }
        #expect(throws: WAVEError.unsupportedChannels(3)) { try WAVEReader(parsing: changed(22, 3)) }
        #expect(throws: WAVEError.unsupportedRate(8001)) { try WAVEReader(parsing: changed(24, 0x41)) }
        #expect(throws: WAVEError.unsupportedDepth(24)) { try WAVEReader(parsing: changed(34, 24)) }
        #expect(throws: WAVEError.unsupportedDepth(4)) { try WAVEReader(parsing: changed(32, 4)) }
        #expect(throws: WAVEError.truncated(offset: 36)) { try WAVEReader(parsing: changed(42, 1)) }
        #expect(throws: WAVEError.missingSamples) { try WAVEReader(parsing: changed(36, 0)) }
    }

    @Test("a file cut at any byte is refused or shorter, and flipped bytes never trap")
    func hostileBytes() {
        let whole = file(.aLaw, samples)
        for length in 0..<whole.count {
            #expect(throws: WAVEError.self) { try WAVEReader(parsing: Array(whole[..<length])) }
        }
        var dice = IdentifierSource(seed: 4711)
        for _ in 0..<20_000 {
            var bytes = file(.linear, [1, 2, 3, 4])
            for _ in 0..<3 {
                bytes[dice.number(below: bytes.count)] = UInt8(truncatingIfNeeded: dice.next())
            }
            if let reader = try? WAVEReader(parsing: bytes) { #expect(reader.samples.count <= 8) }
        }
    }

    @Test("each of two channels can be had by itself, and one of one is that one")
    func channels() throws {
        var bytes = WAVEWriter.file([1, -1, 2, -2, 300, -300], format: .linear)
        // Channels, bytes a second and bytes a block of two channels instead of one.
        (bytes[22], bytes[32]) = (2, 4)
        bytes.replaceSubrange(28..<32, with: [0x00, 0x7D, 0x00, 0x00])
        let reader = try WAVEReader(parsing: bytes)
        #expect(reader.channels == 2 && reader.sampleCount.value == 3)
        #expect(reader.samples(ofChannel: 0) == [1, 2, 300] && reader.samples(ofChannel: 1) == [-1, -2, -300])
        #expect(reader.samples == [0, 0, 0])
        let single = try WAVEReader(parsing: WAVEWriter.file([5, 6], format: .linear))
        #expect(single.samples(ofChannel: 0) == [5, 6] && single.samples(ofChannel: 1) == [5, 6])
    }
}
