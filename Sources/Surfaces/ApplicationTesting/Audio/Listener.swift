import Audio

/// Looks for one sound in what a party hears, as it comes.
struct Listener {
    private let content: Sound.Content
    /// The first sample that has not been looked at.
    private var position: Int
    /// The first digit that counts.
    private let firstDigit: Int
    private var frequencies: ToneDetector?
    private var toneBlocks = 0
    /// Whether the sound has to end first, because it was heard by the expectation before.
    private var mustEnd: Bool
    private var silentSamples = 0
    private let key: [Int16]
    /// Where, behind the last sample of the sound, the next expectation begins.
    private(set) var end: (sample: Int, digit: Int)?

    private static let block = ToneDetector.blockLength.value
    /// Samples of a recording that must be recognised: 400 ms.
    private static let keyLength = 3200
    /// Samples that are compared first: 30 ms.
    private static let probeLength = 240
    /// A sample that is louder is no silence.
    private static let silenceLevel: Int16 = 64

    init(_ sound: Sound, from position: Int, digit: Int, mustEnd: Bool) {
        content = sound.content
        self.position = position
        firstDigit = digit
        self.mustEnd = mustEnd
        var key: [Int16] = []
        switch sound.content {
        case .tone(let tones, _): frequencies = ToneDetector(tones, run: .milliseconds(100))
        case .clip(let clip):
            let samples = clip.samples
            let begin = samples.firstIndex { abs(Int($0)) > 500 } ?? 0
            key = Array(samples[begin..<min(begin + Self.keyLength, samples.count)])
        case .digits, .silence: break
        }
        self.key = key
    }

    /// Looks at what is new; true once the sound has been heard.
    mutating func hears(_ audio: HeardAudio) -> Bool {
        switch content {
        case .tone(let tones, let duration): hearsTone(tones, duration, audio)
        case .clip: hearsClip(audio.samples)
        case .digits(let digits): hearsDigits(digits, audio)
        case .silence(let duration): hearsSilence(duration, audio.samples)
        }
    }

    private mutating func hearsTone(_ tones: [Double], _ duration: Duration, _ audio: HeardAudio) -> Bool {
        while position + Self.block <= audio.samples.count {
            frequencies?.receive(audio.samples[position..<position + Self.block])
            position += Self.block
            let present = Set(frequencies?.present.map(\.frequency) ?? [])
            let isPresent = !tones.isEmpty && tones.allSatisfy(present.contains)
            if mustEnd {
                if !isPresent { mustEnd = false }
                continue
            }
            guard isPresent else { continue }
            toneBlocks += 1
            if SampleCount(toneBlocks * Self.block).duration >= duration {
                end = (position, audio.digits.count)
                return true
            }
        }
        return false
    }

    private mutating func hearsClip(_ samples: [Int16]) -> Bool {
        guard key.count > 0 else { return false }
        while position + key.count <= samples.count {
            if matches(samples, at: position) {
                end = (position + key.count, firstDigit)
                return true
            }
            position += 1
        }
        return false
    }

    /// Whether the samples from `start` on are those of the recording, whatever their loudness: a short piece first.
    private func matches(_ samples: [Int16], at start: Int) -> Bool {
        // Where nothing is heard, nothing is compared.
        guard abs(Int(samples[start])) > 60 || abs(Int(samples[start + min(2, key.count - 1)])) > 60 else {
            return false
        }
        return Self.likeness(samples, start, key, min(Self.probeLength, key.count)) > 0.85
            && Self.likeness(samples, start, key, key.count) > 0.85
    }

    /// The normalised correlation of two pieces: 1 where they are the same, whatever their loudness.
    private static func likeness(_ samples: [Int16], _ start: Int, _ key: [Int16], _ count: Int) -> Double {
        samples.withUnsafeBufferPointer { samples in
            key.withUnsafeBufferPointer { key in
                var (product, left, right) = (0, 0, 0)
                for index in 0..<count {
                    let (a, b) = (Int(samples[start &+ index]), Int(key[index]))
                    product &+= a &* b
                    left &+= a &* a
                    right &+= b &* b
                }
                guard left > 0, right > 0 else { return 0 }
                return Double(product) / (Double(left) * Double(right)).squareRoot()
            }
        }
    }

    private mutating func hearsDigits(_ digits: String, _ audio: HeardAudio) -> Bool {
        let heard = audio.digits[firstDigit...].map(\.character)
        let wanted = Array(digits)
        guard heard.count >= wanted.count else { return false }
        for start in 0...(heard.count - wanted.count) where Array(heard[start..<start + wanted.count]) == wanted {
            end = (audio.samples.count, firstDigit + start + wanted.count)
            return true
        }
        return false
    }

    private mutating func hearsSilence(_ duration: Duration, _ samples: [Int16]) -> Bool {
        while position < samples.count {
            let isSilent = abs(Int(samples[position])) <= Int(Self.silenceLevel)
            silentSamples = isSilent ? silentSamples + 1 : 0
            position += 1
            if SampleCount(silentSamples).duration >= duration {
                end = (position, firstDigit)
                return true
            }
        }
        return false
    }
}
