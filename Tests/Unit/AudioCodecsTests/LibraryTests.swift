import Audio
import AudioCodecs
import CAudioLibraries
import MediaSessions
import Testing

@Suite struct LibraryTests {
    /// Payloads of 20 ms each.
    private func encode(_ samples: [Int16], _ adapter: CodecAdapter) -> [[UInt8]] {
        let transcoder = adapter.make()
        return stride(from: 0, to: samples.count - 159, by: 160).map { start in
            var payload: [UInt8] = []
            samples[start..<start + 160].withUnsafeBufferPointer { transcoder.encode($0, into: &payload) }
            return payload
        }
    }

    @Test(
        "a payload of noise, of one byte or of nothing is no audio or some, and never a trap",
        arguments: [CodecAdapter.opus, .g722])
    func hostile(adapter: CodecAdapter) {
        var dice = SystemRandomNumberGenerator()
        let transcoder = adapter.make()
        for round in 0..<3_000 {
            let count = round % 7 == 0 ? round % 5 : Int.random(in: 0...1_500, using: &dice)
            let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
            var samples: [Int16] = []
            payload.withUnsafeBytes { transcoder.recover(before: $0, into: &samples) }
            payload.withUnsafeBytes { transcoder.decode($0, into: &samples) }
            #expect(samples.count <= 3_200)
        }
    }

    @Test("Opus decodes packets of up to 120 ms and of any bandwidth")
    func longPackets() {
        var status: Int32 = 0
        for (rate, milliseconds) in [(48_000, 10), (48_000, 60), (16_000, 40), (24_000, 20), (48_000, 5)] {
            let encoder = opus_encoder_create(Int32(rate), 1, OPUS_APPLICATION_AUDIO, &status)!
            defer { opus_encoder_destroy(encoder) }
            let source = Resampler.convert(
                CodecWorld.tone(1000, .seconds(1)), from: .narrowband, to: SampleRate(rawValue: UInt32(rate)))
            let transcoder = CodecAdapter.opus.make()
            var heard: [Int16] = []
            let frame = rate * milliseconds / 1_000
            for start in stride(from: 0, to: source.count - frame + 1, by: frame) {
                var packet = [UInt8](repeating: 0, count: 1_500)
                let part = Array(source[start..<start + frame])
                let count = opus_encode(encoder, part, Int32(frame), &packet, 1_500)
                packet.prefix(Int(count)).withUnsafeBytes { transcoder.decode($0, into: &heard) }
            }
            #expect(heard.count == 8_000 / 1_000 * milliseconds * (source.count / frame))
            #expect(CodecWorld.has(heard, 1000))
        }
    }

    @Test("a packet of Opus that is lost is in the one after it")
    func recovery() {
        // Syllables: only what sounds like speech is sent twice.
        let syllable = (0..<1_600).map { Int16(truncatingIfNeeded: $0 % 64 * 250 - 8_000) }
        let speech = (0..<5).flatMap { _ in syllable + [Int16](repeating: 0, count: 800) }
        let payloads = encode(speech, .opus)
        let transcoder = CodecAdapter.opus.make()
        var heard: [Int16] = []
        var recovered: [Int16] = []
        for (number, payload) in payloads.enumerated() where number != 34 {
            payload.withUnsafeBytes { bytes in
                if number == 35 { transcoder.recover(before: bytes, into: &recovered) }
                transcoder.decode(bytes, into: &heard)
            }
        }
        #expect(recovered.count == 160)
        let power = ActivityDetector.meanSquare(recovered) / ActivityDetector.meanSquare(syllable)
        #expect(power > 0.5 && power < 2)
    }

    @Test("spandsp hears each of our sixteen digits, at 50 and at 40 ms", arguments: [50, 40])
    func spandspHears(milliseconds: Int) {
        let digits = "0123456789ABCD*#"
        let samples = digits.utf8.flatMap { digit -> [Int16] in
            let time = Duration.milliseconds(milliseconds)
            return AudioClip(TonePlan.digit(digit, tone: time, pause: time)!).samples
        }
        let detector = dtmf_rx_init(nil, nil, nil)
        defer { dtmf_rx_free(detector) }
        _ = dtmf_rx(detector, samples, Int32(samples.count))
        var heard = [CChar](repeating: 0, count: 129)
        let count = dtmf_rx_get(detector, &heard, 128)
        #expect(String(decoding: heard.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) == digits)
    }
}
