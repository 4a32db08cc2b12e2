import Audio
import Timeline

/// Tells in words what was heard and when, for those who read why a test failed.
enum HeardTale {
    /// One line for each passage from `start` on: the tones in it, something else, or silence.
    static func lines(_ audio: HeardAudio, from start: Int) -> [String] {
        var passages: [(what: String, from: Int, to: Int)] = []
        var detector = ToneDetector(run: .milliseconds(100))
        let block = ToneDetector.blockLength.value
        var position = start
        while position + block <= audio.samples.count {
            detector.receive(audio.samples[position..<position + block])
            let what = description(audio.samples[position..<position + block], detector.present)
            if passages.last?.what == what {
                passages[passages.count - 1].to = position + block
            } else {
                passages.append((what, position, position + block))
            }
            position += block
        }
        var lines = passages.suffix(40).map { passage in
            "\(time(audio.instant(of: passage.from)))–\(time(audio.instant(of: passage.to))) s  \(passage.what)"
        }
        lines += audio.digits.map { "\(time($0.at)) s  the digit \($0.character)" }
        return lines.isEmpty ? ["nothing at all"] : lines
    }

    private static func description(_ samples: ArraySlice<Int16>, _ present: [ToneDetector.Finding]) -> String {
        if !present.isEmpty {
            return present.map { "\(Int($0.frequency))" }.joined(separator: " + ") + " Hz"
        }
        let loudest = samples.reduce(0) { max($0, abs(Int($1))) }
        return loudest <= 64 ? "silence" : "something else"
    }

    /// Seconds with three decimals.
    static func time(_ instant: Instant) -> String {
        let milliseconds = instant.nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
