import Audio
import AudioCodecs
import Testing

@Suite struct MP3Tests {
    private let tone = CodecWorld.tone(1000, .seconds(2))

    @Test("a WAV file becomes MP3 and comes back as the same tone")
    func roundTrip() throws {
        let file = try MP3Writer.convert(WAVEWriter.file(tone, format: .muLaw))
        #expect(file.count < 9_500, "32 kilobits a second")
        let clip = try AudioFileReader.clip(file)
        #expect(abs(clip.sampleCount.value - tone.count) < 3_000)
        #expect(CodecWorld.has(clip.samples, 1000))
        #expect(try MP3Writer.file([]).count < 2_000)
    }

    @Test("the two channels of a WAV file are two in the MP3 file")
    func channels() throws {
        let other = CodecWorld.tone(600, .seconds(2))
        var wav = Array(WAVEWriter.file(zip(tone, other).flatMap { [$0, $1] }, format: .linear))
        // Twice the samples of one channel are those of two: channels, bytes a second, bytes a block.
        (wav[22], wav[32]) = (2, 4)
        wav.replaceSubrange(28..<32, with: [0x00, 0x7D, 0x00, 0x00])
        let file = try MP3Writer.convert(wav)
        #expect(file[3] >> 6 == 0, "the mode is stereo")
        let clip = try AudioFileReader.clip(file)
        #expect(abs(clip.sampleCount.value - tone.count) < 3_000)
        var detector = ToneDetector([600, 1000])
        detector.receive(clip.samples)
        #expect(Set(detector.heard.map(\.frequency)) == [600, 1000])
    }

    @Test("an MP3 file that is cut off is played as far as it goes")
    func cut() throws {
        let file = try MP3Writer.file(tone)
        let half = try AudioFileReader.clip(Array(file.prefix(file.count / 2)))
        #expect((4_000...12_000).contains(half.sampleCount.value))
        #expect(CodecWorld.has(half.samples, 1000))
    }

    @Test("what is neither WAV nor MP3 is refused")
    func refused() {
        #expect(throws: AudioFileError.unknown) { try AudioFileReader.clip([]) }
        #expect(throws: AudioFileError.unknown) { try AudioFileReader.clip(Array("<html>not found</html>".utf8)) }
        #expect(throws: AudioFileError.unknown) { try AudioFileReader.clip([UInt8](repeating: 0, count: 100_000)) }
        #expect(throws: AudioFileError.wave(.truncated(offset: 0))) {
            try AudioFileReader.clip(Array(WAVEWriter.file(tone).dropLast(100)))
        }
    }

    @Test("noise is refused or played, and never a trap; nor are broken MP3 files")
    func hostile() throws {
        let file = try MP3Writer.file(tone)
        for round in 0..<200 {
            var bytes = file
            for _ in 0...round % 20 { bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255) }
            _ = try? AudioFileReader.clip(bytes)
            _ = try? AudioFileReader.clip((0..<2_000).map { _ in UInt8.random(in: 0...255) })
        }
    }
}
