import Audio

/// What a phone plays into a call.
public enum AudioSource: Equatable, Sendable {
    /// Packets of silence for as long as the call lasts.
    case silence
    /// These samples once, then silence.
    case samples([Int16])
    /// This tone; silence after its end, where it has one.
    case tone(TonePlan)

    /// Whether the source has an end of its own, after which a phone may hang up.
    var isFinite: Bool {
        switch self {
        case .silence: false
        case .samples: true
        case .tone(let plan): !plan.isEndless
        }
    }
}

/// An `AudioSource` being played.
struct AudioPlayer: Sendable {
    private enum Source: Sendable {
        case silence
        case samples([Int16], position: Int)
        case tone(ToneGenerator)
    }

    private var source: Source

    init(_ source: AudioSource) {
        switch source {
        case .silence: self.source = .silence
        case .samples(let samples): self.source = .samples(samples, position: 0)
        case .tone(let plan): self.source = .tone(ToneGenerator(plan))
        }
    }

    /// Whether nothing but silence follows.
    var isFinished: Bool {
        switch source {
        case .silence: true
        case .samples(let samples, let position): position >= samples.count
        case .tone(let generator): generator.isFinished
        }
    }

    /// The next 20 ms.
    mutating func nextFrame() -> AudioFrame {
        switch source {
        case .silence: return .silence
        case .samples(let samples, let position):
            let end = min(position + AudioFrame.sampleCount, samples.count)
            source = .samples(samples, position: end)
            return AudioFrame(samples[position..<end])
        case .tone(var generator):
            let frame = generator.nextFrame()
            source = .tone(generator)
            return frame
        }
    }
}
