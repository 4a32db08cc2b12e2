import Audio
import Testing

/// Files in all formats and rates that the call-channel API names (call-channel.md §4).
@Suite struct WAVEFormatTests {
    static let cases = WAVEFormat.allCases.flatMap { format in SampleRate.files.map { (format, $0) } }

    private func sine(_ frequency: Double, rate: SampleRate, seconds: Double, peak: Double = 12_000) -> [Int16] {
        (0..<Int(Double(rate.rawValue) * seconds)).map { index in
            let turns = frequency * Double(index) / Double(rate.rawValue)
            return Int16(ElementaryFunctions.sineAndCosine(turns: turns).sine * peak)
        }
    }

    private func level(_ samples: [Int16], at frequency: Double) -> Double {
        var detector = ToneDetector([frequency])
        detector.receive(samples)
        return detector.heard.first?.level.dBm0 ?? -99
    }

    @Test("every format at every rate plays a tone at its frequency and level", arguments: cases)
    func tonesSurvive(format: WAVEFormat, rate: SampleRate) throws {
        var writer = WAVEWriter(format, rate: rate)
        writer.append(sine(1000, rate: rate, seconds: 1))
        let reader = try WAVEReader(parsing: writer.file)
        #expect(reader.format == format)
        #expect(reader.rate == rate)
        #expect(reader.sampleCount.value == Int(rate.rawValue))
        let clip = try AudioClip(parsing: writer.file)
        #expect(abs(clip.sampleCount.value - 8000) <= 1)
        #expect(
            abs(level(clip.samples, at: 1000) - SignalLevel(peak: 12_000).dBm0)
                < (format.bitsPerSample == 4 ? 0.7 : 0.2))
    }

    @Test(
        "the ADPCM formats are as near to the source as their four bits allow",
        arguments: [WAVEFormat.okiADPCM, .imaADPCM])
    func adpcmNoise(format: WAVEFormat) throws {
        let source = sine(440, rate: .narrowband, seconds: 1)
        var writer = WAVEWriter(format)
        writer.append(source)
        let copy = try WAVEReader(parsing: writer.file).samples
        #expect(copy.count == source.count)
        var noise = 0.0
        var power = 0.0
        for index in 200..<source.count {
            let difference = Double(copy[index]) - Double(source[index])
            noise += difference * difference
            power += Double(source[index]) * Double(source[index])
        }
        #expect(power / noise > 300, "the noise is less than 25 dB below the signal")
        let reader = try WAVEReader(parsing: writer.file)
        #expect(reader.samples(from: SampleCount(700), count: SampleCount(100)) == Array(copy[700..<800]))
    }

    @Test("a file of G.711 is kept in its codec, so that a call copies bytes")
    func encodedClips() throws {
        var writer = WAVEWriter(.muLaw)
        writer.append(sine(440, rate: .narrowband, seconds: 0.1))
        let clip = try AudioClip(parsing: writer.file)
        guard case .encoded(.pcmu, let codes) = clip.storage else {
            Issue.record("the clip is \(clip.sampleCount) linear samples")
            return
        }
        var bytes: [UInt8] = []
        #expect(clip.appendCodes(.pcmu, at: 700, count: 160, to: &bytes) == 100)
        #expect(bytes == Array(codes[700...]))
        var others: [UInt8] = []
        #expect(clip.appendCodes(.pcma, at: 0, count: 160, to: &others) == 160)
        #expect(others == codes[..<160].map { ALaw.encode(MuLaw.decode($0)) })
        #expect(clip.appendCodes(.pcma, at: 9000, count: 160, to: &others) == 0)
        var frame = [Int16](repeating: 7, count: 160)
        #expect(clip.copySamples(at: 750, into: &frame, at: 100) == 50)
        #expect(frame[99] == 7 && frame[100] == MuLaw.decode(codes[750]) && frame[150] == 7)
    }

    @Test("a recording is a playable file after every flush, in every format and rate", arguments: cases)
    func cutRecordings(format: WAVEFormat, rate: SampleRate) throws {
        var recording = WAVERecording(format, rate: rate)
        var file: [UInt8] = []
        var writes: [WAVERecording.Write] = []
        let source = sine(700, rate: .narrowband, seconds: 1)
        var lengths: [Int] = []
        for frame in 0..<50 {
            recording.append(Array(source[frame * 160..<(frame + 1) * 160]))
            guard frame % 7 == 6 else { continue }
            writes.removeAll()
            recording.flush(into: &writes)
            for write in writes {
                apply(write, to: &file)
                if file.count >= 44 {
                    // Cut here: between the samples and the header that counts them, too.
                    lengths.append((try? WAVEReader(parsing: file))?.sampleCount.value ?? -1)
                }
            }
        }
        writes.removeAll()
        recording.finish(into: &writes)
        for write in writes { apply(write, to: &file) }
        #expect(recording.byteCount == file.count)
        #expect(lengths.dropFirst().allSatisfy { $0 >= 0 })
        #expect(lengths == lengths.sorted())
        let clip = try AudioClip(parsing: file)
        #expect(abs(clip.sampleCount.value - 8000) <= 60)
        #expect(abs(level(clip.samples, at: 700) - SignalLevel(peak: 12_000).dBm0) < 0.5)
    }

    @Test("a recording of two channels keeps them apart, one of one channel adds them")
    func channels() throws {
        let left = sine(440, rate: .narrowband, seconds: 0.5, peak: 8000)
        let right = sine(1400, rate: .narrowband, seconds: 0.5, peak: 8000)
        var stereo = WAVERecording(.linear, channels: 2)
        var mono = WAVERecording(.imaADPCM, channels: 2)
        #expect(stereo.channels == 2)
        #expect(mono.channels == 1)
        stereo.append(left, right)
        mono.append(left, right)
        var file: [UInt8] = []
        var writes: [WAVERecording.Write] = []
        stereo.finish(into: &writes)
        for write in writes { apply(write, to: &file) }
        let means = zip(left, right).map { Int16((Int32($0) + Int32($1)) >> 1) }
        #expect(try WAVEReader(parsing: file).samples == means)
        #expect(try AudioClip(parsing: file).samples == means)
        let first = stride(from: 44, to: file.count, by: 4).map {
            Int16(bitPattern: UInt16(file[$0]) | UInt16(file[$0 + 1]) << 8)
        }
        #expect(first == left)
        writes = []
        file = []
        mono.finish(into: &writes)
        for write in writes { apply(write, to: &file) }
        let sum = try WAVEReader(parsing: file).samples
        #expect(abs(level(sum, at: 440) - SignalLevel(peak: 8000).dBm0) < 0.5)
        #expect(abs(level(sum, at: 1400) - SignalLevel(peak: 8000).dBm0) < 0.5)
    }

    @Test("hostile ADPCM files never trap")
    func hostileBlocks() {
        for format in [WAVEFormat.okiADPCM, .imaADPCM] {
            var writer = WAVEWriter(format)
            writer.append(sine(440, rate: .narrowband, seconds: 0.1))
            let file = writer.file
            for offset in 12..<64 {
                for value in [0, 1, 3, 4, 5, 255] as [UInt8] {
                    var bytes = file
                    bytes[offset] = value
                    if let reader = try? WAVEReader(parsing: bytes) {
                        #expect(reader.samples.count <= reader.sampleCount.value)
                        _ = reader.samples(from: SampleCount(3), count: SampleCount(5))
                    }
                }
            }
        }
    }

    private func apply(_ write: WAVERecording.Write, to file: inout [UInt8]) {
        let end = write.offset + write.bytes.count
        if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
        file.replaceSubrange(write.offset..<end, with: write.bytes)
    }
}
